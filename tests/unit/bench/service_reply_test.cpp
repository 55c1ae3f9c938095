// SPDX-License-Identifier: Apache-2.0
#include "bench/service_reply.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::bench {
namespace {

using Times = std::map<std::string, double>;

TEST(ParseServerTiming, ReadsTheDurations) {
  EXPECT_EQ(parse_server_timing("queue;dur=0.125, infer;dur=5;desc=\"x\",hit, a;desc=b;dur=1e1"),
            (Times{{"queue", 0.125}, {"infer", 5}, {"a", 10}}));
  EXPECT_EQ(parse_server_timing(""), Times{});
  EXPECT_EQ(parse_server_timing("a;dur=, b;dur=x,;;,c"), Times{});
}

TEST(ReadReply, DetectionsAndClasses) {
  dataset::Sample sample;
  EXPECT_TRUE(
      read_reply(R"({"detections":[{"label":"cat","class_id":0,"score":0.5,"left":1,"top":2,)"
                 R"("width":3.5,"height":4}],"timing_ms":{}})",
                 sample));
  ASSERT_EQ(sample.annotations.size(), 1U);
  EXPECT_EQ(sample.annotations[0].label, "cat");
  EXPECT_EQ(sample.annotations[0].score, 0.5);
  EXPECT_EQ(sample.annotations[0].box.right(), 4.5);
  dataset::Sample classified;
  EXPECT_TRUE(read_reply(R"({"classes":[{"label":"a","score":0.9},{"label":"b","score":0.1}]})",
                         classified));
  ASSERT_EQ(classified.classes.size(), 2U);
  EXPECT_EQ(classified.classes[1].label, "b");
}

TEST(ReadReply, IdsOfClassesAreKeptWhereTheyAreIds) {
  dataset::Sample sample;
  EXPECT_TRUE(read_reply(R"({"classes":[{"label":"a","class_id":7,"score":1},)"
                         R"({"label":"b","class_id":-3,"score":1},)"
                         R"({"label":"c","class_id":1e300,"score":1},)"
                         R"({"label":"d","class_id":0.5,"score":1}]})",
                         sample));
  ASSERT_EQ(sample.classes.size(), 4U);
  EXPECT_EQ(sample.classes[0].source_id, 7);
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_EQ(sample.classes[i].source_id, -1);
}

TEST(ReadReply, OtherServices) {
  dataset::Sample sample;
  for (const auto* body :
       {"", "<html>", "[]", "{}", R"({"bounding_boxes":[[0,0,1,1]],"status":200})",
        R"({"detections":{}})", R"({"detections":[{"label":"a"}]})",
        R"({"detections":[{"label":"a","score":1,"left":0,"top":0,"width":1}]})"})
    EXPECT_FALSE(read_reply(body, sample)) << body;
}

TEST(ParseModelInfo, ReadsTheLabels) {
  const std::string text =
      "# HELP x\nmlopsctl_model_info{name=\"a\\\"b\\\\\",version=\"1\"} 1\nother{a=\"b\"} 2\n";
  EXPECT_EQ(parse_model_info(text),
            (std::map<std::string, std::string>{{"name", "a\"b\\"}, {"version", "1"}}));
  EXPECT_TRUE(parse_model_info("").empty());
  EXPECT_TRUE(parse_model_info("mlopsctl_model_info{").empty());
  EXPECT_TRUE(parse_model_info("mlopsctl_model_info{a").empty());
}

} // namespace
} // namespace mlopsctl::bench
