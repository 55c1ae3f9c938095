// SPDX-License-Identifier: Apache-2.0
// Gates: "map_50>=0.5" as a condition on a row, "map_50>=baseline.map_50-0.01" on two.
#pragma once

#include "core/expression.hpp"
#include "storage/benchmark_row.hpp"

#include <string>
#include <vector>

namespace mlopsctl::bench {

/// A condition on the numbers of a row, in the language of core/expression.hpp; "baseline.NAME" is
/// the number of an older row.
struct Gate {
  Expression condition;
};
inline constexpr std::string_view k_baseline = "baseline.";
bool needs_baseline(const Gate& gate);

enum class Verdict {
  met,
  not_met,
  undefined, ///< a metric of the gate has no value in this row
  undecided  ///< not met, but it might be with other images, or in another run
};

struct GateResult {
  Verdict verdict = Verdict::met;
  /// "gate 'p99_ms<=50' not met: 84 (n=2000, median 31 ms)".
  std::string message;
};

/// \param known names of the numbers that rows will have. \throws Error(usage) for what is no
/// condition and for an unknown metric (with the nearest known one).
Gate parse_gate(const std::string& text, const std::vector<std::string>& known);

/// \param baseline needed by gates that name it. Such a gate is missed only if it is missed at both
/// ends of the range of every number in it (see range_of()): a comparison must not call noise a
/// regression. \throws Error(internal) without it.
GateResult check_gate(const Gate& gate, const storage::BenchmarkRow& row,
                      const storage::BenchmarkRow* baseline = nullptr);

/// The first of \p candidates whose numbers in \p gates can be set beside those of \p row.
/// \param row may be one that is still to be measured, see announced_row(). \param name for
/// messages. \throws Error(input) if there is none, saying what stands in the way of the first.
const storage::BenchmarkRow& choose_baseline(const std::vector<storage::BenchmarkRow>& candidates,
                                             const storage::BenchmarkRow& row,
                                             const std::vector<Gate>& gates,
                                             const std::string& name);

} // namespace mlopsctl::bench
