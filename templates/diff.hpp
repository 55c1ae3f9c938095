// SPDX-License-Identifier: Apache-2.0
// What deploying one template after another would do: resources added, removed, changed, replaced,
// and the data that would go.
#pragma once

#include "core/value.hpp"
#include "templates/validate/types.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::templates {

struct PropertyChange {
  std::string path; ///< "Properties.Timeout", "DeletionPolicy"
  std::optional<Value> before, after;
  bool replaces = false; ///< the resource is made anew for it
};

struct ResourceChange {
  enum class Kind { added, removed, changed };
  Kind kind;
  std::string id; ///< of a resource; "Outputs.Name" and the like of other sections
  std::string type;
  std::optional<bool> is_replaced; ///< nothing: the type is not known
  bool loses_data = false;
  std::vector<PropertyChange> properties;
  std::string file; ///< in folders
};

std::string_view change_name(ResourceChange::Kind kind);

/// Two files, or two folders whose templates are matched by name. \throws Error(input) for what
/// cannot be read or has no CloudFormation template.
std::vector<ResourceChange> diff_templates(const std::string& before, const std::string& after,
                                           ResourceTypes& types);

} // namespace mlopsctl::templates
