// SPDX-License-Identifier: Apache-2.0
// ModelPackage: a folder or archive with model.yaml beside the weights, opened and checked.
#pragma once

#include "formats/archive/archive.hpp"
#include "package/model_spec.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::package {

/// An opened model. The digests were checked on the very bytes that are in here.
struct ModelPackage {
  ModelSpec spec;
  std::string weights;        ///< the weights file's bytes
  std::string weights_digest; ///< of them, "sha256:..."
  std::string symbol;         ///< format mxnet-ssd: the graph, which stands in a file of its own
  std::string digest; ///< of the package: "sha256:..." over model.yaml (as stored) and the digests
                      ///< of the files it names
  std::string path;   ///< as the user gave it
  std::vector<std::string> overrides; ///< --set values that are in spec
};

/// Bounds on what is read before memory is taken.
struct OpenLimits {
  std::uint64_t model_yaml_bytes = std::uint64_t{1} << 20;
  std::uint64_t weights_bytes = std::uint64_t{2} << 30;
  std::uint64_t symbol_bytes = std::uint64_t{64} << 20;
  formats::ArchiveLimits archive;
  bool keep_weights = true; ///< false: checked all the same, but ModelPackage::weights stays empty
};

/// \param path a folder with model.yaml, or a tar, .tar.gz or .zip that holds one at its top.
/// \throws Error(input) if there is no model.yaml (naming 'package describe'), a digest differs, or
/// a name leaves the package.
ModelPackage open_model(const std::string& path, const std::vector<std::string>& overrides = {},
                        const OpenLimits& limits = {});

/// As open_model(), of files whose digests were taken already: they are not read again, and
/// ModelPackage::weights stays empty. \param files of the package, sorted by name.
ModelPackage open_digested(const std::string& path, std::string_view model_yaml,
                           const std::vector<formats::PackedItem>& files,
                           const OpenLimits& limits = {});

} // namespace mlopsctl::package
