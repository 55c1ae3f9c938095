// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.hpp"

#include "core/error.hpp"
#include "core/value.hpp"

#include <cstdio>
#include <cstdlib>

namespace mlopsctl::fuzz {
namespace {

void parse_json_text(std::string_view bytes) {
  to_json(parse_json(bytes, "fuzz"));
}

/// What was read and written must read the same again.
void parse_yaml_text(std::string_view bytes) {
  const Value value = parse_yaml(bytes, "fuzz");
  if (value.is_object() && to_json(parse_yaml(to_yaml(value), "again")) != to_json(value))
    std::abort();
}

} // namespace

const std::vector<Target>& targets() {
  static const std::vector<Target> table{
      {"json", parse_json_text},
      {"yaml", parse_yaml_text},
  };
  return table;
}

void run_target(std::string_view name, std::string_view bytes) {
  for (const auto& target : targets()) {
    if (target.name != name)
      continue;
    try {
      target.parse(bytes);
    } catch (const Error&) { // NOLINT(bugprone-empty-catch): refusing is what a parser should do
    }
    return;
  }
  std::fprintf(stderr, "MLOPSCTL_FUZZ_TARGET must be one of:\n");
  for (const auto& target : targets())
    std::fprintf(stderr, "  %.*s\n", static_cast<int>(target.name.size()), target.name.data());
  std::exit(2); // NOLINT(concurrency-mt-unsafe): one thread
}

} // namespace mlopsctl::fuzz
