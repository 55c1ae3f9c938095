// SPDX-License-Identifier: Apache-2.0
// JSON Schema (the part that resource schemas use) over templates: what only the deployment knows
// fits everything, both sides of Fn::If are looked at, "true" and "3" count as true and 3.
#pragma once

#include "core/value.hpp"
#include "templates/validate/pattern.hpp"

#include <map>
#include <string>
#include <vector>

namespace mlopsctl::templates {

struct Violation {
  const Value* at;
  std::string path;
  std::string text;
};

/// Keywords: $ref (of the same file), type, enum, const, pattern, minLength, maxLength, minimum,
/// maximum, minItems, maxItems, uniqueItems, items, minProperties, maxProperties, properties,
/// patternProperties, additionalProperties, required, dependentRequired, allOf, anyOf, oneOf, not,
/// if, then, else. Others say nothing.
class JsonSchema {
public:
  explicit JsonSchema(Value root) : root_(std::move(root)) {}

  /// \throws Error(input) if the schema refers to itself without end.
  std::vector<Violation> check(const Value& instance, const std::string& path);
  /// That the matcher cannot read, in their order as text.
  std::vector<std::string> unread_patterns() const;
  const Value& root() const { return root_; }

private:
  friend class SchemaCheck;
  const Pattern& pattern(const std::string& expression);

  Value root_;
  std::map<std::string, Pattern> patterns_;
};

} // namespace mlopsctl::templates
