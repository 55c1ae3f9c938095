// SPDX-License-Identifier: Apache-2.0
// Checks templates, ours and other people's, before a cloud does.
#pragma once

#include "templates/validate/document.hpp"
#include "templates/validate/finding.hpp"
#include "templates/validate/types.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::templates {

struct Validation {
  std::vector<Finding> findings; ///< by file, then by line
  std::int64_t files = 0;        ///< that were checked
  std::int64_t resources = 0;
};

/// \param text of a file with the path \p name
void validate_text(std::string_view text, const std::string& name, ResourceTypes& types,
                   Validation& out);

/// A file is JSON or YAML of a kind that is known here; in folders, what is not is passed over.
/// \throws Error(input) for a file that cannot be read, or that is nothing to check.
Validation validate_paths(const std::vector<std::string>& paths, ResourceTypes& types);

} // namespace mlopsctl::templates
