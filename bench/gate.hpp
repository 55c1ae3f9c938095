// SPDX-License-Identifier: Apache-2.0
// Gates: "map_50>=0.5" as a condition on a row.
#pragma once

#include "core/expression.hpp"
#include "storage/benchmark_row.hpp"

#include <string>
#include <vector>

namespace mlopsctl::bench {

/// A condition on the numbers of a row, in the language of core/expression.hpp.
struct Gate {
  Expression condition;
};

enum class Verdict {
  met,
  not_met,
  undefined ///< a metric of the gate has no value in this row
};

struct GateResult {
  Verdict verdict = Verdict::met;
  /// "gate 'p99_ms<=50' not met: 84 (n=2000, median 31 ms)".
  std::string message;
};

/// \param known names of the numbers that rows will have. \throws Error(usage) for what is no
/// condition and for an unknown metric (with the nearest known one).
Gate parse_gate(const std::string& text, const std::vector<std::string>& known);

GateResult check_gate(const Gate& gate, const storage::BenchmarkRow& row);

} // namespace mlopsctl::bench
