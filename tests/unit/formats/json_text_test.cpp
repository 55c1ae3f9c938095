// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace mlopsctl::formats {
namespace {

std::string json_of(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string number(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

TEST(JsonText, EveryByteAtEveryPlaceReadsBackTheSame) {
  for (int byte = 0; byte < 0x80; ++byte)
    for (std::size_t at = 0; at < 20; ++at) {
      std::string text(20, 'x');
      text[at] = static_cast<char>(byte);
      const auto json = json_of(text);
      EXPECT_EQ(nlohmann::json::parse(json).get<std::string>(), text) << json;
      EXPECT_EQ(json.find('\x7F'), std::string::npos);
    }
}

TEST(JsonText, TextsOfOtherLanguagesStayAsTheyAre) {
  const std::string text = "Übergröße 猫 🐱 — and \"more\"";
  EXPECT_EQ(json_of(text), "\"Übergröße 猫 🐱 — and \\\"more\\\"\"");
  EXPECT_EQ(json_of(""), "\"\"");
}

TEST(JsonText, NumbersAreTheShortestThatReadBack) {
  EXPECT_EQ(number(0), "0");
  EXPECT_EQ(number(-3), "-3");
  EXPECT_EQ(number(0.1), "0.1");
  EXPECT_EQ(number(1e21), "1e+21");
  for (const double value : {1.0 / 3, -2.2250738585072014e-308, std::numeric_limits<double>::max(),
                             std::numeric_limits<double>::denorm_min(), 9007199254740993.0})
    EXPECT_EQ(nlohmann::json::parse(number(value)).get<double>(), value);
}

TEST(JsonText, DecimalsAreThoseOfTheStandardLibrary) {
  const auto expected = [](double value) {
    std::array<char, 40> text;
    return std::string(text.data(),
                       std::to_chars(text.data(), text.data() + text.size(), value).ptr);
  };
  const auto is_whole = [](double value) { return std::trunc(value) == value; };
  for (std::int64_t parts = 1; parts < 10'000'000'000; parts += 1 + parts / 3000)
    for (const double parted : {1e1, 1e2, 1e3, 1e4, 1e5}) {
      const double value = static_cast<double>(parts) / parted;
      if (is_whole(value))
        continue;
      for (const double close : {value, std::nextafter(value, 0.0), std::nextafter(value, 1e9)})
        ASSERT_EQ(number(close), is_whole(close) ? number(std::trunc(close)) : expected(close));
      ASSERT_EQ(number(-value), expected(-value));
    }
}

TEST(JsonText, NumbersTextHoldsEightOfTheLongestNumbers) {
  NumbersText text;
  for (int i = 0; i < 8; ++i)
    text << "," << -std::numeric_limits<double>::denorm_min()
         << std::numeric_limits<std::int64_t>::min();
  EXPECT_LT(text.text().size(), NumbersText::k_bytes);
  text.clear();
  text << "a" << std::int64_t{7} << "b" << 0.5;
  EXPECT_EQ(text.text(), "a7b0.5");
}

} // namespace
} // namespace mlopsctl::formats
