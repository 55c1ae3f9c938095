// SPDX-License-Identifier: Apache-2.0
// Packs a folder with model.yaml into one archive that is the same for the same files.
#pragma once

#include "core/error.hpp"
#include "formats/archive/archive.hpp"
#include "package/model_spec.hpp"

#include <string>
#include <string_view>

namespace mlopsctl::package {

struct PackedModel {
  ModelSpec spec; ///< with the digests that were written
  formats::PackResult archive;
  std::string package_digest; ///< as open_model() gives it for the archive
  Problems warnings;          ///< of verify_package()
};

/// \param folder with model.yaml; every regular file in it (hidden ones left out) goes into the
/// archive, except the file at \p output. model.yaml there names the digest of each of them.
/// \param output a file, or "-".
/// \throws Error(input) if the folder does not pass verify_package().
PackedModel pack_model(const std::string& folder, const std::string& output, Existing existing,
                       int jobs);

/// \p text with its `digests` replaced or added; comments and all other lines stay.
std::string with_digests(std::string_view text, const ModelSpec& spec);

} // namespace mlopsctl::package
