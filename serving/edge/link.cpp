// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/link.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "net/aws_call.hpp"

#include <chrono>

namespace mlopsctl::serving {
namespace {

constexpr std::size_t k_most_in_flight = 32;
constexpr int k_most_breaks = 8;
constexpr int k_wait_ms = 500;
constexpr double k_goodbye_s = 2;

} // namespace

EdgeLink::EdgeLink(net::MqttOptions options, const EdgeVoice& voice, EdgeQueue& queue,
                   std::function<void(const net::MqttMessage&)> on_message)
    : options_(std::move(options)), voice_(voice), queue_(queue),
      on_message_(std::move(on_message)) {
  queue_.on_message([this] {
    const std::lock_guard lock(mutex_);
    if (connection_ != nullptr)
      connection_->wake();
  });
}

void EdgeLink::begin() {
  thread_ = std::thread([this] { run(); });
}

EdgeLink::~EdgeLink() {
  is_stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    if (connection_ != nullptr)
      connection_->wake();
  }
  changed_.notify_all();
  if (thread_.joinable())
    thread_.join();
  queue_.on_message({});
}

void EdgeLink::run() noexcept {
  try {
    keep_connected();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
  is_connected_ = false;
  changed_.notify_all();
}

void EdgeLink::keep_connected() {
  net::Backoff backoff([this](double seconds) { pause(seconds); });
  for (int failures = 0; !is_stopping_;) {
    try {
      serve_connection();
    } catch (const net::MqttRefused& error) {
      if (!was_connected_)
        throw;
      note_away(error); // certificates and rules may be mended
    } catch (const net::MqttBusy& error) {
      note_away(error);
      in_flight_.clear();          // no message is to blame
    } catch (const Interrupted&) { // while connecting: whoever stops us says so
      pause(k_goodbye_s);
    } catch (const Error& error) {
      if (error.fault() != Fault::remote)
        throw;
      note_away(error);
    }
    if (is_connected_)
      note_break();
    failures = has_progress_ ? 1 : failures + 1;
    is_connected_ = has_progress_ = false;
    constexpr double k_least_s = 0.2;
    if (!is_stopping_)
      backoff.wait(failures, k_least_s);
  }
}

void EdgeLink::serve_connection() {
  in_flight_.clear();
  last_sent_ = 0;
  options_.will = voice_.status("lost", "", {});
  std::vector<std::string> heard{voice_.topics().start};
  if (!voice_.topics().frames.empty())
    heard.push_back(voice_.topics().frames);
  net::MqttConnection connection(
      options_, heard,
      {on_message_, [this](int number, const std::string& refusal) { settle(number, refusal); }});
  {
    const std::lock_guard lock(mutex_);
    connection_ = &connection;
    if (is_away_told_)
      log::info("the broker is back; " + std::to_string(queue_.waiting(WorkKind::message)) +
                " messages wait");
    is_away_told_ = false;
  }
  struct Forget {
    EdgeLink& link;
    ~Forget() {
      const std::lock_guard lock(link.mutex_);
      link.connection_ = nullptr;
    }
  } const forget{*this};
  is_connected_ = was_connected_ = true;
  changed_.notify_all();
  if (!voice_.topics().status.empty())
    connection.publish(voice_.status("ready", "", {}));
  while (!is_stopping_) {
    send_waiting(connection);
    connection.run(k_wait_ms);
  }
  if (!voice_.topics().status.empty())
    connection.publish(voice_.status("stopped", "", {}));
  constexpr int k_last_ms = 100;
  connection.run(k_last_ms);
  connection.disconnect();
}

void EdgeLink::send_waiting(net::MqttConnection& connection) {
  const std::size_t most = suspect_ != 0 ? 1 : k_most_in_flight; // alone, to be sure of it
  while (in_flight_.size() < most) {
    const auto work = queue_.first(WorkKind::message, last_sent_);
    if (!work)
      return;
    last_sent_ = work->number;
    try {
      in_flight_[connection.publish({work->topic, work->body})] = work->number;
    } catch (const net::MqttMessageRefused& error) {
      log::warn(std::string(error.what()) + "; it is left out");
      queue_.step(work->number, {});
    }
  }
}

void EdgeLink::settle(int number, const std::string& refusal) {
  const auto found = in_flight_.find(number);
  if (found == in_flight_.end())
    return; // a greeting
  if (!refusal.empty())
    log::warn("the broker refuses a message (" + refusal + "); it is left out");
  queue_.step(found->second, {});
  in_flight_.erase(found);
  has_progress_ = true;
  suspect_ = 0;
}

void EdgeLink::note_break() {
  if (in_flight_.empty() || has_progress_)
    return;
  const auto oldest = in_flight_.begin()->second;
  breaks_ = oldest == suspect_ ? breaks_ + 1 : 1;
  suspect_ = oldest;
  if (breaks_ < k_most_breaks)
    return;
  const auto work = queue_.first(WorkKind::message, oldest - 1);
  log::warn("the broker broke the connection " + std::to_string(breaks_) +
            " times at a message to " + (work ? work->topic : "") +
            "; it is left out: check the broker's rules");
  queue_.step(oldest, {});
  suspect_ = 0;
}

void EdgeLink::note_away(const Error& error) {
  const std::lock_guard lock(mutex_);
  if (is_away_told_ || is_stopping_)
    return;
  is_away_told_ = true;
  log::warn(std::string(error.what()) + "; messages wait in " + queue_.folder().string());
}

void EdgeLink::pause(double seconds) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::duration<double>(seconds),
                    [&] { return is_stopping_.load(); });
}

bool EdgeLink::wait_connected(double seconds) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::duration<double>(seconds),
                      [&] { return is_connected_ || failure_; });
  }
  check();
  return is_connected_;
}

void EdgeLink::check() const {
  const std::lock_guard lock(mutex_);
  if (failure_)
    std::rethrow_exception(failure_);
}

} // namespace mlopsctl::serving
