// SPDX-License-Identifier: Apache-2.0
// Packs a folder with model.yaml into one archive that is the same for the same files.
#pragma once

#include "core/error.hpp"
#include "formats/archive/archive.hpp"
#include "package/model_spec.hpp"

#include <string>
#include <string_view>
#include <vector>

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

/// Packs \p items with a bill of materials (unless they hold a sbom.json of somebody's) under a
/// model.yaml that names their digests.
/// \param spec with a digest for each item. \param yaml model.yaml's text, its digests old.
/// \param origin of the items, for messages. \throws Error(input) if an item has another digest.
PackedModel write_model(ModelSpec spec, std::string_view yaml, std::vector<formats::PackItem> items,
                        const std::string& origin, const std::string& output, Existing existing,
                        int jobs);

/// \p text with its `digests` replaced or added; comments and all other lines stay.
std::string with_digests(std::string_view text, const ModelSpec& spec);

} // namespace mlopsctl::package
