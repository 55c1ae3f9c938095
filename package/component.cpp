// SPDX-License-Identifier: Apache-2.0
#include "package/component.hpp"

#include "core/io.hpp"
#include "formats/archive/zip_writer.hpp"
#include "package/bundle_zip.hpp"
#include "package/runtime_bundle.hpp"
#include "package/sbom.hpp"

namespace mlopsctl::package {
namespace {

constexpr const char* k_model_folder = "model/"; ///< beside a runtime

/// As templates/edge_group spells it: the platform with dashes, and 12 digits of the digest.
std::string artifact_name(const std::string& digest) {
  constexpr std::size_t k_short = 12;
  return "mlopsctl-runtime-linux-amd64-" + digest.substr(std::string("sha256:").size(), k_short) +
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
