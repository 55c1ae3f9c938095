// SPDX-License-Identifier: Apache-2.0
// Work that was begun on other threads and whose results are taken in order.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <future>

namespace mlopsctl::storage {

/// The destructor waits for what was begun. One thread begins and takes.
template <class T> class Pending {
public:
  void begin(std::function<T()> work) {
    futures_.push_back(std::async(std::launch::async, std::move(work)));
  }
  /// The oldest result. \throws what its work threw.
  T take() {
    auto first = std::move(futures_.front());
    futures_.pop_front();
    return first.get();
  }
  std::size_t size() const { return futures_.size(); }
  bool empty() const { return futures_.empty(); }
  void clear() { futures_.clear(); }

private:
  std::deque<std::future<T>> futures_;
};

} // namespace mlopsctl::storage
