// SPDX-License-Identifier: Apache-2.0
// What `bench run` and `bench load` are told of the row that they keep.
#pragma once

#include "commands/bench/gates.hpp"
#include "commands/command.hpp"

#include <string>

namespace mlopsctl::commands {

struct RowOptions {
  std::string protocol = "coco";
  GateOptions gate;
  std::string table = "bench.db";
  std::string tag, note;
};
void add_row_options(Args& args, RowOptions& options);

} // namespace mlopsctl::commands
