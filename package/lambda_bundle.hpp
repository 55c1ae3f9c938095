// SPDX-License-Identifier: Apache-2.0
// A Lambda function's zip from a runtime bundle and a model: what Amazon Linux unpacks to /var/task
// and starts by its `bootstrap`.
#pragma once

#include "formats/archive/archive.hpp"
#include "package/model_spec.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::package {

// Limits of default functions (managed instances may have more). Source:
// docs.aws.amazon.com/lambda, "Lambda quotas".
inline constexpr std::uint64_t k_lambda_unpacked_bytes = 262'144'000; ///< with all layers
inline constexpr std::uint64_t k_lambda_upload_bytes = 50'000'000;    ///< without a way through S3
inline constexpr int k_lambda_least_memory_mb = 128, k_lambda_most_memory_mb = 10'240;
inline constexpr int k_lambda_most_timeout_s = 900;
inline constexpr int k_lambda_least_tmp_mb = 512, k_lambda_most_tmp_mb = 10'240;

inline constexpr const char* k_bootstrap = "bootstrap"; ///< at the zip's top: what Lambda starts

struct LambdaParts {
  std::string runtime; ///< archive of pack_runtime()
  std::string model;   ///< package to put inside, an archive; empty: its environment names it
  std::vector<std::string> arguments; ///< more words for 'serve lambda'
};

struct PackedLambda {
  formats::PackResult archive;
  std::uint64_t unpacked_bytes = 0;
  std::string runtime_digest; ///< of the runtime's archive
  std::string model_digest;   ///< of the model's archive; empty without one
};

/// \param output a file, or "-". Equal parts give equal bytes. \throws Error(input) if the runtime
/// is no bundle, the model does not pass, or Lambda would refuse the size.
PackedLambda pack_lambda(const LambdaParts& parts, const std::string& output, Existing existing);

} // namespace mlopsctl::package
