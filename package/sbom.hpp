// SPDX-License-Identifier: Apache-2.0
// The bill of materials of a bundle: what is in it, from where, under which licences.
#pragma once

#include "core/value.hpp"
#include "package/model_spec.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::package {

struct SbomFile {
  std::string name;   ///< in the archive
  std::string digest; ///< "sha256:..."
};

struct SbomComponent {
  std::string type; ///< "application", "library", "data", "machine-learning-model"
  std::string name;
  std::string version;
  std::string purl;                  ///< package URL; may be empty
  std::vector<std::string> licences; ///< as its authors name them; may be empty
  std::string source_url;            ///< where its source is; may be empty
  std::vector<SbomFile> files;
};

inline constexpr const char* k_sbom = "sbom.json"; ///< its name in every bundle

/// A CycloneDX 1.5 document about \p subject. It has no time and no serial number: the same bundle
/// has the same bill. Source: https://cyclonedx.org/docs/1.5/json
Value sbom_document(const SbomComponent& subject, const std::vector<SbomComponent>& components);

/// What the bill says of a model: its licence, and the files that \p digests names.
SbomComponent model_component(const ModelSpec& spec,
                              const std::map<std::string, std::string>& digests);

/// Whether \p text is a bill that this program wrote, and may write anew.
bool is_own_sbom(std::string_view text);

/// The files that a bill names, with their digests.
std::map<std::string, std::string> files_of_sbom(const Value& bill);
/// Where an archive gives a file another name than the bill does.
void rename_in_sbom(Value& bill, const std::string& from, const std::string& to);

/// One entry of the document's "components".
Value to_value(const SbomComponent& component);

} // namespace mlopsctl::package
