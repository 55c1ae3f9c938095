// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "dataset/groups.hpp"
#include "dataset/nested_sets.hpp"
#include "dataset/split.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace mlopsctl::dataset {
namespace {

Ratios usual() {
  return parse_ratios("train=0.8,validation=0.1,test=0.1");
}

std::map<Split, int> counts(const std::vector<int>& group_sizes, std::uint64_t seed) {
  SplitPlan plan({usual(), false, seed});
  for (std::size_t g = 0; g < group_sizes.size(); ++g)
    for (int i = 0; i < group_sizes[g]; ++i)
      plan.add("g" + std::to_string(g), Sample{});
  plan.assign();
  std::map<Split, int> result;
  for (std::size_t g = 0; g < group_sizes.size(); ++g)
    result[plan.of("g" + std::to_string(g))] += group_sizes[g];
  return result;
}

TEST(Ratios, AreChecked) {
  EXPECT_EQ(usual().size(), 3U);
  EXPECT_THROW(parse_ratios("train=0.8,test=0.3"), Error);
  EXPECT_THROW(parse_ratios("train=0.5,train=0.5"), Error);
  EXPECT_THROW(parse_ratios("trian=1"), Error);
  EXPECT_THROW(parse_ratios("train=1,test=0"), Error);
  EXPECT_THROW(parse_ratios("train"), Error);
}

TEST(SplitPlan, SmallGroupsMeetTheShares) {
  const auto split = counts(std::vector<int>(1000, 1), 1);
  EXPECT_EQ(split.at(Split::train), 800);
  EXPECT_EQ(split.at(Split::validation), 100);
  EXPECT_EQ(split.at(Split::test), 100);
}

TEST(SplitPlan, EachPartGetsAGroupWhenThereAreEnough) {
  EXPECT_EQ(
      counts({30, 30, 30, 30, 30, 30}, 3),
      (std::map<Split, int>{{Split::train, 120}, {Split::validation, 30}, {Split::test, 30}}));
  const auto three = counts({100, 1, 1}, 1);
  EXPECT_EQ(three.at(Split::train), 100);
  EXPECT_EQ(three.size(), 3U);
}

TEST(SplitPlan, OrderOfSamplesDoesNotMatterTheSeedDoes) {
  const auto assignment = [](bool backwards, std::uint64_t seed) {
    SplitPlan plan({usual(), false, seed});
    for (int i = 0; i < 50; ++i)
      plan.add("g" + std::to_string(backwards ? 49 - i : i), Sample{});
    plan.assign();
    std::string text;
    for (int i = 0; i < 50; ++i)
      text += split_name(plan.of("g" + std::to_string(i)))[1];
    return text;
  };
  EXPECT_EQ(assignment(false, 1), assignment(true, 1));
  EXPECT_NE(assignment(false, 1), assignment(false, 2));
}

TEST(SplitPlan, StratifyKeepsARareClassInEveryPart) {
  SplitPlan plan({usual(), true, 1});
  const auto group = [](int i) { return "g" + std::to_string(i); };
  for (int i = 0; i < 200; ++i) {
    Sample sample;
    sample.annotations.resize(1);
    sample.annotations[0].label = i % 20 == 0 ? "rare" : "common";
    plan.add(group(i), sample);
  }
  plan.assign();
  std::map<Split, int> rare;
  for (int i = 0; i < 200; i += 20)
    ++rare[plan.of(group(i))];
  EXPECT_EQ(rare,
            (std::map<Split, int>{{Split::train, 8}, {Split::validation, 1}, {Split::test, 1}}));
}

TEST(GroupRule, FindsWhatBelongsTogether) {
  Sample sample;
  sample.ref = "a/patient12_left.jpg";
  EXPECT_EQ(GroupRule("source").group_of(sample), sample.ref);
  sample.group = "clip.mp4";
  sample.time_s = 12.5;
  sample.extra = {{"room", "\"north\""}};
  EXPECT_EQ(GroupRule("source").group_of(sample), "clip.mp4");
  EXPECT_EQ(GroupRule("time:5s").group_of(sample), "clip.mp4@2");
  EXPECT_EQ(GroupRule("field:room").group_of(sample), "\"north\"");
  EXPECT_EQ(GroupRule("regex:(patient[0-9]+)_").group_of(sample), "patient12");
  EXPECT_THROW(GroupRule("regex:([").group_of(sample), Error);
  EXPECT_THROW(GroupRule("regex:dog").group_of(sample), Error);
  EXPECT_THROW(GroupRule("colour"), Error);
  EXPECT_THROW(GroupRule("time:soon"), Error);
}

} // namespace
} // namespace mlopsctl::dataset
