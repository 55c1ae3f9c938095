// SPDX-License-Identifier: Apache-2.0
// Load on a service over HTTP, and what came back.
#pragma once

#include "bench/runner.hpp"
#include "bench/score.hpp"
#include "bench/service.hpp"
#include "storage/benchmark_row.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::bench {

enum class Arrivals { even, poisson };

struct LoadOptions {
  ServiceOptions service;
  /// Open loop if rate_per_s is over 0: requests start by the clock, whether the ones before have
  /// ended or not, and their latency counts from when they should have started. Else closed: each
  /// client sends its next request when it has its reply.
  double rate_per_s = 0;
  Arrivals arrivals = Arrivals::even;
  int clients = 1; ///< closed loop: how many; open loop: how many requests may be under way
  double duration_s = 30;
  std::uint64_t seed = 1; ///< of the arrivals
};

/// Sums over the requests that were answered with 200, in ms, as this side saw them.
struct ClientTimes {
  double connect_ms = 0;
  double upload_ms = 0;
  double wait_ms = 0;
  double download_ms = 0;
};

struct LoadResult {
  std::vector<std::int64_t> latency_ns; ///< of replies 200, with building the request
  /// Of those that had Server-Timing: latency less queue, decode, preprocess, infer and
  /// postprocess, which is what HTTP, the network and both programs around the model take.
  std::vector<std::int64_t> overhead_ns;
  ClientTimes client;
  std::map<std::string, double> server_ms; ///< sums by the names of Server-Timing
  std::int64_t server_timed = 0;           ///< replies that had it
  std::map<int, std::int64_t> statuses;    ///< 0: no reply came
  std::int64_t not_sent = 0; ///< open loop: found nobody free before the time was over
  std::string first_failure; ///< what the first request without a reply met
  double seconds = 0;
  std::vector<dataset::Sample> predictions; ///< the first of each image that was answered
  std::int64_t unread = 0;                  ///< replies without detections or classes with scores
  /// No reply says what was seen, as in a layout without scores.
  bool is_unreadable() const {
    return unread > 0 && unread == static_cast<std::int64_t>(predictions.size());
  }
};

/// Takes \p images in turn, over and over, until the time is over; requests under way are waited
/// for. A request goes before on each connection of a closed loop, on one of an open loop,
/// uncounted. \throws Error(remote) if that has no reply, or another than 200 and 429, or none was
/// 200.
LoadResult run_load(const std::vector<RunImage>& images, const LoadOptions& options);

/// As 'bench run' keeps it, with connect_ms, upload_ms, wait_ms, download_ms, server_ms (sum of
/// what the server says), its parts, requests, failed (all but 200, and what was not sent),
/// status_<code>, clients and rate_per_s. Not sealed.
/// \param truth of exactly the images that were sent. \param scoring nothing: the truth has only
/// images, and how right the replies are is not told.
storage::BenchmarkRow load_row(const LoadResult& result, const LoadOptions& options,
                               const Truth& truth, const std::optional<ScoreOptions>& scoring,
                               const std::string& dataset);
std::vector<std::string> load_number_names(const std::optional<ScoreOptions>& scoring);

} // namespace mlopsctl::bench
