// SPDX-License-Identifier: Apache-2.0
#include "capture/supervisor.hpp"

#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/time.hpp"
#include "core/wake.hpp"
#include "imaging/video.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <exception>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace mlopsctl::capture {
namespace {

constexpr auto k_look_every = std::chrono::milliseconds(100);

/// Nobody may put an interrupt aside, to send what waits, before everybody has seen it.
class Gate {
public:
  explicit Gate(std::size_t inside) : inside_(inside) {}

  void leave() {
    {
      const std::lock_guard lock(mutex_);
      --inside_;
    }
    changed_.notify_all();
  }
  void await_others() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return inside_ == 0; });
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t inside_;
};

/// One source, on a thread of its own.
class Worker {
public:
  Worker(SourceTask task, Gate& gate) : task_(std::move(task)), gate_(gate) {
    state_.name = task_.name;
    auto& options = task_.options;
    options.on_open = [this](const SourceInfo& info) { opened(info); };
    options.on_stored = [this](std::int64_t kept) {
      update([&](SourceState& state) { state.kept = kept; });
    };
    if (options.session.any())
      options.session.on_state = [this](const SessionState& state) { tell(state); };
    task_.store.before_last_sending = [this] {
      leave();
      gate_.await_others();
    };
  }

  void start(const CreateLabels& create_labels) {
    try {
      thread_ = std::thread([this, &create_labels] {
        const log::Speaker speaker(task_.name);
        run(create_labels);
        leave();
        is_over_ = true;
      });
    } catch (const std::system_error& error) {
      outcome_.failure.emplace(Fault::internal, std::string("no thread for it: ") + error.what(),
                               "name fewer sources");
      update([&](SourceState& state) { end(state); });
      leave();
      is_over_ = true;
    }
  }
  bool is_over() const { return is_over_; }
  void wake() { mlopsctl::wake(thread_); }
  void join() {
    if (thread_.joinable())
      thread_.join();
  }

  SourceState state() const {
    const std::lock_guard lock(mutex_);
    SourceState state = state_;
    if (is_endless_ && state.stage == SourceStage::recording)
      state.silent_s = since_last_.seconds();
    return state;
  }
  SourceOutcome& outcome() { return outcome_; } ///< once it is over

private:
  void run(const CreateLabels& create_labels) {
    outcome_.result.source = imaging::without_secrets(task_.options.source);
    try {
      outcome_.result = capture_anywhere(task_.options, task_.store, create_labels, [this] {
        update([this](SourceState& state) {
          ++state.read;
          since_last_ = Stopwatch();
        });
      });
      outcome_.is_interrupted = outcome_.result.is_interrupted;
    } catch (const Interrupted&) {
      outcome_.is_interrupted = true;
    } catch (const Error& error) {
      outcome_.failure = error;
    } catch (const std::exception& error) {
      outcome_.failure.emplace(Fault::internal, error.what());
    }
    update([&](SourceState& state) { end(state); });
  }

  void opened(const SourceInfo& info) {
    update([&](SourceState& state) {
      state.stage = SourceStage::recording;
      is_endless_ = !info.has_end;
      since_last_ = Stopwatch();
    });
  }

  void tell(const SessionState& session) {
    update([&](SourceState& state) {
      state.activity = session.countdown_s > 0
                           ? session.label + ": get ready"
                           : session.label + ": " + std::to_string(session.kept) + " frames";
    });
  }

  /// What is in the folder counts, also where nothing was read any more.
  void end(SourceState& state) {
    state.activity.clear();
    auto& result = outcome_.result;
    if (outcome_.failure || (outcome_.is_interrupted && !result.is_interrupted)) {
      result.read = state.read;
      result.kept = task_.options.clips.any() ? 0 : state.kept;
      result.clips.written = task_.options.clips.any() ? state.kept : 0;
    } else {
      state.read = result.read;
      state.kept = task_.options.clips.any() ? result.clips.written : result.kept;
    }
    if (outcome_.failure)
      state.problem = outcome_.failure->what();
    state.stage = outcome_.failure          ? SourceStage::failed
                  : outcome_.is_interrupted ? SourceStage::interrupted
                                            : SourceStage::done;
  }

  template <class Change> void update(const Change& change) {
    const std::lock_guard lock(mutex_);
    change(state_);
  }

  void leave() {
    if (!std::exchange(has_left_, true))
      gate_.leave();
  }

  SourceTask task_;
  Gate& gate_;
  bool has_left_ = false;
  SourceOutcome outcome_;
  mutable std::mutex mutex_; ///< of the three that follow
  SourceState state_;
  bool is_endless_ = false;
  Stopwatch since_last_; ///< frame
  std::atomic<bool> is_over_ = false;
  std::thread thread_;
};

/// Joins also where watching failed.
class Crew {
public:
  Crew(std::vector<SourceTask> tasks, int jobs) : gate_(tasks.size()) {
    const auto count = std::max<int>(1, static_cast<int>(tasks.size()));
    for (auto& task : tasks) {
      task.options.jobs = std::max(1, jobs / count);
      task.store.rules.connections = std::max(2, task.store.rules.connections / count);
      workers_.push_back(std::make_unique<Worker>(std::move(task), gate_));
    }
  }
  ~Crew() {
    for (auto& worker : workers_)
      worker->join();
  }
  Crew(const Crew&) = delete;
  Crew& operator=(const Crew&) = delete;

  void start(const CreateLabels& create_labels) {
    for (auto& worker : workers_)
      worker->start(create_labels);
  }
  bool is_over() const {
    return std::all_of(workers_.begin(), workers_.end(),
                       [](const auto& worker) { return worker->is_over(); });
  }
  void wake() {
    for (auto& worker : workers_)
      if (!worker->is_over())
        worker->wake();
  }
  std::vector<SourceState> states() const {
    std::vector<SourceState> states;
    for (const auto& worker : workers_)
      states.push_back(worker->state());
    return states;
  }
  std::vector<SourceOutcome> outcomes() {
    std::vector<SourceOutcome> outcomes;
    for (auto& worker : workers_) {
      worker->join();
      outcomes.push_back(std::move(worker->outcome()));
    }
    return outcomes;
  }

private:
  Gate gate_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

} // namespace

std::vector<SourceOutcome>
capture_all(std::vector<SourceTask> tasks, int jobs, const CreateLabels& create_labels,
            const std::function<void(const std::vector<SourceState>&)>& watch) {
  Crew crew(std::move(tasks), jobs);
  crew.start(create_labels);
  while (!crew.is_over()) {
    watch(crew.states());
    if (interrupt_requested() != 0)
      crew.wake();
    std::this_thread::sleep_for(k_look_every);
  }
  watch(crew.states());
  return crew.outcomes();
}

} // namespace mlopsctl::capture
