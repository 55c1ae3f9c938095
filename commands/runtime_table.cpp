// SPDX-License-Identifier: Apache-2.0
// Every command of mlopsctl-runtime, which runs where a model is deployed: small, and quick to
// start.
#include "commands/command.hpp"

namespace mlopsctl::commands {

extern const Command serve_http, serve_lambda, serve_edge, engines, help;

const std::vector<const Command*>& all_commands() {
  static const std::vector<const Command*> table{&serve_http, &serve_lambda, &serve_edge, &engines, &help};
  return table;
}

} // namespace mlopsctl::commands
