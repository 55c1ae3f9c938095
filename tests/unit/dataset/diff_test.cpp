// SPDX-License-Identifier: Apache-2.0
#include "dataset/diff.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::dataset {
namespace {

Sample sample(const std::string& ref, std::vector<std::pair<std::string, Box>> boxes) {
  Sample out;
  out.ref = ref;
  out.width = out.height = 100;
  for (auto& [label, box] : boxes) {
    out.annotations.emplace_back();
    out.annotations.back().label = label;
    out.annotations.back().box = box;
  }
  return out;
}

std::vector<std::string> changes(const std::vector<Difference>& all) {
  std::vector<std::string> out;
  for (const auto& one : all)
    out.push_back(std::string(change_name(one.change)) + " " + one.text);
  return out;
}

TEST(Diff, TellsWhatHappenedToEachBox) {
  const auto before = sample("a", {{"dog", {0, 0, 10, 10}},
                                   {"dog", {50, 50, 10, 10}},
                                   {"cat", {20, 20, 10, 10}},
                                   {"cow", {80, 80, 5, 5}}});
  const auto after = sample("a", {{"cat", {50, 50, 10, 10}},
                                  {"dog", {0, 0, 10, 12.5}},
                                  {"cat", {20, 20, 10, 10}},
                                  {"cow", {1, 80, 5, 5}}});
  EXPECT_THAT(
      changes(compare(before, after, 0.5)),
      testing::ElementsAre("box-moved 'dog' 10 x 10 at 0, 0: now 10 x 12.5 at 0, 0 (IoU 0.800)",
                           "relabelled 'dog' 10 x 10 at 50, 50: now 'cat' 10 x 10 at 50, 50 "
                           "(IoU 1.000)",
                           "box-removed 'cow' 5 x 5 at 80, 80", "box-added 'cow' 5 x 5 at 1, 80"));
  EXPECT_TRUE(compare(before, before, 0.5).empty());
}

TEST(Diff, SameClassComesBeforeMoreOverlap) {
  const auto before = sample("a", {{"dog", {0, 0, 10, 10}}});
  const auto after = sample("a", {{"cat", {0, 0, 10, 10}}, {"dog", {0, 0, 10, 8}}});
  EXPECT_THAT(changes(compare(before, after, 0.5)),
              testing::ElementsAre(testing::StartsWith("box-moved"),
                                   testing::StartsWith("box-added 'cat'")));
}

TEST(Diff, TheNoiseOfDoublesIsNoDifference) {
  const auto before = sample("a", {{"dog", {0.1 + 0.2, 0, 10, 10}}});
  const auto after = sample("a", {{"dog", {0.3, 0, 10, 10}}});
  EXPECT_TRUE(compare(before, after, 0.5).empty());
}

TEST(Diff, ImagesGoByReferenceOrByName) {
  Differ by_ref(0.5, false);
  by_ref.add_before(sample("s3://one/a.jpg", {{"dog", {0, 0, 1, 1}}}));
  EXPECT_THAT(changes(by_ref.add_after(sample("s3://two/a.jpg", {{"dog", {0, 0, 1, 1}}}))),
              testing::ElementsAre("image-added 1 boxes"));
  EXPECT_THAT(changes(by_ref.finish()), testing::ElementsAre("image-removed 1 boxes"));
  Differ by_name(0.5, true);
  by_name.add_before(sample("s3://one/a.jpg", {{"dog", {0, 0, 1, 1}}}));
  EXPECT_TRUE(by_name.add_after(sample("s3://two/a.jpg", {{"dog", {0, 0, 1, 1}}})).empty());
  EXPECT_TRUE(by_name.finish().empty());
  EXPECT_EQ(by_name.matched_images(), 1);
}

TEST(Diff, AnImageThatOccursTwiceIsComparedInOrder) {
  Differ differ(0.5, false);
  differ.add_before(sample("a", {{"dog", {0, 0, 1, 1}}}));
  differ.add_before(sample("a", {{"cat", {0, 0, 1, 1}}}));
  EXPECT_TRUE(differ.add_after(sample("a", {{"dog", {0, 0, 1, 1}}})).empty());
  EXPECT_TRUE(differ.add_after(sample("a", {{"cat", {0, 0, 1, 1}}})).empty());
  EXPECT_EQ(differ.add_after(sample("a", {})).size(), 1U);
}

} // namespace
} // namespace mlopsctl::dataset
