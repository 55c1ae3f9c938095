// SPDX-License-Identifier: Apache-2.0
// A container image of a model, made without Docker: what runs it, its weights, and what changes
// most often (labels, thresholds, licence) in layers of their own, so that a new version sends only
// what is new.
//   /opt/mlopsctl/...  the runtime bundle    /opt/model/...  the model package    /sbom.json
#pragma once

#include "core/error.hpp"
#include "formats/archive/oci.hpp"
#include "package/model_spec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::package {

enum class ImageTarget { server, lambda };

/// AWS Lambda quotas: "Container image code package size".
inline constexpr std::uint64_t k_lambda_image_bytes = std::uint64_t{10} << 30;

struct ImageOptions {
  std::string model;   ///< folder with model.yaml, or an archive of one
  std::string runtime; ///< a bundle of 'package runtime'; empty: the model alone
  ImageTarget target = ImageTarget::server;
  std::optional<std::vector<std::string>> entrypoint; ///< instead of the target's own
  std::vector<std::string> cmd;
  std::vector<std::string> env;    ///< "KEY=VALUE"
  std::vector<std::string> labels; ///< "KEY=VALUE"
  std::string user;                ///< empty: the target's own
  std::string reference;           ///< empty: the model's name and version
  std::int64_t created_s = 0;      ///< seconds since 1970
  int jobs = 1;
};

struct BuiltLayer {
  std::string name; ///< "runtime", "weights", "model"
  std::string diff_id;
  std::uint64_t unpacked_bytes = 0;
};

struct BuiltImage {
  ModelSpec spec;
  formats::OciImage image;        ///< its layers wait in temporary files
  std::vector<BuiltLayer> layers; ///< as image.layers
  formats::OciConfig config;
  std::string package_digest; ///< of the model
  std::string runtime_digest; ///< of the bundle's file; empty: none
  Problems warnings;
};

/// The bytes depend on the model's files, the bundle and the options only.
/// \throws Error(input) if the model does not pass verify_package(), the bundle is none, or the
/// image is over the target's limits; Error(usage) for options that cannot be.
BuiltImage build_image(const ImageOptions& options);

/// "shapes-detector:3": what a registry takes of a name and a version.
std::string image_reference(const ModelSpec& spec);

} // namespace mlopsctl::package
