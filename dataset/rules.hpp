// SPDX-License-Identifier: Apache-2.0
// The rules that data sets are checked by: those that readers report, and those that look at whole
// samples. One table.
#pragma once

#include "core/error.hpp"
#include "dataset/sample.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::dataset {

struct Rule {
  std::string_view id;
  Severity severity = Severity::error;
  std::string_view what;
  std::string_view fix = {}; ///< what --fix does about it; empty: a person has to
};

/// Every rule, sorted by id.
const std::vector<Rule>& all_rules();
/// Null if there is none of that id.
const Rule* find_rule(std::string_view id);

/// Checks that need a whole sample, or all of them.
class Validator {
public:
  void add(const Sample& sample);
  /// What add() found since the last call.
  Problems take() { return std::exchange(problems_, {}); }
  /// After the last sample: adds what only the whole set shows.
  Problems finish();

private:
  void report(std::string_view rule, const std::string& place, std::string text);
  void check_boxes(const Sample& sample);
  void note_spelling(const std::string& label);

  std::map<std::string, std::string> spellings_; ///< lower case -> first spelling
  std::map<std::string, std::string> clashes_;   ///< second spelling -> first
  std::int64_t images_ = 0;
  std::int64_t labelled_ = 0;
  Problems problems_;
};

} // namespace mlopsctl::dataset
