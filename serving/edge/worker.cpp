// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/worker.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "net/aws_call.hpp"

#include <chrono>

namespace mlopsctl::serving {
namespace {

constexpr auto k_look_every = std::chrono::milliseconds(500);

} // namespace

EdgeWorker::EdgeWorker(EdgeQueue& queue, WorkKind kind, Handle handle)
    : queue_(queue), kind_(kind), handle_(std::move(handle)) {}

EdgeWorker::~EdgeWorker() {
  is_stopping_ = true;
  queue_.wake();
  if (thread_.joinable())
    thread_.join();
}

void EdgeWorker::begin() {
  thread_ = std::thread([this] { run(); });
}

void EdgeWorker::check() const {
  const std::lock_guard lock(mutex_);
  if (failure_)
    std::rethrow_exception(failure_);
}

void EdgeWorker::run() noexcept {
  try {
    work_on();
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
  }
}

void EdgeWorker::work_on() {
  int failures = 0;
  net::Backoff backoff([this](double seconds) {
    queue_.wait([this] { return is_stopping_.load(); },
                std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3)));
  });
  while (!is_stopping_) {
    const auto work = queue_.first(kind_);
    if (!work) {
      queue_.wait([&] { return is_stopping_ || queue_.waiting(kind_) > 0; }, k_look_every);
      continue;
    }
    try {
      queue_.step(work->number, handle_(*work));
      failures = 0;
    } catch (const Interrupted&) { // it is taken up again, by this process or the next
      queue_.wait([this] { return is_stopping_.load(); }, k_look_every);
    } catch (const Error& error) {
      if (error.fault() != Fault::remote)
        throw;
      if (failures++ == 0)
        log::warn(std::string(error.what()) + "; it is tried again");
      backoff.wait(failures);
    }
  }
}

} // namespace mlopsctl::serving
