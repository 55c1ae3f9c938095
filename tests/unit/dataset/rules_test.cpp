// SPDX-License-Identifier: Apache-2.0
#include "dataset/rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mlopsctl::dataset {
namespace {

TEST(Rules, TableIsSortedAndUnique) {
  const auto& rules = all_rules();
  EXPECT_TRUE(std::is_sorted(rules.begin(), rules.end(),
                             [](const auto& a, const auto& b) { return a.id < b.id; }));
  for (std::size_t i = 1; i < rules.size(); ++i)
    EXPECT_NE(rules[i - 1].id, rules[i].id);
}

TEST(Rules, WholeSamplesAreChecked) {
  Sample sample;
  sample.place = "x:1";
  sample.annotations.resize(3);
  sample.annotations[0].label = sample.annotations[1].label = "dog";
  sample.annotations[0].box = sample.annotations[1].box = {1, 2, 30, 40};
  sample.annotations[2].label = "Dog";
  sample.annotations[2].box = {1, 2, 1.5, 40};
  Validator validator;
  validator.add(sample);
  std::vector<std::string> rules;
  for (const auto& problem : validator.finish())
    rules.push_back(problem.rule);
  EXPECT_THAT(rules, testing::ElementsAre("tiny-box", "duplicate-box", "class-names-alike"));
}

TEST(Rules, NothingLabelledIsAnError) {
  Sample sample;
  sample.is_labelled = false;
  Validator validator;
  validator.add(sample);
  const auto problems = validator.finish();
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].severity, Severity::error);
}

} // namespace
} // namespace mlopsctl::dataset
