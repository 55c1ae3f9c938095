// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "dataset/leakage.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <random>

namespace mlopsctl::dataset {
namespace {

SetImage image(std::uint32_t set, std::string reference, std::string bytes, std::uint64_t look,
               std::string group = {}) {
  return {set, std::move(reference), std::move(bytes), {look, 0}, true, std::move(group)};
}

TEST(FindLeaks, TellsEachLikenessOnceForEachEarlierSet) {
  const std::vector<SetImage> images{
      image(0, "a", "A", 0, "clip"), image(0, "b", "B", 0xFF00FF),  // train
      image(1, "a", "A2", 0x3),      image(1, "c", "B", 0xFF00FE),  // validation
      image(2, "d", "B", ~0ULL),     image(2, "e", "E", 1, "clip"), // test
      {2, "f", "", {}, false, ""},   image(2, "g", "", ~0ULL)};     // nothing known; no bytes
  const std::vector<Leak> expected{
      {Likeness::reference, 2, 0, 0}, {Likeness::look, 2, 0, 2},  {Likeness::bytes, 3, 1, 0},
      {Likeness::look, 3, 1, 1},      {Likeness::bytes, 4, 1, 0}, {Likeness::bytes, 4, 3, 0},
      {Likeness::look, 5, 0, 1},      {Likeness::group, 5, 0, 0}, {Likeness::look, 5, 2, 1}};
  EXPECT_EQ(find_leaks(images, 4, 1), expected);
  EXPECT_EQ(find_leaks(images, 4, 3), expected);
  EXPECT_TRUE(find_leaks({}, 4, 1).empty());
  // Within one set nothing leaks.
  EXPECT_TRUE(find_leaks({image(3, "a", "A", 0, "g"), image(3, "a", "A", 0, "g")}, 4, 1).empty());
}

TEST(FindLeaks, TheNearestAndThenTheFirstIsThePartner) {
  std::mt19937_64 random(1);
  std::vector<SetImage> images;
  for (std::uint32_t i = 0; i < 900; ++i) {
    std::uint64_t look = (i % 7) * 0x0F0F0F0F0F0F0F0F;
    for (int k = 0; k < 6; ++k)
      look ^= std::uint64_t{1} << random() % 64;
    images.push_back(image(i % 3, std::to_string(i), "", look));
  }
  std::vector<Leak> expected;
  for (std::uint32_t i = 0; i < images.size(); ++i)
    for (std::uint32_t set = 0; set < images[i].set; ++set) {
      Leak best{Likeness::look, i, 0, 99};
      for (std::uint32_t j = 0; j < images.size(); ++j) {
        const int bits = std::popcount(images[i].fingerprint.across ^ images[j].fingerprint.across);
        if (images[j].set == set && bits <= 8 && bits < best.bits)
          best = {Likeness::look, i, j, bits};
      }
      if (best.bits <= 8)
        expected.push_back(best);
    }
  EXPECT_GT(expected.size(), 100U);
  EXPECT_EQ(find_leaks(images, 8, 1), expected);
  EXPECT_EQ(find_leaks(images, 8, 3), expected);
}

TEST(FindLeaks, RefusesMoreSetsThanItCanTell) {
  EXPECT_THROW(find_leaks({image(64, "a", "", 0)}, 4, 1), Error);
}

} // namespace
} // namespace mlopsctl::dataset
