// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "formats/labels/json_items.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
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
  try {
    items_of(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "taken";
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

/// Hands out a few bytes at a time, so that every cut falls into every place once.
class SlowSource final : public ByteSource {
public:
  SlowSource(std::string text, std::size_t step) : text_(std::move(text)), step_(step) {}
  std::size_t read(std::span<char> buffer) override {
    const auto count = std::min({step_, buffer.size(), text_.size() - position_});
    std::copy_n(text_.data() + position_, count, buffer.data());
    position_ += count;
    return count;
  }
  void rewind() override { position_ = 0; }
  std::optional<std::uint64_t> size_bytes() const override { return std::nullopt; }
  const std::string& name() const override { return name_; }

private:
  std::string text_;
  std::size_t step_;
  std::size_t position_ = 0;
  std::string name_ = "slow";
};

TEST(JsonItems, TheSameInAnyPieces) {
  const std::string text = "\xEF\xBB\xBF"
                           R"( [ {"a":"\\\"]"}, [1,[2]],"é\u00e9" ,null ] )";
  const auto whole = items_of(text);
  ASSERT_EQ(whole.size(), 4U);
  for (std::size_t step = 1; step < text.size(); ++step) {
    SlowSource source(text, step);
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
  try {
    items.next();
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("element 0 of the list is longer than 1"));
  }
}

} // namespace
} // namespace mlopsctl::formats
