// SPDX-License-Identifier: Apache-2.0
// Looks into a package, archive or folder: names, sizes, digests, what models say about themselves,
// and what could execute. Nothing in it is executed or unpacked to disk.
#pragma once

#include "core/error.hpp"
#include "core/io.hpp"
#include "formats/archive/archive.hpp"
#include "formats/model/onnx.hpp"
#include "package/model_spec.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::package {

using PackageItem = formats::PackedItem; ///< whoever packed it

inline constexpr const char* k_mar_manifest = "MAR-INF/MANIFEST.json"; ///< of model archives

struct Inspection {
  std::string kind;               ///< "folder", "gzip", "tar", "zip"
  std::uint64_t size_bytes = 0;   ///< of the archive; of all files in a folder
  std::string digest;             ///< of the archive; of the sorted "name digest" lines of a folder
  std::vector<PackageItem> items; ///< sorted by name
  std::optional<std::string> model_yaml;            ///< its text
  std::optional<std::string> mar_manifest;          ///< text of MAR-INF/MANIFEST.json
  std::optional<std::string> own_sbom;              ///< text of sbom.json, if this program wrote it
  std::map<std::string, formats::OnnxModel> models; ///< by name, every *.onnx that could be read
  /// executable-content (pickles, scripts, programs), unreadable-model; all of them warnings.
  Problems problems;
};

struct InspectLimits {
  formats::ArchiveLimits archive;
  std::uint64_t model_yaml_bytes = std::uint64_t{1} << 20;
  std::uint64_t model_bytes = std::uint64_t{2} << 30; ///< of an *.onnx inside an archive
};

/// Hands each regular file, in the order of the package, to \p visit with its bytes, which can be
/// read once. \throws Error(input) for archives that are damaged, unsafe or over the limits, and
/// for links that leave a folder.
void visit_package(const std::string& path, const formats::ArchiveLimits& limits,
                   const std::function<void(const PackageItem&, ByteSource&)>& visit);

Inspection inspect_package(const std::string& path, const InspectLimits& limits = {});

/// Why loading a file of this name and these first bytes would run code of its own; empty if
/// nothing is known against it.
std::string why_pickle(std::string_view name, std::string_view head);
/// Why a file of this name and these first bytes could execute something ("a pickle runs code when
/// it is loaded"); empty if nothing is known against it.
std::string why_executable(std::string_view name, std::string_view head);

} // namespace mlopsctl::package
