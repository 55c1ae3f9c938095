// SPDX-License-Identifier: Apache-2.0
// Every rule, by id. Adding one: its line here, its check, its row in the mutation test.
#include "templates/validate/finding.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::templates {

const std::vector<Rule>& all_rules() {
  constexpr auto error = Severity::error;
  constexpr auto warning = Severity::warning;
  static const std::vector<Rule> table{
      {"circular-dependency", error, "resources need each other in a circle",
       "name one of them by text instead of a reference, or move what joins them out"},
      {"not-a-resource", error, "a resource without a type, or with a key that none has",
       "see 'Resource attribute reference' of CloudFormation"},
      {"reference-to-nothing", error,
       "a reference, condition or mapping that the template does not have",
       "correct the name, or add what is named"},
      {"unknown-attribute", error, "Fn::GetAtt of an attribute that the type does not have",
       "take one of those that the message names"},
      {"unknown-function", error, "a function that CloudFormation does not have",
       "see 'Intrinsic function reference' of CloudFormation"},
      {"unknown-section", error, "a section that a CloudFormation template does not have",
       "correct its name"},
      {"unused-parameter", warning, "a parameter that nothing uses", "remove it, or use it"},
  };
  return table;
}

const Rule& find_rule(std::string_view id) {
  const auto& rules = all_rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
  if (found == rules.end())
    throw Error(Fault::internal, "no rule '" + std::string(id) + "'");
  return *found;
}

void Report::add(std::string_view rule, const Value& at, const std::string& path,
                 const std::string& text) {
  const auto where = printable(path);
  const bool has_line = at.line > 0;
  findings_.push_back({&find_rule(rule),
                       has_line ? file_ + ":" + std::to_string(at.line)
                                : file_ + (where.empty() ? "" : ": " + where),
                       has_line && !where.empty() ? where + ": " + text : text, at.line});
}

std::vector<Finding> Report::take() {
  std::stable_sort(findings_.begin(), findings_.end(),
                   [](const Finding& a, const Finding& b) { return a.line < b.line; });
  return std::move(findings_);
}

} // namespace mlopsctl::templates
