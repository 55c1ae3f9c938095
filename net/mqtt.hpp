// SPDX-License-Identifier: Apache-2.0
// One connection to an MQTT 5 broker, with QoS 1 both ways. The only door to libmosquitto.
#pragma once

#include "core/error.hpp"
#include "net/http.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::net {

struct MqttMessage {
  std::string topic;
  std::string payload;
};

struct MqttOptions {
  Url broker;              ///< of parse_mqtt_url()
  std::string client_id;   ///< a second client of the same id throws the first off
  std::string ca;          ///< PEM file; empty: as of HttpOptions::ca_bundle
  std::string certificate; ///< PEM file of this client; empty: it has none
  std::string key;         ///< PEM file, not encrypted
  std::string user;        ///< empty: none
  std::string password;
  /// Of a message that comes in: the broker keeps longer ones to itself.
  std::uint64_t message_bytes = std::uint64_t{128} << 10;
  std::optional<MqttMessage> will; ///< what the broker says when this connection breaks
};

/// "mqtts://HOST[:8883]" or "mqtt://HOST[:1883]". \param name for messages. \throws Error(usage)
/// also for user info.
Url parse_mqtt_url(const std::string& text, const std::string& name);

/// The broker does not want us, or is not the one that it should be: waiting does not help.
class MqttRefused : public Error {
public:
  using Error::Error;
};

/// The broker takes no more for now: to be sent again after a pause, on another connection.
class MqttBusy : public Error {
public:
  using Error::Error;
};

/// The broker will not take this message; the connection lives.
class MqttMessageRefused : public Error {
public:
  using Error::Error;
};

/// What the connection tells, on the thread that is in run(). They must not call it.
struct MqttEvents {
  std::function<void(const MqttMessage&)> on_message;
  /// \param number of publish(). \param refusal empty: the broker has the message for good.
  std::function<void(int number, const std::string& refusal)> on_settled;
};

/// One thread, except wake(). The broker keeps what it has for us for ten minutes after the
/// connection broke. It ends without the will being said if disconnect() was called.
class MqttConnection {
public:
  /// Returns when the broker has accepted us and all \p topics. \throws MqttRefused; Error(remote);
  /// Error(usage) for files that are not there.
  MqttConnection(const MqttOptions& options, const std::vector<std::string>& topics,
                 MqttEvents events);
  ~MqttConnection();
  MqttConnection(const MqttConnection&) = delete;
  MqttConnection& operator=(const MqttConnection&) = delete;

  /// \return its number; on_settled says what became of it. \throws MqttMessageRefused,
  /// Error(remote).
  int publish(const MqttMessage& message);
  /// Sends and takes what there is, and waits for more for at most \p timeout_ms.
  /// \throws Error(remote) if the connection broke; MqttBusy; what the events throw.
  void run(int timeout_ms);
  void wake(); ///< ends the waiting; any thread
  void disconnect();

private:
  struct State;
  std::unique_ptr<State> state_;
};

} // namespace mlopsctl::net
