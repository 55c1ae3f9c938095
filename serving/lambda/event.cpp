// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/event.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <charconv>

namespace mlopsctl::serving {
namespace {

constexpr const char* k_hint =
    "this function takes {\"image\": \"<base64>\"}, requests to its URL, notifications of S3, "
    "and EventBridge's \"Object Created\" and \"Scheduled Event\"";

[[noreturn]] void fail(const std::string& what) {
  throw Error(Fault::input, "event: " + what, k_hint);
}

const Value& member(const Value& object, std::string_view key, const std::string& where) {
  const auto* found = object.find(key);
  if (found == nullptr)
    fail(where + " has no '" + std::string(key) + "'");
  return *found;
}

std::string text_of(const Value& object, std::string_view key, const std::string& where) {
  const auto& value = member(object, key, where);
  if (!value.is_string() || value.string.empty())
    fail(where + "." + std::string(key) + " is no text");
  return value.string;
}

std::string optional_text(const Value& object, std::string_view key) {
  const auto* value = object.find(key);
  return value != nullptr && value->is_string() ? value->string : "";
}

/// The id is the same whenever the same event comes again, and another for another version of the
/// object.
EventPicture stored_picture(const std::string& bucket, const std::string& key,
                            const std::string& version, const std::string& sequencer) {
  return {"s3://" + bucket + "/" + key, "",
          sha256(bucket + "\n" + key + "\n" + version + "\n" + sequencer).substr(7)};
}

/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
LambdaEvent notification(const Value& records) {
  LambdaEvent event;
  if (!records.is_array())
    fail("Records is no list");
  for (const auto& record : records.items) {
    if (optional_text(record, "eventSource") != "aws:s3")
      fail("a record is not of S3 (eventSource '" +
           printable(optional_text(record, "eventSource")) + "')");
    if (!text_of(record, "eventName", "record").starts_with("ObjectCreated:"))
      continue; // what went cannot be looked at
    const auto& s3 = member(record, "s3", "record");
    const auto& object = member(s3, "object", "s3");
    const auto version = optional_text(object, "versionId");
    event.kind = LambdaEvent::Kind::stored;
    event.pictures.push_back(
        stored_picture(text_of(member(s3, "bucket", "s3"), "name", "bucket"),
                       form_decoded(text_of(object, "key", "object")),
                       version.empty() ? optional_text(object, "eTag") : version,
                       optional_text(object, "sequencer")));
  }
  return event;
}

/// What EventBridge does not send, and who makes events may: "threshold": "evaluate".
bool is_for_score(const Value& document) {
  const auto threshold = optional_text(document, "threshold");
  if (!threshold.empty() && threshold != "evaluate" && threshold != "show")
    fail("threshold '" + printable(threshold) + "' is neither show nor evaluate");
  return threshold == "evaluate";
}

/// https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: keys come as they are.
LambdaEvent object_created(const Value& document) {
  const auto& detail = member(document, "detail", "event");
  const auto& object = member(detail, "object", "detail");
  const auto version = optional_text(object, "version-id");
  LambdaEvent event;
  event.kind = LambdaEvent::Kind::stored;
  event.is_for_score = is_for_score(document);
  event.pictures.push_back(stored_picture(
      text_of(member(detail, "bucket", "detail"), "name", "bucket"),
      text_of(object, "key", "object"), version.empty() ? optional_text(object, "etag") : version,
      optional_text(object, "sequencer")));
  return event;
}

/// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-run-lambda-schedule.html
LambdaEvent scheduled(const Value& document) {
  LambdaEvent event;
  event.kind = LambdaEvent::Kind::schedule;
  event.id = text_of(document, "id", "event");
  return event;
}

LambdaEvent direct_call(const Value& document) {
  const auto bytes = base64_decoded(text_of(document, "image", "event"));
  if (!bytes)
    fail("image is not base64");
  const auto name = optional_text(document, "name");
  LambdaEvent event;
  event.kind = LambdaEvent::Kind::direct;
  event.pictures.push_back({name.empty() ? "image" : printable(name), *bytes, ""});
  return event;
}

/// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html, "Request and response
/// payloads"
LambdaEvent url_request(const Value& document) {
  const auto& http = member(member(document, "requestContext", "event"), "http", "requestContext");
  LambdaEvent event;
  event.kind = LambdaEvent::Kind::request;
  event.request.method = text_of(http, "method", "http");
  event.request.path = optional_text(document, "rawPath");
  if (const auto* headers = document.find("headers"))
    for (const auto& [name, value] : headers->members)
      event.request.headers.emplace_back(name, value.string);
  event.request.body = optional_text(document, "body");
  const auto* is_base64 = document.find("isBase64Encoded");
  if (is_base64 != nullptr && is_base64->boolean) {
    auto bytes = base64_decoded(event.request.body);
    if (!bytes)
      fail("body is not base64");
    event.request.body = std::move(*bytes);
  }
  return event;
}

} // namespace

std::string form_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() &&
        std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      out += static_cast<char>(value);
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

LambdaEvent parse_lambda_event(std::string_view json) {
  const auto document = parse_json(json, "event");
  if (!document.is_object())
    fail("is no object");
  if (const auto* records = document.find("Records"))
    return notification(*records);
  if (optional_text(document, "detail-type") == "Object Created")
    return object_created(document);
  if (optional_text(document, "detail-type") == "Scheduled Event")
    return scheduled(document);
  if (optional_text(document, "Event") == "s3:TestEvent")
    return {};
  if (document.find("requestContext") != nullptr)
    return url_request(document);
  if (document.find("image") != nullptr)
    return direct_call(document);
  fail("is of no kind that is known here");
}

} // namespace mlopsctl::serving
