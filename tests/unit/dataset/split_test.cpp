// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "dataset/groups.hpp"
#include "dataset/nested_sets.hpp"
#include "dataset/split.hpp"

#include <gtest/gtest.h>

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

Sample named(const std::string& ref, const std::string& group = {}) {
  Sample sample;
  sample.ref = ref;
  sample.group = group;
  return sample;
}

TEST(SplitPlan, KeptImagesStayAndNewOnesEvenOutTheShares) {
  SplitPlan plan({usual(), false, 1});
  for (int i = 0; i < 100; ++i) // all were in train
    plan.add("old" + std::to_string(i), {}, Split::train);
  for (int i = 0; i < 50; ++i)
    plan.add("new" + std::to_string(i), {});
  for (int i = 0; i < 3; ++i)
    plan.add("divided", {}, i == 0 ? Split::train : Split::test);
  plan.add("divided", {});
  plan.assign();
  std::map<Split, int> fresh;
  for (int i = 0; i < 50; ++i)
    ++fresh[plan.of("new" + std::to_string(i))];
  EXPECT_EQ(plan.of("old7"), Split::train);
  EXPECT_EQ(plan.of("divided"), Split::test); // where most of it is
  EXPECT_EQ(fresh[Split::train] + 101, 124);  // of 123.2
  EXPECT_EQ(fresh[Split::validation], 15);
  EXPECT_EQ(plan.largest_group(), (std::pair<std::int64_t, std::int64_t>{4, 154}));
}

TEST(SplitPlan, StratifiesByTheClassOfTheImageWhateverTheOrder) {
  const auto assignment = [](bool backwards) {
    SplitPlan plan({usual(), true, 1});
    for (int n = 0; n < 200; ++n) {
      const int i = backwards ? 199 - n : n;
      Sample sample;
      sample.classes.push_back({i % 20 == 0 ? "rare" : i % 3 == 0 ? "b" : "a", -1, std::nullopt});
      plan.add("g" + std::to_string(i), sample);
    }
    plan.assign();
    std::string text;
    for (int i = 0; i < 200; ++i)
      text += split_name(plan.of("g" + std::to_string(i)))[1];
    return text;
  };
  const std::string forwards = assignment(false);
  EXPECT_EQ(forwards, assignment(true));
  std::map<char, int> rare;
  for (std::size_t i = 0; i < 200; i += 20)
    ++rare[forwards[i]];
  EXPECT_EQ(rare, (std::map<char, int>{{'r', 8}, {'a', 1}, {'e', 1}}));
}

TEST(Grouping, JoinsWhatAnyRuleJoins) {
  Grouping grouping("source,regex:(p[0-9]{1,2})_,near-duplicate");
  EXPECT_TRUE(grouping.needs_pictures());
  const std::vector<Sample> samples{named("z/p1_a.jpg", "clip1"), named("p2_b.jpg", "clip1"),
                                    named("p2_c.jpg"), named("p3_d.jpg"), named("a/p4_e.jpg")};
  for (const auto& sample : samples)
    grouping.add(sample);
  grouping.finish(std::vector<std::uint32_t>{0, 1, 2, 3, 3});
  EXPECT_EQ(grouping.name_of(0), "p2_b.jpg"); // the smallest reference, whatever came first
  EXPECT_EQ(grouping.name_of(2), grouping.name_of(0));
  EXPECT_EQ(grouping.name_of(3), "a/p4_e.jpg");
  EXPECT_EQ(grouping.name_of(4), "a/p4_e.jpg");
}

TEST(Grouping, OneRuleNamesGroupsByItsKey) {
  Grouping grouping("source");
  EXPECT_FALSE(grouping.needs_pictures());
  grouping.add(named("a.jpg", "clip"));
  grouping.add(named("b.jpg"));
  grouping.add(named("c.jpg", "clip"));
  grouping.finish();
  EXPECT_EQ(grouping.name_of(0), "clip");
  EXPECT_EQ(grouping.name_of(1), "b.jpg");
  EXPECT_EQ(grouping.name_of(2), "clip");
  EXPECT_THROW(Grouping("source,nearly"), Error);
  EXPECT_THROW(Grouping(""), Error);
}

TEST(NestedSets, EachIsInTheNextAndHasEveryGroup) {
  // 1000 images: a group of 500, ten of 25, and 250 that stand alone.
  const auto group_of = [](int i) {
    return i < 500   ? std::string("large")
           : i < 750 ? "g" + std::to_string(i % 10)
                     : "alone" + std::to_string(i);
  };
  NestedSets sets({100, 200, 400}, 1);
  for (int i = 0; i < 1000; ++i)
    sets.add(static_cast<std::size_t>(i), shuffled(1, std::to_string(i)), group_of(i));
  sets.choose("test");
  std::vector<int> images(4, 0), large(4, 0), alone(4, 0);
  for (int i = 0; i < 1000; ++i)
    for (auto set = sets.first_set_of(static_cast<std::size_t>(i)); set < 3; ++set) {
      ++images[set];
      large[set] += i < 500;
      alone[set] += i >= 750;
    }
  EXPECT_EQ(images, (std::vector<int>{100, 200, 400, 0}));
  for (std::size_t set = 0; set < 3; ++set) { // half and a quarter of it
    EXPECT_NEAR(large[set], images[set] / 2, images[set] / 12) << set;
    EXPECT_NEAR(alone[set], images[set] / 4, images[set] / 12) << set;
  }
  NestedSets few({10}, 1);
  few.add(0, 0, "a");
  EXPECT_THROW(few.choose("test"), Error);
}

} // namespace
} // namespace mlopsctl::dataset
