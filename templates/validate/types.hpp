// SPDX-License-Identifier: Apache-2.0
// What is known of resource types: built in for those that are rendered here, and from a folder of
// AWS's published resource schemas for any other.
#pragma once

#include "templates/validate/json_schema.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::templates {

struct ResourceType {
  JsonSchema schema;
  std::string_view rule;               ///< that a violation of the schema breaks
  std::vector<std::string> attributes; ///< of Fn::GetAtt; nothing is said if it is empty
  std::vector<std::string> replaces;   ///< properties whose change makes a new resource
  bool holds_data = false;
};

class ResourceTypes {
public:
  /// \param folder of published schemas ("aws-lambda-function.json"), which come before what is
  /// built in; empty: none. \throws Error(input) if it has none.
  explicit ResourceTypes(std::string folder = {});

  /// "AWS::Lambda::Function", "recipe", "deployment"; null if nothing is known of it. \throws
  /// Error(input) for a schema that cannot be read.
  ResourceType* find(const std::string& type);
  /// Patterns that were met and that the matcher cannot read: "file: pattern".
  std::vector<std::string> unread_patterns() const;

private:
  std::optional<ResourceType> from_folder(const std::string& type) const;
  std::string folder_;
  std::map<std::string, std::optional<ResourceType>> found_;
};

} // namespace mlopsctl::templates
