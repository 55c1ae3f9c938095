// SPDX-License-Identifier: Apache-2.0
#include "dataset/fix.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::dataset {
namespace {

Sample sample(const std::string& ref, std::vector<std::pair<std::string, Box>> boxes) {
  Sample out;
  out.ref = ref;
  out.width = 100;
  out.height = 80;
  for (auto& [label, box] : boxes) {
    out.annotations.emplace_back();
    out.annotations.back().label = label;
    out.annotations.back().box = box;
  }
  return out;
}

TEST(Fixer, CutsBoxesAtTheEdgeAndLeavesOutWhatIsOutside) {
  Fixer fixer;
  auto one =
      sample("a", {{"dog", {-10, 70, 30, 20}}, {"dog", {200, 0, 5, 5}}, {"dog", {0, 0, 9, 9}}});
  ASSERT_TRUE(fixer.fix(one));
  ASSERT_EQ(one.annotations.size(), 2U);
  EXPECT_EQ(one.annotations[0].box.left, 0);
  EXPECT_EQ(one.annotations[0].box.width, 20);
  EXPECT_EQ(one.annotations[0].box.height, 10);
  EXPECT_EQ(fixer.counts().at("box-outside-image"), 2);
  EXPECT_EQ(fixer.counts().size(), 1U);
}

TEST(Fixer, NeverTouchesABoxThatIsInside) {
  Fixer fixer;
  const Box odd{164.60000000000002, 1.1, 0.30000000000000004, 3.3};
  auto one = sample("a", {{"dog", odd}});
  one.width = 500;
  ASSERT_TRUE(fixer.fix(one));
  EXPECT_EQ(one.annotations[0].box.left, odd.left);
  EXPECT_EQ(one.annotations[0].box.width, odd.width);
  EXPECT_TRUE(fixer.counts().empty());
}

TEST(Fixer, KeepsOneOfEqualBoxes) {
  Fixer fixer;
  auto one = sample("a", {{"dog", {1, 1, 5, 5}}, {"cat", {1, 1, 5, 5}}, {"dog", {1, 1, 5, 5}}});
  ASSERT_TRUE(fixer.fix(one));
  EXPECT_EQ(one.annotations.size(), 2U);
  EXPECT_EQ(fixer.counts().at("duplicate-box"), 1);
}

TEST(Fixer, TakesTheSpellingThatIsUsedMost) {
  Fixer fixer;
  std::vector<Sample> all{sample("a", {{"Dog", {1, 1, 5, 5}}}),
                          sample("b", {{"dog", {1, 1, 5, 5}}}),
                          sample("c", {{"dog", {1, 1, 5, 5}}})};
  for (const auto& one : all)
    fixer.learn(one);
  for (auto& one : all)
    fixer.fix(one);
  EXPECT_EQ(all[0].annotations[0].label, "dog");
  EXPECT_EQ(fixer.counts().at("class-names-alike"), 1);
  Fixer tie;
  auto upper = sample("a", {{"Dog", {1, 1, 5, 5}}});
  auto lower = sample("b", {{"dog", {1, 1, 5, 5}}});
  tie.learn(lower);
  tie.learn(upper);
  tie.fix(lower);
  EXPECT_EQ(lower.annotations[0].label, "Dog") << "of equals the first as bytes";
}

TEST(Fixer, LeavesOutALineThatRepeatsAnotherButNotOneThatDiffers) {
  Fixer fixer;
  auto first = sample("a", {{"dog", {1, 1, 5, 5}}});
  auto again = first;
  auto other = sample("a", {{"dog", {1, 1, 6, 5}}});
  EXPECT_TRUE(fixer.fix(first));
  EXPECT_FALSE(fixer.fix(again));
  EXPECT_TRUE(fixer.fix(other)) << "which of the two is right is for a person to say";
  EXPECT_EQ(fixer.counts().at("duplicate-source-ref"), 1);
}

} // namespace
} // namespace mlopsctl::dataset
