// SPDX-License-Identifier: Apache-2.0
#include "capture/live_source.hpp"

#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace mlopsctl::capture {
namespace {

/// Ends early when the user interrupts.
void sleep_s(double seconds) {
  const Stopwatch watch;
  while (watch.seconds() < seconds) {
    check_interrupt();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

class LiveSource final : public FrameSource {
public:
  LiveSource(std::unique_ptr<FrameSource> first, std::function<std::unique_ptr<FrameSource>()> open,
             double max_gap_s)
      : open_(std::move(open)), max_gap_s_(max_gap_s), inner_(std::move(first)),
        info_(inner_->info()) {}

  const SourceInfo& info() const override { return info_; }

  std::optional<Frame> next() override {
    for (;;) {
      Error reason(Fault::remote, "");
      try {
        if (auto frame = inner_->next())
          return take(std::move(*frame));
      } catch (const Error& error) {
        if (max_gap_s_ <= 0)
          throw;
        reason = error;
      }
      if (max_gap_s_ <= 0)
        return std::nullopt;
      reopen(reason);
    }
  }

  std::function<Picture()> picture() override { return inner_->picture(); }
  std::optional<std::vector<double>> times() const override { return std::nullopt; }

  Problems problems() const override {
    auto problems = problems_;
    for (auto& problem : inner_->problems())
      problems.push_back(std::move(problem));
    if (gaps_ > 0)
      problems.push_back({"stream-gap", Severity::warning, info_.name,
                          "stopped and came back " + std::to_string(gaps_) + " times; " +
                              fixed(gap_s_, 1) + " s are missing"});
    return problems;
  }

private:
  Frame take(Frame frame) {
    if (is_new_) {
      is_new_ = false;
      first_index_ = next_index_ - frame.index;
      start_s_ = next_index_ == 0 ? 0 : last_s_ + since_last_.seconds() - frame.time_s.value_or(0);
      gaps_ += next_index_ == 0 ? 0 : 1;
      gap_s_ += next_index_ == 0 ? 0 : since_last_.seconds();
      wait_s_ = k_first_wait_s;
    }
    frame.index += first_index_;
    if (frame.time_s)
      *frame.time_s += start_s_;
    next_index_ = frame.index + 1;
    last_s_ = frame.time_s.value_or(0);
    since_last_ = Stopwatch();
    return frame;
  }

  /// \throws Error(remote) when it stays away for too long.
  void reopen(const Error& reason) {
    const std::string why = *reason.what() ? std::string(reason.what()) : info_.name + ": it ended";
    if (!is_new_) // else it opened and gave nothing, again
      log::warn(why + "; trying again for " + number(max_gap_s_) + " s");
    keep_problems();
    for (;;) {
      const double left_s = max_gap_s_ - since_last_.seconds();
      if (left_s <= 0)
        throw Error(Fault::remote,
                    info_.name + ": stopped after " + fixed(last_s_, 1) +
                        " s and did not come back within " + number(max_gap_s_) + " s (" + why +
                        ")",
                    "what came until then is kept; --max-gap waits longer");
      sleep_s(std::min(wait_s_, left_s));
      wait_s_ = std::min(2 * wait_s_, k_longest_wait_s);
      try {
        inner_ = open_();
        is_new_ = true;
        return;
      } catch (const Error&) { // not yet; the first reason is the one to tell of
      }
    }
  }

  /// Of the connection that ended. A camera may come and go for months.
  void keep_problems() {
    constexpr std::size_t k_most = 100;
    for (auto& problem : inner_->problems())
      if (problems_.size() < k_most)
        problems_.push_back(std::move(problem));
  }

  static constexpr double k_first_wait_s = 0.2;
  static constexpr double k_longest_wait_s = 5;

  std::function<std::unique_ptr<FrameSource>()> open_;
  double max_gap_s_;
  std::unique_ptr<FrameSource> inner_;
  SourceInfo info_;
  bool is_new_ = true; ///< the next frame is the first since it was opened
  std::int64_t first_index_ = 0;
  std::int64_t next_index_ = 0;
  double start_s_ = 0;
  double last_s_ = 0;
  Stopwatch since_last_;           ///< frame, or since it was opened for the first time
  double wait_s_ = k_first_wait_s; ///< before it is opened next; longer each time
  Problems problems_;              ///< of earlier connections
  std::int64_t gaps_ = 0;
  double gap_s_ = 0;
};

} // namespace

std::unique_ptr<FrameSource> keep_alive(std::unique_ptr<FrameSource> first,
                                        std::function<std::unique_ptr<FrameSource>()> open,
                                        double max_gap_s) {
  return std::make_unique<LiveSource>(std::move(first), std::move(open), max_gap_s);
}

} // namespace mlopsctl::capture
