// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/configuration.hpp"
#include "serving/edge/message.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::serving {
namespace {

using testing::HasSubstr;

EdgeFrame a_frame() {
  return {"f1", "s1", "/b/f1.jpg", "f1.jpg", 30, 1.5, 1700000000.25};
}

TEST(EdgeMessage, FrameIsReadAsItWasWritten) {
  EXPECT_EQ(to_text(parse_edge_frame(to_text(a_frame()))), to_text(a_frame()));
  auto frame = a_frame();
  frame.time_s.reset();
  EXPECT_FALSE(parse_edge_frame(to_text(frame)).time_s);
}

TEST(EdgeMessage, IdIsOfFrameAndTopic) {
  const EdgeVoice voice("front", {});
  const auto frame = voice.frame_work(a_frame());
  const auto result = voice.result_work(a_frame(), Value::object());
  ASSERT_TRUE(frame && result);
  EXPECT_EQ(frame->topic, "blog/infer/input");
  EXPECT_EQ(result->topic, "blog/infer/output");
  EXPECT_NE(frame->id, result->id);
  EXPECT_EQ(frame->id, EdgeVoice("front", {}).frame_work(a_frame())->id);
  const auto document = parse_json(frame->body, "message");
  EXPECT_EQ(document.find("id")->string, frame->id);
  EXPECT_EQ(document.find("core")->string, "front");
  EXPECT_EQ(document.find("filepath")->string, "/b/f1.jpg");
}

TEST(EdgeMessage, TopicsThatAreSwitchedOffSayNothing) {
  EdgeTopics topics;
  set_topic(topics, "results=");
  set_topic(topics, "status=a/b-c_d.e:f=g");
  check_topics(topics);
  const EdgeVoice voice("front", topics);
  EXPECT_FALSE(voice.result_work(a_frame(), Value::object()));
  EXPECT_EQ(voice.status("ready", "", {}).topic, "a/b-c_d.e:f=g");
}

TEST(EdgeMessage, TopicsAreTakenLiterallyOrRefused) {
  EdgeTopics topics;
  for (const std::string topic : {"a/#", "+/b", "$SYS/x", "a b", "a\xff", "a*"})
    EXPECT_THAT(error_of([&] { set_topic(topics, "start=" + topic); }, Fault::usage),
                HasSubstr("is no topic"))
        << topic;
  EXPECT_NE(error_of([&] { set_topic(topics, "start=" + std::string(257, 'a')); }), k_no_error);
  EXPECT_EQ(error_of([&] { set_topic(topics, "statuss=a"); }),
            "--topics: 'statuss=a' is not KEY=TOPIC");
  EXPECT_EQ(error_of([&] { set_topic(topics, "start"); }), "--topics: 'start' is not KEY=TOPIC");
  set_topic(topics, "results=video/output");
  EXPECT_EQ(error_of([&] { check_topics(topics); }),
            "--topics: 'video/output' is the topic of status and results");
  EdgeTopics none;
  none.start.clear();
  EXPECT_EQ(error_of([&] { check_topics(none); }), "--topics: there is no start topic");
}

TEST(EdgeConfiguration, IsOfItsCore) {
  const auto* text =
      R"({"cameras": {"front": "/dev/video0", "back": "rtsp://x"}, "client_ids": {"front": "f-mlopsctl"},
          "topics": {"start": "go"}, "mqtt": {"endpoint": "e", "ca": "c", "certificate": "d", "private_key": "k"},
          "retention_days": "30", "model_digest": "sha256:00", "table": "dynamodb://t", "partition_key": "Gesture ID",
          "buffer": {"folder": "/b", "max_bytes": "1073741824.0", "on_full": "stop"}})";
  const auto front = parse_edge_configuration(text, "front");
  EXPECT_EQ(front.camera, "/dev/video0");
  EXPECT_EQ(front.client_id, "f-mlopsctl");
  EXPECT_EQ(front.endpoint, "e");
  EXPECT_EQ(front.key, "k");
  EXPECT_EQ(front.topics.start, "go");
  EXPECT_EQ(front.topics.stored, "dynamo/output");
  EXPECT_EQ(front.retention_days, 30);
  EXPECT_EQ(front.partition_key, "Gesture ID");
  EXPECT_EQ(front.buffer_bytes, 1073741824U);
  EXPECT_EQ(front.on_full, "stop");
  EXPECT_EQ(parse_edge_configuration(text, "back").camera, "rtsp://x");
  EXPECT_EQ(parse_edge_configuration(text, "side").camera, "");
  EXPECT_EQ(parse_edge_configuration("{}", "side").buffer_bytes, std::nullopt);
}

TEST(EdgeConfiguration, SaysWhatIsWrong) {
  const auto refused = [](const char* text) {
    return error_of([&] { parse_edge_configuration(text, "front"); });
  };
  EXPECT_THAT(refused(R"({"camera": {}})"), HasSubstr("camera"));
  EXPECT_THAT(refused(R"({"retention_days": "soon"})"), HasSubstr("is no number from 1 on"));
  EXPECT_THAT(refused(R"({"cameras": {"front": 7}})"), HasSubstr("of front is no text"));
  EXPECT_THAT(refused(R"({"topics": {"start": "a/#"}})"), HasSubstr("is no topic"));
}

} // namespace
} // namespace mlopsctl::serving
