// SPDX-License-Identifier: Apache-2.0
// EdgeLink: sends the messages of the queue in their order while there is a broker, and hears what
// is asked.
#pragma once

#include "net/mqtt.hpp"
#include "serving/edge/message.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace mlopsctl::serving {

/// A message leaves the queue when the broker has acknowledged it; after a break those that were
/// not are sent again, in order. Some brokers break the connection instead of refusing a message:
/// one that did so again and again is left out, or nothing behind it would ever be sent.
class EdgeLink {
public:
  /// \param on_message on the link's thread. \p options without will and topics.
  EdgeLink(net::MqttOptions options, const EdgeVoice& voice, EdgeQueue& queue,
           std::function<void(const net::MqttMessage&)> on_message);
  /// Says goodbye where there is a broker.
  ~EdgeLink();
  EdgeLink(const EdgeLink&) = delete;
  EdgeLink& operator=(const EdgeLink&) = delete;

  void begin();
  /// Until the broker has taken us. \return false if it did not within \p seconds.
  /// \throws what makes waiting useless: net::MqttRefused, Error(usage | input).
  bool wait_connected(double seconds);
  /// \throws as wait_connected(), if it came since.
  void check() const;
  bool is_connected() const { return is_connected_; }

private:
  void run() noexcept;
  void keep_connected();
  void serve_connection();
  void send_waiting(net::MqttConnection& connection);
  void settle(int number, const std::string& refusal);
  void note_break();
  void note_away(const Error& error);
  void pause(double seconds);

  net::MqttOptions options_;
  const EdgeVoice& voice_;
  EdgeQueue& queue_;
  std::function<void(const net::MqttMessage&)> on_message_;
  std::map<int, std::int64_t> in_flight_; ///< number of the packet -> number in the queue
  std::int64_t last_sent_ = 0;            ///< in the queue
  bool was_connected_ = false;            ///< ever
  bool has_progress_ = false;             ///< a message was settled on this connection
  std::int64_t suspect_ = 0;              ///< the oldest in flight when it broke, in the queue
  int breaks_ = 0;                        ///< in a row, with the suspect in flight
  std::atomic<bool> is_connected_{false};
  std::atomic<bool> is_stopping_{false};
  mutable std::mutex mutex_; ///< of what follows
  std::condition_variable changed_;
  net::MqttConnection* connection_ = nullptr; ///< to wake it
  std::exception_ptr failure_;
  bool is_away_told_ = false;
  std::thread thread_;
};

} // namespace mlopsctl::serving
