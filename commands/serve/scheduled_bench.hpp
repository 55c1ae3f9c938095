// SPDX-License-Identifier: Apache-2.0
// serve lambda --data: a function that a schedule starts measures its model on a data set.
#pragma once

#include "commands/bench/truth_input.hpp"
#include "commands/command.hpp"
#include "commands/engine_options.hpp"
#include "package/model_package.hpp"

#include <functional>
#include <string>

namespace mlopsctl::commands {

struct ScheduledBench {
  TruthOptions data;
  EngineChoice engine;
  std::string table; ///< of benchmark rows; empty: the row is only answered
};

/// \return what answers a schedule's event by its id: {"id", "new", "row"}. The row's id comes from
/// the event's: an event that comes again measures nothing if its row is there, and never makes a
/// second one.
std::function<Value(const std::string& event_id)>
scheduled_bench(ScheduledBench bench, package::ModelPackage package, const Context& ctx);

} // namespace mlopsctl::commands
