// SPDX-License-Identifier: Apache-2.0
// Bounded, ordered parallel work: results come out in the order in which the inputs came, whatever
// the number of threads.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <future>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace mlopsctl {

/// \return the cores this process may use, at least 1 (the default of --jobs).
int default_jobs();

/// Pulls inputs with \p produce (called from one thread, until it returns nothing), runs \p work on
/// \p jobs threads, and hands results to \p consume on the calling thread in input order. At most 2
/// * jobs + 2 items are in flight, so memory is bounded. The first exception of any of the three
/// stops everything and is rethrown here.
template <class In, class Out>
void ordered_parallel(int jobs, const std::function<std::optional<In>()>& produce,
                      const std::function<Out(In&&)>& work,
                      const std::function<void(Out&&)>& consume) {
  if (jobs <= 1) {
    while (auto input = produce())
      consume(work(std::move(*input)));
    return;
  }
  struct Item {
    In input;
    std::promise<Out> promise;
  };
  std::mutex mutex;
  std::condition_variable ready;
  std::deque<Item> queue;
  bool done = false;
  const auto run_worker = [&] {
    for (;;) {
      std::unique_lock lock(mutex);
      ready.wait(lock, [&] { return done || !queue.empty(); });
      if (queue.empty())
        return;
      Item item = std::move(queue.front());
      queue.pop_front();
      lock.unlock();
      try {
        item.promise.set_value(work(std::move(item.input)));
      } catch (...) {
        item.promise.set_exception(std::current_exception());
      }
    }
  };
  std::vector<std::thread> threads;
  const auto stop = [&] {
    {
      const std::lock_guard lock(mutex);
      done = true;
      queue.clear();
    }
    ready.notify_all();
    for (auto& thread : threads)
      thread.join();
  };
  const std::size_t limit = 2 * static_cast<std::size_t>(jobs) + 2;
  std::deque<std::future<Out>> pending;
  try {
    for (int i = 0; i < jobs; ++i)
      threads.emplace_back(run_worker);
    for (bool more = true; more || !pending.empty();) {
      if (more && pending.size() < limit) {
        auto input = produce();
        more = input.has_value();
        if (!more)
          continue;
        Item item{std::move(*input), {}};
        pending.push_back(item.promise.get_future());
        {
          const std::lock_guard lock(mutex);
          queue.push_back(std::move(item));
        }
        ready.notify_one();
        continue;
      }
      Out result = pending.front().get();
      pending.pop_front();
      consume(std::move(result));
    }
  } catch (...) {
    stop();
    throw;
  }
  stop();
}

} // namespace mlopsctl
