// SPDX-License-Identifier: Apache-2.0
// Two rows of the benchmark table, compared by what they keep.
#pragma once

#include "bench/comparison.hpp"
#include "storage/benchmark_row.hpp"

#include <string>
#include <vector>

namespace mlopsctl::bench {

/// The range that a number of a row lies in: what the row keeps as <name>_low and <name>_high (of
/// times <name without unit>_low_ms); of times and throughput at least spread_percent to each side,
/// since a second run would differ by as much. Nothing if the row keeps neither.
std::optional<Range> range_of(const storage::BenchmarkRow& row, const std::string& name);
/// "p50_low_ms" and "p50_high_ms" for "p50_ms", "map_50_low" and "map_50_high" for "map_50".
std::string low_name(const std::string& name);
std::string high_name(const std::string& name);

/// The same model on the same pictures with the same engine gives the same boxes: what differs
/// between two such rows is no noise of the choice of pictures.
bool is_same_model_and_data(const storage::BenchmarkRow& a, const storage::BenchmarkRow& b);

/// Why numbers of the two cannot be set side by side: other data, other rules, another scenario or
/// another machine; empty if they can. \p name decides what matters.
std::string obstacle(const storage::BenchmarkRow& a, const storage::BenchmarkRow& b,
                     const std::string& name, bool is_across_machines);

/// The best first by a number of is_more_better(); equal ones stay as they are, rows without it
/// come last.
void sort_best_first(std::vector<storage::BenchmarkRow>& rows, const std::string& name);

/// Names that both have, with a sense of better and worse, in the order of \p b.
std::vector<std::string> comparable_names(const storage::BenchmarkRow& a,
                                          const storage::BenchmarkRow& b);
/// What is judged if nothing else is asked for: map_50_95 and map_50 (or what there is of voc, or
/// accuracy), and p50_ms or, without it, images_per_s.
std::vector<std::string> default_names(const storage::BenchmarkRow& a,
                                       const storage::BenchmarkRow& b);

/// Numbers of comparable_names() that have no obstacle, not judged yet. \param max_spread_percent
/// times of a row that moved more between its windows have no verdict.
Comparison compare_rows(const storage::BenchmarkRow& a, const storage::BenchmarkRow& b,
                        bool is_across_machines, double max_spread_percent);

} // namespace mlopsctl::bench
