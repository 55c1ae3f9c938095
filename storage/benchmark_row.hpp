// SPDX-License-Identifier: Apache-2.0
// BenchmarkRow: one measurement of one model on one data set: what ran, how fast, how right.
#pragma once

#include "core/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::storage {

inline constexpr int k_benchmark_schema = 1; ///< of the row's document and of the table

/// Name and value; nothing is "undefined" (null), which is not 0.
using NamedNumber = std::pair<std::string, std::optional<double>>;

struct BenchmarkRow {
  std::string id;   ///< "sha256:..." of everything else in the row; set by seal() or seal_for()
  std::string time; ///< UTC, "2026-11-20T22:58:00.123Z"
  std::string tag;
  std::string note;

  std::string task; ///< "detection", "classification"
  std::string model_name;
  std::string model_version;
  std::string model_digest;           ///< "sha256:..."
  std::vector<std::string> overrides; ///< KEY=VALUE of --set

  std::string dataset_name;   ///< as given, secrets removed
  std::string dataset_digest; ///< of what the set says, whatever its format
  std::int64_t dataset_images = 0;
  std::int64_t dataset_objects = 0;
  std::int64_t seed = 0; ///< of the choice of images

  std::string engine; ///< "opencv"
  std::string engine_version;
  int threads = 0;
  int batch = 1;
  std::string scenario; ///< "single_stream", "offline", "server"
  std::string protocol; ///< "coco", "voc", "voc11", "accuracy"

  std::string cpu;               ///< model name
  int cores = 0;                 ///< that the process may use
  std::int64_t memory_bytes = 0; ///< that the process may use
  std::string kernel;            ///< "Linux 6.1.0-18-amd64 x86_64"
  bool is_container = false;
  std::string program_version; ///< "0.1.0"
  std::string command_line;    ///< secrets removed

  /// All that was measured, by the name that gates and queries use: metrics (map_50_95 ... or
  /// accuracy), timed_images, mean_ms, min_ms, max_ms, p50_ms, p90_ms, p99_ms of one image,
  /// decode_ms, preprocess_ms, infer_ms, postprocess_ms (means), images_per_s, seconds (wall time),
  /// windows and spread_percent (see bench/runner.hpp), rate_per_s, peak_memory_bytes,
  /// cold_start_ms.
  std::vector<NamedNumber> numbers;
};

/// Sets the id. Rows that differ in anything (time included) have different ids.
void seal(BenchmarkRow& row);
/// Sets it from what asked for the row (an event's id), the model and the data set: asked for
/// again, it is the same row, whatever was measured then.
void seal_for(BenchmarkRow& row, const std::string& request);

/// A row of `mlopsctl.bench.rows/1`: flat keys, so that a gate, a query and a spreadsheet name the
/// same thing the same way.
Value to_value(const BenchmarkRow& row);
/// \param name for messages. Numbers that this program has no field for are measured ones.
/// \throws Error(input) if \p value is no row.
BenchmarkRow benchmark_row_from(const Value& value, const std::string& name);

/// Nothing if the row has no such number; a name with nothing in it is undefined.
std::optional<NamedNumber> find_number(const BenchmarkRow& row, const std::string& name);

} // namespace mlopsctl::storage
