// SPDX-License-Identifier: Apache-2.0
#include "commands/bench/row.hpp"

#include "commands/remote_options.hpp"

namespace mlopsctl::commands {

void add_row_options(Args& args, RowOptions& options) {
  args.value("--protocol", options.protocol, "Rules of average precision")
      .choices({"coco", "voc", "voc11"});
  add_gate_options(args, options.gate);
  args.value("--table", options.table, "Where rows are kept: a file, or dynamodb://NAME[?region=R]")
      .metavar("TABLE");
  add_remote_options(args);
  args.value("--tag", options.tag, "Word to find rows by").metavar("T");
  args.value("--note", options.note, "Remark to keep with the rows");
}

} // namespace mlopsctl::commands
