// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/repeated_refs.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <string>

namespace mlopsctl::formats {
namespace {

std::uint64_t hash(std::int64_t number) {
  return std::hash<std::string>{}("frames/" + std::to_string(number) + ".jpg");
}

TEST(RepeatedRefs, SaysWhichLineNamedThePictureFirst) {
  RepeatedRefs refs;
  EXPECT_TRUE(refs.repeats().empty());
  for (std::int64_t line = 1; line <= 6; ++line)
    refs.add(hash(line % 3), line);
  const auto repeats = refs.repeats();
  ASSERT_EQ(repeats.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(repeats[i].line, static_cast<std::int64_t>(i) + 4);
    EXPECT_EQ(repeats[i].first_line, static_cast<std::int64_t>(i) + 1);
  }
  refs.clear();
  refs.add(hash(1), 1);
  EXPECT_TRUE(refs.repeats().empty());
}

TEST(RepeatedRefs, FindsThemInMillionsThatLieOnDisk) {
  constexpr std::int64_t k_lines = 2'000'000; // four times what is held in memory
  RepeatedRefs refs;
  for (std::int64_t line = 1; line <= k_lines; ++line)
    refs.add(hash(line == 1'999'999 ? 5 : line == 1'000'000 ? 999'999 : line), line);
  const auto repeats = refs.repeats();
  ASSERT_EQ(repeats.size(), 2U);
  EXPECT_EQ(repeats[0].line, 1'000'000);
  EXPECT_EQ(repeats[0].first_line, 999'999);
  EXPECT_EQ(repeats[1].line, 1'999'999);
  EXPECT_EQ(repeats[1].first_line, 5);
}

} // namespace
} // namespace mlopsctl::formats
