// SPDX-License-Identifier: Apache-2.0
// Tables of `bench score` for people.
#pragma once

#include "bench/protocols.hpp"
#include "bench/score.hpp"
#include "commands/command.hpp"

namespace mlopsctl::commands {

/// Metrics, with intervals where there are, and classes.
void print_score(const Context& ctx, const bench::Score& score);
/// Thresholds, kinds of error, confusions, calibration: what the score has of them.
void print_details(const Context& ctx, const bench::Score& score);
/// Protocols side by side, the path between them, and single changes.
void print_protocols(const Context& ctx, const bench::ProtocolReport& report);

} // namespace mlopsctl::commands
