// SPDX-License-Identifier: Apache-2.0
// Every parser of outside data, by name, for the one fuzz binary and for the replay of its corpus.
#pragma once

#include <string_view>
#include <vector>

namespace mlopsctl::fuzz {

struct Target {
  std::string_view name;
  /// Parses \p bytes. Refusing them with Error is right; anything else that ends it is a finding.
  void (*parse)(std::string_view bytes);
};

const std::vector<Target>& targets();
/// Runs the named target; an unknown name ends the process with a list of those there are.
void run_target(std::string_view name, std::string_view bytes);

} // namespace mlopsctl::fuzz
