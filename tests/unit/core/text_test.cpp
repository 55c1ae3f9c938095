// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"

#include <gtest/gtest.h>

namespace mlopsctl {
namespace {

TEST(Text, NumbersAreStrict) {
  EXPECT_EQ(parse_int("42"), 42);
  EXPECT_EQ(parse_int("-1"), -1);
  EXPECT_FALSE(parse_int(""));
  EXPECT_FALSE(parse_int("4 "));
  EXPECT_FALSE(parse_int("99999999999999999999"));
  EXPECT_EQ(parse_double("0.25"), 0.25);
  EXPECT_FALSE(parse_double("nan"));
  EXPECT_FALSE(parse_double("1e999"));
  EXPECT_FALSE(parse_double("1,5"));
}

TEST(Text, NumbersReadBackTheSame) {
  EXPECT_EQ(number(0.3), "0.3");
  EXPECT_EQ(number(3), "3");
  EXPECT_EQ(fixed(0.5184, 3), "0.518");
}

TEST(Text, DurationsSizesBytes) {
  EXPECT_EQ(parse_duration_s("200ms"), 0.2);
  EXPECT_EQ(parse_duration_s("10s"), 10);
  EXPECT_EQ(parse_duration_s("1.5"), 1.5);
  EXPECT_FALSE(parse_duration_s("0s"));
  EXPECT_FALSE(parse_duration_s("10 parsecs"));
  EXPECT_EQ(parse_size("640x480"), std::pair(640, 480));
  EXPECT_FALSE(parse_size("640"));
  EXPECT_FALSE(parse_size("0x480"));
  EXPECT_EQ(parse_bytes("1GiB"), 1073741824U);
  EXPECT_EQ(parse_bytes("2kB"), 2000U);
}

TEST(Text, NearestWord) {
  EXPECT_EQ(nearest("coc", {"yolo", "coco"}), "coco");
  EXPECT_FALSE(nearest("banana", {"yolo", "coco"}));
}

TEST(Text, PrintableKeepsLanguagesAndStopsEscapes) {
  EXPECT_EQ(printable("gr\xC3\xBC\xC3\x9F"), "gr\xC3\xBC\xC3\x9F");
  EXPECT_EQ(printable("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("a\nb"), "a\\x0ab");
  EXPECT_EQ(printable("\xff"), "\\xff");
  EXPECT_FALSE(is_valid_utf8("\xed\xa0\x80")); // a surrogate
}

} // namespace
} // namespace mlopsctl
