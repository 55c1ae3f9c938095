// SPDX-License-Identifier: Apache-2.0
// What a service counts, as Prometheus reads it (text format 0.0.4).
#pragma once

#include "serving/http/reply.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>

namespace mlopsctl::serving {

/// The state of the moment that goes with the counters.
struct Gauges {
  std::size_t connections = 0;
  std::size_t queued = 0;
  std::size_t queue_limit = 0;
  std::size_t workers = 0;
  bool is_ready = false;
  std::string model; ///< labels of mlopsctl_model_info; empty: no model is loaded
};

/// Any thread.
class ServiceMetrics {
public:
  /// \param path one of those that there are, or "other": what clients make up must not grow us.
  void count(const std::string& path, int status);
  /// \param seconds from the first byte of the request to its reply.
  void measure(const Answered& answered, double seconds);
  std::string text(const Gauges& gauges) const;

private:
  static constexpr std::array<double, 14> k_bounds_s{0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                     0.25,  0.5,    1,     2.5,  5,     10,   30};
  mutable std::mutex mutex_;
  std::map<std::pair<std::string, int>, std::uint64_t> requests_;
  std::array<std::uint64_t, k_bounds_s.size()> buckets_{}; ///< not cumulative
  std::uint64_t measured_ = 0;
  double seconds_ = 0;
  std::map<std::string, double> stage_seconds_;
};

/// A label value in quotes.
std::string metric_label(const std::string& value);

} // namespace mlopsctl::serving
