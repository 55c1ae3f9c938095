// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/value.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl {
namespace {

using testing::HasSubstr;

TEST(Json, RoundTripKeepsOrderAndNumbers) {
  const std::string text = R"({"b":[1,2.5,"x\n"],"a":null,"c":{"d":true}})";
  EXPECT_EQ(to_json(parse_json(text, "t")), text);
}

TEST(Json, RefusesWhatIsNotJson) {
  EXPECT_THAT(error_of([] { parse_json("{\"a\":1,\n\"a\":2}", "f"); }), HasSubstr("occurs twice"));
  EXPECT_THAT(error_of([] { parse_json("{\n\n\"a\" 1}", "f"); }), HasSubstr("f:3: not valid JSON"));
  EXPECT_THAT(error_of([] { parse_json(std::string(5000, '['), "f"); }), HasSubstr("deep"));
  EXPECT_THAT(error_of([] { parse_json("", "f"); }), HasSubstr("not valid JSON"));
}

TEST(Yaml, PlainScalars) {
  const Value value = parse_yaml("a: 1\nb: 1.5\nc: yes\nd: \"2\"\ne: ~\nf: true\ng: 1.2.3\n", "t");
  EXPECT_EQ(value.find("a")->integer, 1);
  EXPECT_EQ(value.find("b")->real, 1.5);
  EXPECT_EQ(value.find("c")->string, "yes");
  EXPECT_EQ(value.find("d")->string, "2");
  EXPECT_TRUE(value.find("e")->is_null());
  EXPECT_TRUE(value.find("f")->boolean);
  EXPECT_EQ(value.find("g")->string, "1.2.3");
  EXPECT_EQ(value.find("g")->line, 7);
}

TEST(Yaml, RefusesBombsDuplicatesAndDepth) {
  EXPECT_THAT(error_of([] { parse_yaml("a: 1\na: 2\n", "f"); }),
              HasSubstr("f:2: key 'a' occurs twice"));
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string previous = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int k = 0; k < 10; ++k)
      bomb += (k > 0 ? "," : "") + previous;
    bomb += "]\n";
  }
  EXPECT_THAT(error_of([&] { parse_yaml(bomb, "f"); }), HasSubstr("after aliases are expanded"));
  EXPECT_THAT(error_of([] { parse_yaml(std::string(3000, '['), "f"); }), HasSubstr("f:1:"));
  EXPECT_THAT(error_of([] { parse_yaml("a: [1\nb: 2", "f"); }), HasSubstr("not valid YAML"));
}

TEST(Yaml, TextThatLooksLikeSomethingElseIsQuoted) {
  for (const auto* text : {"no", "1.5", "007", "null", "a: b", "", " x", "{{resolve:x}}",
                           "line\nbreak", "*a", "1:30"}) {
    Value value = Value::object();
    value["k"] = text;
    const Value back = parse_yaml(to_yaml(value), "t");
    ASSERT_TRUE(back.find("k")->is_string()) << text << " became " << to_yaml(value);
    EXPECT_EQ(back.find("k")->string, text);
  }
}

TEST(Yaml, ScriptsAreBlocks) {
  Value value = Value::object();
  value["deep"] = Value::array();
  Value item = Value::object();
  item["run"] = "set -eu\necho 'a: b'  # no\n\n  indented\n";
  item["last"] = "done";
  value["deep"].push(item);
  EXPECT_EQ(to_yaml(value), "deep:\n  - run: |\n      set -eu\n      echo 'a: b'  # no\n\n        "
                            "indented\n    last: done\n");
  // What a block would change, or people could not see, is quoted; all of it reads the same again.
  for (const auto* text :
       {"a\nb\n", "a\nb", "a\nb\n\n", " a\nb\n", "\na\nb\n", "a\tb\nc\n", "a\r\nb\n", "a\n b\n",
        "#a\n---\n", "a \nb\n", "\u00e9\nb\n", "a\n \nb\n", "a\n...\n- b\n", "\n", "\n\n"}) {
    item["run"] = text;
    value["deep"] = Value::array();
    value["deep"].push(item);
    value["deep"].push(Value(text));
    value["top"] = text;
    const Value back = parse_yaml(to_yaml(value), "t");
    EXPECT_EQ(to_json(back), to_json(value)) << to_yaml(value);
  }
}

TEST(ObjectReader, NamesPlaceAndNearestKey) {
  const Value value = parse_yaml("name: x\ninptu: 3\n", "model.yaml");
  ObjectReader reader(value, "model.yaml");
  reader.text("name");
  reader.child("input");
  EXPECT_EQ(error_of([&] { reader.finish(); }),
            "model.yaml:2: unknown key 'inptu', did you mean 'input'?");
  EXPECT_EQ(error_of([&] { reader.integer("name"); }),
            "model.yaml:1: name: is text, a whole number was expected");
}

} // namespace
} // namespace mlopsctl
