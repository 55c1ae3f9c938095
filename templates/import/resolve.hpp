// SPDX-License-Identifier: Apache-2.0
// What the functions of a CloudFormation template give without an account.
#pragma once

#include "core/value.hpp"
#include "templates/import/lists.hpp"

#include <optional>
#include <set>
#include <string>

namespace mlopsctl::templates {

/// Parameters have their defaults, conditions that follow from them are decided, and what the
/// template does not say stands as "<name>" in the text.
class Resolver {
public:
  /// \param root a template with functions in their long form, which outlives the resolver
  Resolver(const Value& root, std::string path, ImportReport& report);

  /// A plain tree with the lines of the template. A condition that is not known is reported, and
  /// its first branch taken. \throws Error(input) if references go round or grow without end.
  Value resolve(const Value& value);
  /// Nothing if it depends on what the template does not say.
  std::optional<bool> condition(const std::string& name);

private:
  const Value* entry(std::string_view section, const std::string& name) const;
  Value call(const std::string& function, const Value& argument);
  Value reference(const std::string& name);
  Value attribute(const Value& argument);
  Value joined(const Value& argument);
  Value substituted(const Value& argument);
  Value found_in_map(const Value& argument);
  Value selected(const Value& argument);
  Value chosen(const Value& argument);
  std::string thing(const std::string& name);
  std::optional<bool> holds(const Value& expression);

  const Value* root_;
  std::string path_;
  ImportReport* report_;
  std::set<std::string> reported_;
  int depth_ = 0;
  std::size_t steps_ = 0;
};

} // namespace mlopsctl::templates
