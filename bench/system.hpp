// SPDX-License-Identifier: Apache-2.0
// What is measured (MLPerf's "system under test"): a model in this process, or a service.
#pragma once

#include "dataset/sample.hpp"
#include "inference/model.hpp"
#include "storage/benchmark_row.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace mlopsctl::bench {

using Clock = std::chrono::steady_clock;

/// A picture to run, and what the truth says about it.
struct RunImage {
  std::string ref;
  std::string path;  ///< of the file on this machine
  std::string place; ///< for messages
  int width = 0;     ///< px; 0 if the truth does not say
  int height = 0;
};

/// \throws Error(input) if the picture is of another size than the truth says.
void check_size(const RunImage& wanted, int width, int height);

std::int64_t since_ns(Clock::time_point start);

struct Measured {
  dataset::Sample prediction; ///< annotations carry class names and scores
  inference::Timing timing;   ///< all 0 if the system does not say
  std::int64_t latency_ns = 0;
};

/// Pictures in memory, for systems that take several at once.
struct Batch {
  std::vector<const RunImage*> images;
  std::vector<imaging::Image> pictures;
  std::vector<double> decode_ms;
};

/// Answers one picture, or one batch, at a time. One thread at a time.
class Responder {
public:
  virtual ~Responder() = default;
  /// \param start from when the latency counts.
  virtual Measured measure(const RunImage& image, Clock::time_point start) = 0;
  /// \return for each picture its share of the time. \throws Error(usage) where there are no
  /// batches.
  virtual std::vector<Measured> measure(const Batch& batch) = 0;
  virtual std::string engine() const = 0; ///< "opencv 4.6.0"; empty: not known
};

/// Opens what answers.
class SystemUnderTest {
public:
  virtual ~SystemUnderTest() = default;
  /// \param threads of its engine, where it is in this process.
  virtual std::unique_ptr<Responder> open(int threads) const = 0;
  /// Name, version and digest of the model, and what else is known of it.
  virtual void describe(storage::BenchmarkRow& row) const = 0;
  virtual bool is_in_this_process() const = 0;
  /// Detections below it are not shown to people.
  virtual double score_threshold() const = 0;
};

} // namespace mlopsctl::bench
