// SPDX-License-Identifier: Apache-2.0
// The kinds of templates: one line each in table.cpp.
#pragma once

#include "templates/render.hpp"
#include "templates/spec.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::templates {

struct Kind {
  std::string_view name;
  std::string_view summary;
  std::vector<std::string_view> needs; ///< keys of deploy.yaml without which it is not rendered
  std::string_view file;               ///< in the embedded texts
};

const std::vector<Kind>& all_kinds();

/// \throws Error(usage) with "did you mean".
const Kind& find_kind(std::string_view name);

/// Our Jsonnet of the kind.
std::string_view text_of(const Kind& kind);

/// A deploy.yaml with comments that renders every kind.
std::string_view example_spec();

/// \param own a user's template instead of ours
/// \throws Error(input) naming the key to add if the spec lacks one that the kind needs.
Rendered render_kind(const Kind& kind, const DeploySpec& spec,
                     const std::optional<TemplateSource>& own = std::nullopt);

} // namespace mlopsctl::templates
