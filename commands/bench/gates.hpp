// SPDX-License-Identifier: Apache-2.0
// --gate and --baseline of `bench run` and `bench score`.
#pragma once

#include "bench/gate.hpp"
#include "commands/command.hpp"
#include "storage/benchmark_table.hpp"

#include <string>
#include <vector>

namespace mlopsctl::commands {

struct GateOptions {
  std::vector<std::string> gates;
  std::string baseline; ///< row or tag, see storage::find_rows(); empty: none
};
void add_gate_options(Args& args, GateOptions& options);

/// \throws Error(usage) for what is no gate, for a gate that needs a baseline when none is named,
/// and for a baseline that no gate needs.
std::vector<bench::Gate> parse_gates(const GateOptions& options,
                                     const std::vector<std::string>& known);

/// A row and the one that it is held against.
struct GatedRow {
  storage::BenchmarkRow row;
  std::optional<storage::BenchmarkRow> baseline;
};

/// Says on stderr what is not met. \return exit_not_met before exit_no_verdict before exit_ok.
int check_gates(const std::vector<bench::Gate>& gates, const std::vector<GatedRow>& rows,
                const Context& ctx);

} // namespace mlopsctl::commands
