// SPDX-License-Identifier: Apache-2.0
// Every command of mlopsctl, in the order in which help shows them. Adding one: its file, its
// declaration here, its line.
#include "commands/command.hpp"

namespace mlopsctl::commands {

extern const Command doctor, help, completion, config_trust;
extern const Command manifest_join, manifest_split, manifest_stats;

const std::vector<const Command*>& all_commands() {
  static const std::vector<const Command*> table{
      &manifest_join, &manifest_split, &manifest_stats, &doctor, &completion, &config_trust, &help,
  };
  return table;
}

} // namespace mlopsctl::commands
