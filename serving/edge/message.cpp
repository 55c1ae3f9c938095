// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/message.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <random>

namespace mlopsctl::serving {
namespace {

constexpr std::size_t k_longest_topic = 256;
constexpr std::size_t k_digest_prefix = 7; ///< "sha256:"

struct TopicName {
  const char* key;
  std::string EdgeTopics::*member;
};
constexpr std::array<TopicName, 6> k_topics{{{"start", &EdgeTopics::start},
                                             {"status", &EdgeTopics::status},
                                             {"frames", &EdgeTopics::frames},
                                             {"results", &EdgeTopics::results},
                                             {"predictions", &EdgeTopics::predictions},
                                             {"stored", &EdgeTopics::stored}}};

bool is_topic_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_./:=-").find(c) != std::string_view::npos;
}

} // namespace

void set_topic(EdgeTopics& topics, const std::string& text) {
  const auto equals = text.find('=');
  const auto key = text.substr(0, equals);
  const auto topic = equals == std::string::npos ? "" : text.substr(equals + 1);
  const auto* found = std::find_if(k_topics.begin(), k_topics.end(),
                                   [&](const TopicName& name) { return name.key == key; });
  if (equals == std::string::npos || found == k_topics.end()) {
    std::vector<std::string> keys;
    for (const auto& name : k_topics)
      keys.emplace_back(name.key);
    throw Error(Fault::usage, "--topics: '" + printable(text) + "' is not KEY=TOPIC",
                "KEY is one of " + join(keys, ", ") + "; no TOPIC switches it off");
  }
  if (topic.size() > k_longest_topic ||
      !std::all_of(topic.begin(), topic.end(), is_topic_character))
    throw Error(Fault::usage, "--topics: " + key + "='" + printable(topic) + "' is no topic",
                "1 to 256 letters, digits and _./:=- ; wildcards and '$' are not taken");
  topics.*found->member = topic;
}

void check_topics(const EdgeTopics& topics) {
  if (topics.start.empty())
    throw Error(Fault::usage, "--topics: there is no start topic",
                "without it nothing begins: start=video/input");
  for (const auto& one : k_topics)
    for (const auto& other : k_topics)
      if (one.key != other.key && !(topics.*one.member).empty() &&
          topics.*one.member == topics.*other.member)
        throw Error(Fault::usage,
                    "--topics: '" + topics.*one.member + "' is the topic of " + one.key + " and " +
                        other.key,
                    "each message needs its own topic, or the device answers itself");
}

std::string to_text(const EdgeFrame& frame) {
  Value document = Value::object();
  document["id"] = frame.id;
  document["start"] = frame.start;
  document["path"] = frame.path;
  document["name"] = frame.name;
  document["index"] = frame.index;
  if (frame.time_s)
    document["time_s"] = *frame.time_s;
  document["captured_s"] = frame.captured_s;
  return to_json(document);
}

EdgeFrame parse_edge_frame(const std::string& text) {
  const auto document = parse_json(text, "frame in the buffer");
  ObjectReader reader(document, "frame in the buffer");
  EdgeFrame frame;
  frame.id = reader.text("id");
  frame.start = reader.text("start");
  frame.path = reader.text("path");
  frame.name = reader.text("name");
  frame.index = reader.integer("index");
  if (reader.has("time_s"))
    frame.time_s = reader.number("time_s", 0);
  frame.captured_s = reader.number("captured_s", 0);
  return frame;
}

net::MqttMessage EdgeVoice::status(const std::string& state, const std::string& start,
                                   Value details) const {
  Value document = Value::object();
  document["id"] = random_id();
  document["core"] = core_;
  document["state"] = state;
  if (!start.empty())
    document["start"] = start;
  document["timestamp"] = seconds_since_1970();
  for (auto& [name, value] : details.members)
    document[name] = std::move(value);
  return {topics_.status, to_json(document)};
}

Work EdgeVoice::status_work(const std::string& state, const std::string& start,
                            Value details) const {
  auto message = status(state, start, std::move(details));
  return {WorkKind::message, random_id(), std::move(message.payload), std::move(message.topic)};
}

std::optional<Work> EdgeVoice::work(const std::string& topic, const std::string& what,
                                    const std::string& frame_id, const Value& content) const {
  if (topic.empty())
    return std::nullopt;
  Value document = Value::object();
  document["id"] = id_of(what + "\n" + frame_id);
  document["core"] = core_;
  document["frame"] = frame_id;
  for (const auto& [name, value] : content.members)
    document[name] = value;
  return Work{WorkKind::message, document["id"].string, to_json(document), topic};
}

std::optional<Work> EdgeVoice::frame_work(const EdgeFrame& frame) const {
  Value content = Value::object();
  content["start"] = frame.start;
  content["filepath"] = frame.path;
  content["index"] = frame.index;
  if (frame.time_s)
    content["time_s"] = *frame.time_s;
  content["timestamp"] = frame.captured_s;
  return work(topics_.frames, "frame", frame.id, content);
}

std::optional<Work> EdgeVoice::result_work(const EdgeFrame& frame, const Value& content) const {
  return work(topics_.results, "result", frame.id, content);
}

std::optional<Work> EdgeVoice::prediction_work(const EdgeFrame& frame, const Value& content) const {
  return work(topics_.predictions, "prediction", frame.id, content);
}

std::optional<Work> EdgeVoice::stored_work(const std::string& frame_id,
                                           const Value& content) const {
  return work(topics_.stored, "stored", frame_id, content);
}

std::string id_of(const std::string& text) {
  return sha256(text).substr(k_digest_prefix);
}

std::string random_id() {
  std::random_device device;
  std::string seed;
  constexpr int k_words = 8;
  for (int i = 0; i < k_words; ++i)
    seed += std::to_string(device()) + "\n";
  return id_of(seed);
}

double seconds_since_1970() {
  return std::chrono::duration_cast<std::chrono::duration<double>>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

} // namespace mlopsctl::serving
