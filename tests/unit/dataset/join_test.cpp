// SPDX-License-Identifier: Apache-2.0
#include "dataset/join.hpp"
#include "dataset/refs.hpp"
#include "dataset/stats.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace mlopsctl::dataset {
namespace {

Sample sample(const std::string& ref, const std::string& label) {
  Sample made;
  made.ref = ref;
  made.annotations.resize(1);
  made.annotations[0].label = label;
  made.annotations[0].box = {0, 0, 10, 10};
  return made;
}

std::string joined(OnConflict policy) {
  const std::vector<Sample> samples{sample("a", "1"), sample("b", "2"), sample("a", "3"),
                                    sample("a", "4")};
  Joiner joiner(policy);
  for (const auto& one : samples)
    joiner.count(one.ref);
  EXPECT_EQ(joiner.conflicts(), std::vector<std::string>{"a"});
  std::string text;
  for (const auto& one : samples) {
    const auto out = joiner.take(one);
    if (!out)
      continue;
    text += out->ref;
    for (const auto& annotation : out->annotations)
      text += annotation.label;
    text += ' ';
  }
  return text;
}

TEST(Joiner, PoliciesForTheSameImage) {
  EXPECT_EQ(joined(OnConflict::first), "b2 a1 ");
  EXPECT_EQ(joined(OnConflict::last), "b2 a4 ");
  EXPECT_EQ(joined(OnConflict::merge), "b2 a134 ");
}

TEST(Refs, RemoteAbsoluteAndUnknownStay) {
  EXPECT_TRUE(is_remote_ref("s3://b/frames/a (1).jpg"));
  EXPECT_FALSE(is_remote_ref("a/b://c"));
  EXPECT_EQ(rebase_ref("s3://b/k.jpg", "x", "y"), "s3://b/k.jpg");
  EXPECT_EQ(rebase_ref("/etc/passwd", "x", "y"), "/etc/passwd");
  EXPECT_EQ(rebase_ref("no/such.jpg", "x", "y"), "no/such.jpg");
}

TEST(Refs, FollowTheirFile) {
  std::string pattern = (std::filesystem::temp_directory_path() / "mlopsctl-refs.XXXXXX").string();
  const std::filesystem::path root = ::mkdtemp(pattern.data());
  std::filesystem::create_directories(root / "a");
  std::ofstream(root / "a" / "x.jpg") << "x";
  const auto from = (root / "a").string();
  EXPECT_EQ(rebase_ref("x.jpg", from, (root / "b").string()), "../a/x.jpg");
  EXPECT_EQ(rebase_ref("x.jpg", from, (root / "a" / "no" / "such").string()), "../../x.jpg");
  EXPECT_EQ(rebase_ref("x.jpg", from, from), "x.jpg");
  std::filesystem::remove_all(root);
}

TEST(Stats, AClassOfTheWholeImageIsNotEmpty) {
  Stats stats;
  Sample sample;
  sample.is_labelled = true;
  sample.classes = {{"football", 0, {}}, {"football", 0, {}}};
  stats.add(sample);
  sample.classes.clear();
  stats.add(sample);
  sample.mask_ref = "mask.png";
  stats.add(sample);
  EXPECT_EQ(stats.empty, 1);
  ASSERT_EQ(stats.classes().size(), 1U);
  EXPECT_EQ(stats.classes()[0].label, "football");
  EXPECT_EQ(stats.classes()[0].images, 1);
  EXPECT_EQ(stats.classes()[0].objects, 0);
}

TEST(Stats, CountsByClassAndSize) {
  Stats stats;
  stats.add(sample("a", "dog"));
  Sample big = sample("b", "dog");
  big.annotations[0].box = {0, 0, 100, 100};
  big.annotations.push_back(big.annotations[0]);
  stats.add(big);
  stats.add(Sample{});
  EXPECT_EQ(stats.images, 3);
  EXPECT_EQ(stats.empty, 1);
  EXPECT_EQ(stats.by_size, (std::array<std::int64_t, 3>{1, 0, 2}));
  ASSERT_EQ(stats.classes().size(), 1U);
  EXPECT_EQ(stats.classes()[0].images, 2);
  EXPECT_EQ(stats.classes()[0].objects, 3);
  EXPECT_EQ(stats.classes()[0].smallest_px, 10);
  EXPECT_EQ(stats.classes()[0].largest_px, 100);
}

} // namespace
} // namespace mlopsctl::dataset
