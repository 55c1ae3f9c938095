// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "formats/labels/json_items.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/formats/slow_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace mlopsctl::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> items_of(const std::string& text) {
  const auto source = source_from_text(text, "x.json");
  JsonItems items(*source);
  std::vector<std::string> result;
  while (const auto item = items.next())
    result.emplace_back(*item);
  return result;
}

std::string refusal(const std::string& text) {
  return error_of([&] { items_of(text); });
}

TEST(JsonItems, CutsElements) {
  EXPECT_THAT(items_of("[]"), ElementsAre());
  EXPECT_THAT(items_of(" [ ] \n"), ElementsAre());
  EXPECT_THAT(items_of("\xEF\xBB\xBF[1]"), ElementsAre("1"));
  EXPECT_THAT(items_of(R"([{"a":[1,{"b":"]},\"\\"}]} , "x,]", 3])"),
              ElementsAre(R"({"a":[1,{"b":"]},\"\\"}]} )", R"("x,]")", "3"));
}

TEST(JsonItems, WhatIsNoListIsRefused) {
  EXPECT_EQ(refusal(""), "x.json: is not a JSON list");
  EXPECT_EQ(refusal("{}"), "x.json: is not a JSON list");
  EXPECT_EQ(refusal("[1"), "x.json: ends within element 0 of the list; was it cut off?");
  EXPECT_EQ(refusal("[1,"), "x.json: ends within element 1 of the list; was it cut off?");
  EXPECT_EQ(refusal(R"(["a\)"), "x.json: ends within element 0 of the list; was it cut off?");
  EXPECT_EQ(refusal("[1,]"), "x.json: the list ends with a comma");
  EXPECT_EQ(refusal("[,1]"), "x.json: element 0 of the list is empty");
  EXPECT_EQ(refusal("[1,,2]"), "x.json: element 1 of the list is empty");
  EXPECT_EQ(refusal("[1}]"), "x.json: element 0 of the list is not followed by ',' or ']'");
  EXPECT_EQ(refusal("[1] x"), "x.json: goes on behind the end of the list");
}

TEST(JsonItems, TheSameInAnyPieces) {
  const std::string text = "\xEF\xBB\xBF"
                           R"( [ {"a":"\\\"]"}, [1,[2]],"é\u00e9" ,null ] )";
  const auto whole = items_of(text);
  ASSERT_EQ(whole.size(), 4U);
  for (std::size_t step = 1; step < text.size(); ++step) {
    SlowSource source(text, step, "x.json");
    JsonItems items(source);
    for (int round = 0; round < 2; ++round) {
      std::vector<std::string> pieces;
      while (const auto item = items.next())
        pieces.emplace_back(*item);
      EXPECT_EQ(pieces, whole) << step;
      items.rewind();
    }
  }
}

TEST(JsonItems, LongElementsAreRefusedBeforeMemoryIsTaken) {
  const auto source = source_from_text("[\"" + std::string(3 << 20, 'x') + "\"]", "x.json");
  JsonItems items(*source, 1 << 20);
  EXPECT_THAT(error_of([&] { items.next(); }), HasSubstr("element 0 of the list is longer than 1"));
}

} // namespace
} // namespace mlopsctl::formats
