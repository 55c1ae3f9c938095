// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/expression.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>

#include <map>

namespace mlopsctl {
namespace {

bool holds(const std::string& text) {
  static const std::map<std::string, ExpressionValue> values{
      {"class", std::string("dog")},
      {"area", 400.0},
      {"score", 0.5},
      {"iscrowd", 0.0},
      {"job-name", std::string("a/b")},
      {"width", 20.0},
      {"id", std::string("12")},
      {"ref", std::string("frames/x (1).jpg")}};
  const Expression expression(text, "--where");
  return expression.holds([&](std::size_t index) {
    const auto known = values.find(expression.names()[index]);
    return known == values.end() ? ExpressionValue() : known->second;
  });
}

std::string refusal(const std::string& text) {
  return error_of([&] { const Expression expression(text, "--where"); });
}

TEST(Expression, Holds) {
  for (const char* text : {"class == 'dog'",
                           "class = \"dog\"",
                           "class != 'cat'",
                           "class in ('cat', 'dog')",
                           "class not in ('cat')",
                           "not class in ('cat')",
                           "area > 399 and area <= 400",
                           "area == width * width",
                           "area - 1 < 400",
                           "-area < 0",
                           "1 + 2 * 3 == 7",
                           "(1 + 2) * 3 == 9",
                           "7 - 2 - 1 == 4",
                           "score >= 0.5 or class == 'cat'",
                           "class == 'cat' and area == 0 or score == 0.5",
                           "iscrowd == false",
                           "not iscrowd == true",
                           "`job-name` like 'a/*'",
                           "ref like 'frames/*(?).jpg'",
                           "has(area)",
                           "not has(depth)",
                           "id == 12",
                           "id > 9",
                           "score < 1e3",
                           "'a' < 'b'",
                           "class like '*'",
                           "area/0 == 1 or true == 1",
                           "not (area > 1 and area < 2)",
                           "has(`job-name`)",
                           "width in (1, 20)",
                           "class == 'd\\og'"})
    EXPECT_TRUE(holds(text)) << text;
}

TEST(Expression, DoesNotHold) {
  for (const char* text :
       {"class == 'cat'", "class == 12", "depth > 1", "depth != 1", "depth == depth", "class < 5",
        "depth + 1 > 0", "class like 'do'", "class like '?'", "area / 0 == 0", "width in (1, 2)",
        "has(depth)", "not has(area)", "id < 9"})
    EXPECT_FALSE(holds(text)) << text;
}

TEST(Expression, NamesAreListedOnceInOrder) {
  const Expression expression("b > a and `b c` == b", "--where");
  EXPECT_THAT(expression.names(), testing::ElementsAre("b", "a", "b c"));
}

TEST(Expression, SaysWhereItIsWrong) {
  EXPECT_EQ(refusal("area >"), "--where 'area >': column 7: ends too early");
  EXPECT_EQ(refusal("area > 4 class"),
            "--where 'area > 4 class': column 10: 'class' is not expected here");
  EXPECT_EQ(refusal("area"), "--where 'area': column 1: no comparison in it");
  EXPECT_EQ(refusal("class == 'dog"),
            "--where 'class == 'dog': column 10: the closing ' is missing");
  EXPECT_EQ(refusal("a in 1"),
            "--where 'a in 1': column 6: a list in parentheses was expected behind 'in'");
  EXPECT_EQ(refusal("(a > 1"), "--where '(a > 1': column 7: ')' was expected");
  EXPECT_EQ(refusal("a > 1.2.3"), "--where 'a > 1.2.3': column 5: '1.2.3' is not a number");
  EXPECT_EQ(refusal("and > 1"), "--where 'and > 1': column 1: 'and' is not expected here");
  EXPECT_EQ(refusal("a > 1 ; b"), "--where 'a > 1 ; b': column 7: '; b' is not expected here");
  EXPECT_EQ(refusal(""), "--where '': column 1: ends too early");
  EXPECT_THAT(refusal(std::string(1000, '(')), testing::HasSubstr("is nested deeper than 100"));
  EXPECT_THAT(refusal(std::string(100'000, '-')), testing::HasSubstr("is longer than 8 KiB"));
  std::string deep = "1==1";
  for (int i = 0; i < 300; ++i)
    deep = "not " + deep;
  EXPECT_THAT(refusal(deep), testing::HasSubstr("is nested deeper than 100"));
}

} // namespace
} // namespace mlopsctl
