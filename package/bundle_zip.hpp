// SPDX-License-Identifier: Apache-2.0
// The parts of zips for the cloud and for devices: a runtime bundle, and a model.
#pragma once

#include "core/value.hpp"
#include "formats/archive/zip_writer.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace mlopsctl::package {

inline constexpr std::uint64_t k_most_zip_bytes = std::uint64_t{4} << 30; ///< without zip64

/// What limits a zip, and refuses it by throwing.
struct ZipLimit {
  std::uint64_t file_bytes = k_most_zip_bytes; ///< of one file, before it is read
  std::function<void()> check = [] {};         ///< called when a file was added
};

/// Adds every file of the bundle but its bill of materials; bin/launch stands at the top, as \p
/// launcher. \return the bill, with that name. \throws Error(input) if it is no bundle of
/// pack_runtime().
Value add_runtime_files(formats::ZipWriter& zip, const std::string& path,
                        const std::string& launcher, const ZipLimit& limit = {});

/// \throws Error(input) if \p path is a folder: what is put into other archives is the archive of a
/// model.
void refuse_model_folder(const std::string& path);

/// Adds the files of a model's archive with \p prefix before their names.
/// \throws Error(input) if it does not pass verify_package().
void add_model_files(formats::ZipWriter& zip, const std::string& path, const std::string& prefix);

} // namespace mlopsctl::package
