// SPDX-License-Identifier: Apache-2.0
// What an edge device says over MQTT, and what it remembers of a frame until it is said.
#pragma once

#include "core/value.hpp"
#include "net/mqtt.hpp"
#include "serving/edge/queue.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace mlopsctl::serving {

/// Where what is said goes. An empty one is not used.
struct EdgeTopics {
  std::string start = "video/input";         ///< heard: begins a capture
  std::string status = "video/output";       ///< what becomes of it, and of the device
  std::string frames = "blog/infer/input";   ///< a picture is in the buffer; heard as well
  std::string results = "blog/infer/output"; ///< what was seen
  std::string predictions = "dynamo/input";  ///< what goes into the table
  std::string stored = "dynamo/output";      ///< it is in the table
};

/// "KEY=TOPIC", KEY one of the members above. \throws Error(usage) for unknown keys and topics that
/// policies and brokers do not take literally: 1 to 256 of letters, digits and "_./:=-".
void set_topic(EdgeTopics& topics, const std::string& text);
/// \throws Error(usage) for two messages on one topic, or no start.
void check_topics(const EdgeTopics& topics);

/// A frame that waits to be looked at.
struct EdgeFrame {
  std::string id;         ///< of core, start and place in the source: the same if it comes again
  std::string start;      ///< id of the capture; empty: somebody asked for this picture
  std::string path;       ///< of the file
  std::string name;       ///< of the file in the buffer's pictures; empty: it is not ours
  std::int64_t index = 0; ///< in the source
  std::optional<double> time_s; ///< in the source
  double captured_s = 0;        ///< since 1970
};

std::string to_text(const EdgeFrame& frame);
/// \throws Error(input).
EdgeFrame parse_edge_frame(const std::string& text);

/// Makes messages of one device. Each carries "id", its own and the same if it is said again, and
/// "core", by which a device knows what devices said.
class EdgeVoice {
public:
  EdgeVoice(std::string core, EdgeTopics topics)
      : core_(std::move(core)), topics_(std::move(topics)) {}

  /// A new one each time. \param state such as "started". \param details may be empty.
  net::MqttMessage status(const std::string& state, const std::string& start, Value details) const;
  Work status_work(const std::string& state, const std::string& start, Value details) const;
  /// That the frame is there, on topics().frames.
  std::optional<Work> frame_work(const EdgeFrame& frame) const;
  /// \param content its members are added. On topics().results.
  std::optional<Work> result_work(const EdgeFrame& frame, const Value& content) const;
  std::optional<Work> prediction_work(const EdgeFrame& frame, const Value& content) const;
  std::optional<Work> stored_work(const std::string& frame_id, const Value& content) const;

  const std::string& core() const { return core_; }
  const EdgeTopics& topics() const { return topics_; }

private:
  std::optional<Work> work(const std::string& topic, const std::string& what,
                           const std::string& frame_id, const Value& content) const;

  std::string core_;
  EdgeTopics topics_;
};

/// 64 hexadecimal digits, another each time.
std::string random_id();
/// 64 hexadecimal digits of \p text.
std::string id_of(const std::string& text);
double seconds_since_1970();

} // namespace mlopsctl::serving
