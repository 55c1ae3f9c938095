// SPDX-License-Identifier: Apache-2.0
#include "package/component.hpp"

#include "core/io.hpp"
#include "formats/archive/zip_writer.hpp"
#include "package/bundle_zip.hpp"
#include "package/runtime_bundle.hpp"
#include "package/sbom.hpp"

#include <algorithm>

namespace mlopsctl::package {
namespace {

constexpr const char* k_model_folder = "model/"; ///< beside a runtime

/// As templates/edge_group spells it: the platform with dashes, and 12 digits of the digest.
std::string artifact_name(const std::string& digest) {
  std::string platform = k_runtime_platform;
  std::replace(platform.begin(), platform.end(), '/', '-');
  return "mlopsctl-runtime-" + platform + "-" + digest.substr(std::string("sha256:").size(), 12) +
         ".zip";
}

} // namespace

PackedComponent pack_component(const ComponentParts& parts, const std::string& output,
                               Existing existing) {
  formats::ZipWriter zip;
  if (!parts.runtime.empty())
    zip.add(k_sbom, to_json(add_runtime_files(zip, parts.runtime, k_runtime_program), 2) + "\n");
  if (!parts.model.empty())
    add_model_files(zip, parts.model, parts.runtime.empty() ? "" : k_model_folder);
  PackedComponent packed;
  packed.unpacked_bytes = zip.unpacked_bytes();
  const auto sink = create_sink(output, existing);
  packed.archive = zip.finish(*sink);
  sink->finish();
  if (!parts.runtime.empty())
    packed.artifact = artifact_name(packed.archive.digest);
  return packed;
}

} // namespace mlopsctl::package
