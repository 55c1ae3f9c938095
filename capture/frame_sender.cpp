// SPDX-License-Identifier: Apache-2.0
#include "capture/frame_sender.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <chrono>

namespace fs = std::filesystem;

namespace mlopsctl::capture {
namespace {

constexpr double k_commit_every_s = 1;
constexpr double k_look_every_s = 0.1; ///< for a signal, and for the end of patience
constexpr double k_first_retry_s = 0.05, k_longest_retry_s = 1; ///< besides those of a request
constexpr const char* k_log_name = ".sent.jsonl";
constexpr std::uint64_t k_large_bytes = 8 << 20;
constexpr std::uint64_t k_frame_limit_bytes = std::uint64_t{1} << 30;

std::chrono::duration<double> seconds(double s) {
  return std::chrono::duration<double>(s);
}

} // namespace

FrameSender::FrameSender(fs::path folder, const SpoolRules& rules)
    : folder_(std::move(folder)), rules_(rules) {}

void FrameSender::begin(storage::GrowingFolder& store, bool is_live) {
  store_ = &store;
  is_live_ = is_live;
}

FrameSender::~FrameSender() {
  {
    const std::lock_guard lock(mutex_);
    is_done_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_)
    thread.join();
  log_.close();
}

void FrameSender::open(FolderMode mode) {
  log_.open(folder_ / k_log_name, mode == FolderMode::resume);
  std::error_code ignored; // the last run was ended between the log and the file
  for (const auto& entry : fs::directory_iterator(folder_, ignored))
    if (log_.has(entry.path().filename().string()))
      fs::remove(entry.path(), ignored);
  for (int i = 0; i < rules_.connections; ++i)
    threads_.emplace_back([this] { send_frames(); });
  threads_.emplace_back([this] { keep_log(); });
}

bool FrameSender::has_taken(const std::string& name) const {
  const std::lock_guard lock(mutex_);
  return log_.has(name);
}

void FrameSender::take(const std::string& name, std::uint64_t size_bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (log_.has(name)) { // a power cut took the journal's line, not the log's
      std::error_code ignored;
      fs::remove(folder_ / name, ignored);
      return;
    }
    queue_.push_back({name, size_bytes});
    waiting_bytes_ += size_bytes;
    ++waiting_;
  }
  changed_.notify_all();
}

void FrameSender::make_room(std::uint64_t size_bytes) {
  Lock lock(mutex_);
  if (failure_)
    std::rethrow_exception(failure_);
  const Stopwatch since;
  while (waiting_ > 0 && waiting_bytes_ + size_bytes > rules_.limit_bytes) {
    if (!is_live_) {
      if (!is_waiting_told_)
        log::info("the spool is full (" + bytes_for_people(rules_.limit_bytes) +
                  "): reading goes on as fast as " + store_->name() + " takes the frames");
      is_waiting_told_ = true;
    } else if (waiting_bytes_ - leaving_bytes_ + size_bytes > rules_.limit_bytes) {
      if (rules_.on_full == OnFull::drop_oldest)
        drop_oldest();
      else
        refuse_more();
    }
    wait_for_store(lock);
    if (!is_live_)
      check_patience(since);
  }
}

void FrameSender::refuse_more() const {
  throw Error(Fault::remote,
              folder_.string() + ": the spool is full: " + waiting_text() +
                  (away_problem_.empty() ? "" : " (" + away_problem_ + ")"),
              "raise --spool-limit, or let --on-full drop-oldest go on without them");
}

/// Also for the log to be written.
void FrameSender::wait_for_store(Lock& lock) {
  wants_commit_ = !settled_.empty();
  if (wants_commit_)
    changed_.notify_all();
  changed_.wait_for(lock, seconds(k_look_every_s));
  check_interrupt();
  if (failure_)
    std::rethrow_exception(failure_);
}

/// \param since when the waiting began; the store may have been away for long before.
void FrameSender::check_patience(const Stopwatch& since) const {
  if (!away_ || std::min(away_->seconds(), since.seconds()) <= rules_.gap_s)
    return;
  throw Error(Fault::remote,
              store_->name() + ": away for " + fixed(away_->seconds(), 0) + " s (" + away_problem_ +
                  "): " + waiting_text(),
              "when it is back, the same command with --resume sends them");
}

void FrameSender::drop_oldest() {
  if (queue_.empty())
    return; // all are on their way
  add_settled({queue_.front().name, {queue_.front().size_bytes, ""}});
  queue_.pop_front();
}

void FrameSender::add_settled(SentFrame frame) {
  leaving_bytes_ += frame.object.size_bytes;
  settled_.push_back(std::move(frame));
}

void FrameSender::drain() {
  const Stopwatch since;
  Lock lock(mutex_);
  while (waiting_ > 0) {
    wait_for_store(lock);
    check_patience(since);
  }
}

std::string FrameSender::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_text();
}

std::string FrameSender::waiting_text() const {
  return std::to_string(waiting_) + " frames (" + bytes_for_people(waiting_bytes_) + ") wait in " +
         folder_.string();
}

void FrameSender::send_frames() {
  double retry_s = k_first_retry_s;
  Lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return is_done_ || !queue_.empty(); });
    if (is_done_ || failure_)
      return;
    const Item item = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    storage::WrittenObject object;
    std::string problem;
    const Outcome outcome = send(item, object, problem);
    lock.lock();
    settle(item, outcome, object, problem);
    if (outcome == Outcome::later)
      changed_.wait_for(lock, seconds(retry_s), [&] { return is_done_; });
    retry_s =
        outcome == Outcome::later ? std::min(2 * retry_s, k_longest_retry_s) : k_first_retry_s;
  }
}

FrameSender::Outcome FrameSender::send(const Item& item, storage::WrittenObject& object,
                                       std::string& problem) {
  std::unique_lock large(large_, std::defer_lock); // long clips one at a time: each is in memory
  if (item.size_bytes > k_large_bytes)
    large.lock();
  try {
    object = store_->put(item.name, read_file((folder_ / item.name).string(), k_frame_limit_bytes));
    return Outcome::stored;
  } catch (const Interrupted&) { // whoever waits for it sees the signal, too
    return Outcome::later;
  } catch (const Error& error) {
    problem = error.what();
    // Keys may be renewed and rights restored: what the store says today may pass.
    if (error.fault() == Fault::remote)
      return Outcome::later;
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    return Outcome::failed;
  } catch (...) {
    const std::lock_guard lock(mutex_);
    failure_ = std::current_exception();
    return Outcome::failed;
  }
}

void FrameSender::settle(const Item& item, Outcome outcome, const storage::WrittenObject& object,
                         const std::string& problem) {
  if (outcome == Outcome::stored) {
    add_settled({item.name, object});
    ++sent_;
    note_back();
    return;
  }
  queue_.push_front(item);
  if (outcome == Outcome::later && !problem.empty())
    note_away(problem);
  changed_.notify_all();
}

void FrameSender::note_away(const std::string& problem) {
  away_problem_ = problem;
  if (away_)
    return;
  away_.emplace();
  log::warn(store_->name() + ": " + problem + "; frames wait in " + folder_.string());
}

void FrameSender::note_back() {
  if (!away_)
    return;
  log::info(store_->name() + ": takes frames again; " + std::to_string(queue_.size()) + " wait");
  away_.reset();
  away_problem_.clear();
}

void FrameSender::keep_log() {
  Lock lock(mutex_);
  for (;;) {
    changed_.wait_for(lock, seconds(k_commit_every_s), [&] { return is_done_ || wants_commit_; });
    const bool was_done = is_done_;
    try {
      commit(lock);
    } catch (...) {
      failure_ = std::current_exception();
      changed_.notify_all();
      return;
    }
    if (was_done)
      return;
  }
}

/// First the log, then the files: a frame is always in one of the two.
void FrameSender::commit(Lock& lock) {
  wants_commit_ = false;
  if (settled_.empty())
    return;
  const auto frames = std::exchange(settled_, {});
  lock.unlock();
  log_.write(frames);
  for (const auto& frame : frames) {
    std::error_code ignored; // what stays is removed by the next run
    fs::remove(folder_ / frame.name, ignored);
  }
  lock.lock();
  log_.note(frames);
  for (const auto& frame : frames) {
    waiting_bytes_ -= frame.object.size_bytes;
    leaving_bytes_ -= frame.object.size_bytes;
  }
  waiting_ -= static_cast<std::int64_t>(frames.size());
  changed_.notify_all();
}

} // namespace mlopsctl::capture
