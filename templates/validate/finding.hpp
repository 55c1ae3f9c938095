// SPDX-License-Identifier: Apache-2.0
// What validate says: rules with an id, and findings with a place.
#pragma once

#include "core/error.hpp"
#include "core/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::templates {

struct Rule {
  std::string_view id;
  Severity severity;
  std::string_view what; ///< is wrong
  std::string_view fix;  ///< what to do about it
};

/// Sorted by id.
const std::vector<Rule>& all_rules();
const Rule& find_rule(std::string_view id);

struct Finding {
  const Rule* rule;
  std::string place; ///< "file:line", or "file: path" where lines are not known (JSON)
  std::string text;  ///< what is wrong, with the value; never a secret's
  int line = 0;      ///< 0 where it is not known
};

/// Collects the findings of one file.
class Report {
public:
  explicit Report(std::string file) : file_(std::move(file)) {}

  /// \param path such as "Resources.Detect.Properties.Timeout"
  void add(std::string_view rule, const Value& at, const std::string& path,
           const std::string& text);
  const std::string& file() const { return file_; }
  /// In the order of their lines.
  std::vector<Finding> take();

private:
  std::string file_;
  std::vector<Finding> findings_;
};

} // namespace mlopsctl::templates
