// SPDX-License-Identifier: Apache-2.0
#include "dataset/pick.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::dataset {
namespace {

Sample sample(const std::string& ref, const std::string& label = "") {
  Sample out;
  out.ref = ref;
  if (!label.empty()) {
    out.annotations.emplace_back();
    out.annotations.back().label = label;
  }
  return out;
}

std::vector<std::string> refs(Picker& picker) {
  std::vector<std::string> out;
  for (const auto& one : picker.take())
    out.push_back(one.ref);
  return out;
}

TEST(Picker, FirstTakesThemAsTheyCome) {
  Picker picker(PickRule::first, 3, 1);
  for (int i = 0; i < 20; ++i)
    picker.add(sample("r" + std::to_string(i)), false);
  EXPECT_THAT(refs(picker), testing::ElementsAre("r0", "r1", "r2"));
}

TEST(Picker, RandomDoesNotDependOnTheOrderButOnTheSeed) {
  const auto chosen = [](std::uint64_t seed, bool is_backwards) {
    Picker picker(PickRule::random, 5, seed);
    for (int i = 0; i < 50; ++i)
      picker.add(sample("r" + std::to_string(is_backwards ? 49 - i : i)), false);
    auto names = refs(picker);
    std::sort(names.begin(), names.end());
    return names;
  };
  EXPECT_EQ(chosen(1, false), chosen(1, true));
  EXPECT_NE(chosen(1, false), chosen(2, false));
  EXPECT_EQ(chosen(1, false).size(), 5U);
}

TEST(Picker, PerClassGivesTheRareOneItsPlace) {
  Picker picker(PickRule::per_class, 4, 1);
  for (int i = 0; i < 100; ++i)
    picker.add(sample("d" + std::to_string(i), "dog"), false);
  picker.add(sample("c0", "cat"), false);
  picker.add(sample("c1", "cat"), false);
  EXPECT_THAT(refs(picker), testing::IsSupersetOf({"c0", "c1"}));
}

TEST(Picker, ProblemsComeFirstUpToHalf) {
  Picker picker(PickRule::random, 4, 1);
  for (int i = 0; i < 100; ++i)
    picker.add(sample("r" + std::to_string(i)), i >= 95);
  int with_problem = 0;
  const auto names = refs(picker);
  for (const auto& name : names)
    with_problem += name >= "r95" && name.size() == 3 ? 1 : 0;
  EXPECT_EQ(names.size(), 4U);
  EXPECT_GE(with_problem, 2);
}

} // namespace
} // namespace mlopsctl::dataset
