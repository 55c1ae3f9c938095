// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/io.hpp"
#include "serving/lambda/event.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace mlopsctl::serving {
namespace {

using testing::HasSubstr;
using Kind = LambdaEvent::Kind;

std::string record(const std::string& name, const std::string& object) {
  return R"({"eventSource":"aws:s3","eventName":")" + name +
         R"(","s3":{"bucket":{"name":"b"},"object":)" + object + "}}";
}
LambdaEvent stored(const std::string& object) {
  return parse_lambda_event(R"({"Records":[)" + record("ObjectCreated:Put", object) + "]}");
}

TEST(LambdaEvent, KeysOfNotificationsAreDecoded) {
  EXPECT_EQ(form_decoded("a+b%2B%20c.jpg"), "a b+ c.jpg");
  EXPECT_EQ(form_decoded("100%"), "100%");
  EXPECT_EQ(form_decoded("%zz%4"), "%zz%4");
  EXPECT_EQ(form_decoded("%C3%A9"), "é");
  const auto event = stored(R"({"key":"frames/frameA+%281%29.jpg","eTag":"e","sequencer":"1"})");
  ASSERT_EQ(event.pictures.size(), 1U);
  EXPECT_EQ(event.kind, Kind::stored);
  EXPECT_EQ(event.pictures[0].name, "s3://b/frames/frameA (1).jpg");
}

TEST(LambdaEvent, IdIsOfTheVersion) {
  const auto id = [](const std::string& object) { return stored(object).pictures[0].id; };
  const auto first = id(R"({"key":"k","eTag":"e","sequencer":"1"})");
  EXPECT_EQ(first.size(), 64U);
  EXPECT_EQ(first, id(R"({"key":"k","eTag":"e","sequencer":"1","size":7})"));
  EXPECT_NE(first, id(R"({"key":"k","eTag":"f","sequencer":"1"})"));
  EXPECT_NE(first, id(R"({"key":"k","eTag":"e","sequencer":"2"})"));
  EXPECT_NE(first, id(R"({"key":"k","eTag":"e","versionId":"v","sequencer":"1"})"));
  // The same object through EventBridge, whose keys are not encoded.
  const auto bridged =
      parse_lambda_event(R"({"detail-type":"Object Created","detail":{"bucket":{"name":"b"},)"
                         R"("object":{"key":"k","etag":"e","sequencer":"1"}}})");
  EXPECT_EQ(bridged.pictures[0].id, first);
  const auto plus = parse_lambda_event(
      R"({"detail-type":"Object Created","detail":{"bucket":{"name":"b"},"object":{"key":"a+b"}}})");
  EXPECT_EQ(plus.pictures[0].name, "s3://b/a+b");
  EXPECT_FALSE(plus.is_for_score);
  const auto asking = [](const std::string& threshold) {
    return parse_lambda_event(R"({"detail-type":"Object Created","detail":{"bucket":{"name":"b"},)"
                              R"("object":{"key":"k"}},"threshold":")" +
                              threshold + "\"}");
  };
  EXPECT_TRUE(asking("evaluate").is_for_score);
  EXPECT_FALSE(asking("show").is_for_score);
  EXPECT_THAT(error_of([&] { asking("0.5"); }),
              HasSubstr("threshold '0.5' is neither show nor evaluate"));
}

TEST(LambdaEvent, NothingToLookAt) {
  EXPECT_EQ(parse_lambda_event(R"({"Service":"Amazon S3","Event":"s3:TestEvent"})").kind,
            Kind::nothing);
  EXPECT_EQ(parse_lambda_event(R"({"Records":[)" +
                               record("ObjectRemoved:Delete", R"({"key":"k"})") + "]}")
                .kind,
            Kind::nothing);
}

TEST(LambdaEvent, DirectCall) {
  const auto event = parse_lambda_event(R"({"image":"aGk=","name":"a.jpg"})");
  EXPECT_EQ(event.kind, Kind::direct);
  EXPECT_EQ(event.pictures[0].bytes, "hi");
  EXPECT_EQ(event.pictures[0].name, "a.jpg");
}

TEST(LambdaEvent, ARequestToTheUrl) {
  const auto request = [](const std::string& rest) {
    return parse_lambda_event(
        R"({"version":"2.0","requestContext":{"http":{"method":"POST"}},"rawPath":"/a",)" + rest +
        "}");
  };
  const auto event =
      request(R"("headers":{"content-type":"image/png"},"body":"aGk=","isBase64Encoded":true)");
  EXPECT_EQ(event.kind, Kind::request);
  EXPECT_EQ(event.request.method, "POST");
  EXPECT_EQ(event.request.path, "/a");
  EXPECT_EQ(event.request.body, "hi");
  EXPECT_EQ(event.request.header("Content-Type"), "image/png");
  EXPECT_EQ(request(R"("body":"aGk=","isBase64Encoded":false)").request.body, "aGk=");
  EXPECT_EQ(request(R"("headers":{})").request.body, "");
  EXPECT_THAT(error_of([&] { request(R"("body":"***","isBase64Encoded":true)"); }, Fault::input),
              HasSubstr("body is not base64"));
  EXPECT_THAT(error_of([] { parse_lambda_event(R"({"requestContext":{}})"); }, Fault::input),
              HasSubstr("requestContext has no 'http'"));
}

TEST(LambdaEvent, AScheduleHasAnId) {
  const auto event =
      parse_lambda_event(R"({"id":"e-1","detail-type":"Scheduled Event","detail":{}})");
  EXPECT_EQ(event.kind, LambdaEvent::Kind::schedule);
  EXPECT_EQ(event.id, "e-1");
  EXPECT_TRUE(event.pictures.empty());
  EXPECT_THAT(error_of([] { parse_lambda_event(R"({"detail-type":"Scheduled Event"})"); }),
              HasSubstr("event has no 'id'"));
}

TEST(LambdaEvent, RefusesWhatItDoesNotKnow) {
  const auto refusal = [](const std::string& text) {
    return error_of([&] { parse_lambda_event(text); }, Fault::input);
  };
  EXPECT_THAT(refusal("{"), HasSubstr("event:1"));
  EXPECT_THAT(refusal("[]"), HasSubstr("is no object"));
  EXPECT_THAT(refusal("{}"), HasSubstr("of no kind that is known"));
  EXPECT_THAT(refusal(R"({"image":"***"})"), HasSubstr("image is not base64"));
  EXPECT_THAT(refusal(R"({"image":7})"), HasSubstr("event.image is no text"));
  EXPECT_THAT(refusal(R"({"Records":7})"), HasSubstr("Records is no list"));
  EXPECT_THAT(refusal(R"({"Records":[{"eventSource":"aws:sqs"}]})"), HasSubstr("'aws:sqs'"));
  EXPECT_THAT(refusal(R"({"Records":[)" + record("ObjectCreated:Put", "{}") + "]}"),
              HasSubstr("object has no 'key'"));
}

TEST(LambdaEvent, RealRequestToAUrl) {
  const std::string path = MLOPSCTL_SHARED "/data/golden/lambda-events/lambda-urls-request.json";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is not here";
  const auto event = parse_lambda_event(read_file(path, 1 << 20));
  EXPECT_EQ(event.kind, Kind::request);
  EXPECT_EQ(event.request.method, "POST");
  EXPECT_EQ(event.request.body, "Hello from client!");
  EXPECT_EQ(event.request.header("Header2"), "value1,value2");
}

TEST(LambdaEvent, RealNotification) {
  const std::string path = MLOPSCTL_SHARED "/data/golden/lambda-events/s3-event.json";
  if (!std::filesystem::exists(path))
    GTEST_SKIP() << path << " is not here";
  const auto event = parse_lambda_event(read_file(path, 1 << 20));
  ASSERT_EQ(event.pictures.size(), 1U);
  EXPECT_EQ(event.pictures[0].name, "s3://sourcebucket/Happy Face.jpg");
}

} // namespace
} // namespace mlopsctl::serving
