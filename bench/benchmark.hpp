// SPDX-License-Identifier: Apache-2.0
// One benchmark: a model over a data set, from the pictures to the row.
#pragma once

#include "bench/latency.hpp"
#include "bench/runner.hpp"
#include "bench/score.hpp"
#include "storage/benchmark_row.hpp"

#include <string>
#include <vector>

namespace mlopsctl::bench {

inline constexpr int k_row_bootstrap_samples = 1000; ///< for the intervals of a row

struct BenchmarkOptions {
  RunOptions run;
  ScoreOptions score;
  std::uint64_t seed = 1; ///< of the choice of images and of arrivals, recorded
  /// A command that answers for the picture that is added to it; empty: no cold start is measured.
  std::vector<std::string> cold_start;
  std::string dataset;      ///< as given; secrets are removed
  std::string command_line; ///< as typed; secrets are removed
  std::string tag;
  std::string note;
};

struct BenchmarkOutcome {
  storage::BenchmarkRow row; ///< sealed
  bool is_stable = true;     ///< the last three windows lie within RunOptions::max_spread
  Predictions predictions;   ///< that were scored, and what was left out of them
  Score score;               ///< with details
};

/// \throws Error(input) if the model's task is not the truth's, or they have no class name in
/// common: nothing that could be right would be measured.
void check_fit(const package::ModelSpec& spec, const Truth& truth, const std::string& name);

/// Names of the numbers that a row of this run will have, for gates.
std::vector<std::string> number_names(const ScoreOptions& options);
std::vector<std::string> speed_names(); ///< those of them that need no truth

/// What rows say of the machine that measured.
void describe_machine(storage::BenchmarkRow& row);
/// timed_images, mean_ms, min_ms, max_ms and the percentiles with their ranges.
void add_latency(const LatencySummary& latency, storage::BenchmarkRow& row);

/// Of a number of a row: other work on the machine changes it.
bool is_timing(const std::string& number);

/// A row that says which data set it is of, and nothing else.
storage::BenchmarkRow dataset_row(const Truth& truth, const std::string& dataset);
/// A row of predictions that were scored, not run: quality and data set only, not sealed.
storage::BenchmarkRow scored_row(const Truth& truth, const Score& scored,
                                 const std::string& dataset);

/// What is known of a row before it is measured, of that which decides whether it can be compared:
/// data set, protocol, scenario, machine.
storage::BenchmarkRow announced_row(const Truth& truth, const BenchmarkOptions& options);

/// \param images those of \p truth, in its order. \param advance called once a picture.
BenchmarkOutcome run_benchmark(const SystemUnderTest& system, const Truth& truth,
                               const std::vector<RunImage>& images, const BenchmarkOptions& options,
                               const std::function<void()>& advance);

} // namespace mlopsctl::bench
