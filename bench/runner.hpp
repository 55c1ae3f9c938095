// SPDX-License-Identifier: Apache-2.0
// Running a model over pictures with a clock beside it.
#pragma once

#include "bench/system.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::bench {

/// single_stream: one picture after the other, the engine with all its threads; what one caller
/// waits for. offline: as much as the machine gets done: as many pictures at once as there are
/// threads, each with an engine of one thread, or batches by an engine with all threads.
/// server: pictures arrive at random times (Poisson) at a given rate, and wait for the one engine;
/// their latency counts from when they arrived, whether anybody had time for them or not.
enum class Scenario { single_stream, offline, server };
std::string_view scenario_name(Scenario scenario);
/// \throws Error(usage) for another word.
Scenario scenario_from_name(const std::string& name);

struct RunOptions {
  Scenario scenario = Scenario::single_stream;
  int threads = 0;         ///< of the engine, or requests at once; 0: the cores of this process
  int batch = 1;           ///< offline: pictures in one call of the engine
  double rate_per_s = 0;   ///< server: pictures that arrive in a second
  std::uint64_t seed = 1;  ///< of the arrivals
  int warm_up = 3;         ///< pictures run before the clock starts; never counted
  double max_spread = 0.1; ///< of three windows in a row, as a share; see RunResult::spread
};

/// The pictures are dealt into three windows, one after the other (a small set is a window as a
/// whole); while the last three differ by more than max_spread they are run again, at most
/// k_most_windows times. Measured is what the last three gave.
struct RunResult {
  static constexpr int k_most_windows = 12;
  std::vector<std::int64_t> latency_ns; ///< of each picture, from opening its file to its boxes
  inference::Timing mean;               ///< of the parts of one picture
  double seconds = 0;                   ///< wall time
  int windows = 0;                      ///< that were run
  /// How far the engine's median times (the whole latency's, where a service does not say them) of
  /// the last three windows lie apart: (most - least) / least.
  /// A window with other pictures does not differ by it, a machine that is busy does.
  double spread = 0;
  std::string engine;         ///< "opencv"
  std::string engine_version; ///< "4.6.0"
  int threads = 0;
};

/// Called in the order of the pictures: annotations carry class names and scores.
using TakePrediction = std::function<void(const dataset::Sample& prediction)>;

/// \param images not empty. \param advance once a picture. \throws Error(input) for a picture that
/// cannot be read or whose size is not the truth's; Error of the system's own.
RunResult run_images(const SystemUnderTest& system, const std::vector<RunImage>& images,
                     const RunOptions& options, const TakePrediction& take,
                     const std::function<void()>& advance);

/// The positions of each of the three windows over \p count pictures, in the order of running.
std::vector<std::vector<std::size_t>> deal_windows(std::size_t count);
/// (most - least) / least of the last three; infinite for fewer.
double spread_of_last_three(const std::vector<double>& medians);
/// When \p count pictures arrive, in seconds from the start: gaps of a Poisson process.
std::vector<double> poisson_arrivals(std::size_t count, double rate_per_s, std::uint64_t seed);

} // namespace mlopsctl::bench
