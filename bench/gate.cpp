// SPDX-License-Identifier: Apache-2.0
#include "bench/gate.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::bench {
namespace {

struct Operator {
  std::string_view text;
  Comparison comparison;
};

// Two characters before one: "<=" also starts with "<".
constexpr std::array<Operator, 6> k_operators{{{"<=", Comparison::less_equal},
                                               {">=", Comparison::greater_equal},
                                               {"==", Comparison::equal},
                                               {"!=", Comparison::not_equal},
                                               {"<", Comparison::less},
                                               {">", Comparison::greater}}};

bool holds(double value, Comparison comparison, double bound) {
  switch (comparison) {
  case Comparison::less: return value < bound;
  case Comparison::less_equal: return value <= bound;
  case Comparison::greater: return value > bound;
  case Comparison::greater_equal: return value >= bound;
  case Comparison::equal: return value == bound;
  case Comparison::not_equal: return value != bound;
  }
  return false;
}

[[noreturn]] void refuse(const std::string& text, const std::string& why, const std::string& hint) {
  throw Error(Fault::usage, "--gate '" + printable(text) + "': " + why, hint);
}

/// "84.1 ms" for names that end in a unit, four digits elsewhere.
std::string shown(const std::string& metric, double value) {
  if (metric.ends_with("_ms"))
    return fixed(value, 1) + " ms";
  if (metric == "seconds")
    return fixed(value, 1) + " s";
  return metric == "images_per_s" ? fixed(value, 1) + " images/s" : fixed(value, 4);
}

std::string circumstances(const Gate& gate, const storage::BenchmarkRow& row) {
  const auto p50 = storage::find_number(row, "p50_ms");
  std::string out = "n=" + std::to_string(row.dataset_images) + " images, " +
                    std::to_string(row.dataset_objects) + " objects";
  if (gate.metric.ends_with("_ms") && gate.metric != "p50_ms" && p50 && p50->second)
    out += ", median " + fixed(*p50->second, 1) + " ms";
  return " (" + out + ")";
}

} // namespace

Gate parse_gate(const std::string& text, const std::vector<std::string>& known) {
  const std::string hint = "write a metric, one of < <= > >= == !=, and a number: map_50>=0.5";
  const auto at = text.find_first_of("<>=!");
  if (at == std::string::npos)
    refuse(text, "no comparison in it", hint);
  const auto found = std::find_if(k_operators.begin(), k_operators.end(), [&](const Operator& o) {
    return std::string_view(text).substr(at).starts_with(o.text);
  });
  if (found == k_operators.end())
    refuse(text, "'" + text.substr(at, 1) + "' is no comparison", hint);
  Gate gate{text, std::string(trim(std::string_view(text).substr(0, at))), found->comparison, 0};
  const auto bound = trim(std::string_view(text).substr(at + found->text.size()));
  const auto value = parse_double(bound);
  if (!value)
    refuse(text, "'" + printable(bound) + "' is not a number", hint);
  gate.bound = *value;
  if (std::find(known.begin(), known.end(), gate.metric) == known.end())
    refuse(text, "unknown metric '" + gate.metric + "'" + did_you_mean(gate.metric, known),
           "one of " + join(known, ", "));
  return gate;
}

GateResult check_gate(const Gate& gate, const storage::BenchmarkRow& row) {
  const std::string name = "gate '" + gate.text + "' ";
  const auto number = storage::find_number(row, gate.metric);
  if (!number || !number->second)
    return {Verdict::undefined,
            name + "has no verdict: " + gate.metric + " is undefined" + circumstances(gate, row)};
  const bool is_met = holds(*number->second, gate.comparison, gate.bound);
  return {is_met ? Verdict::met : Verdict::not_met, name + (is_met ? "met: " : "not met: ") +
                                                        shown(gate.metric, *number->second) +
                                                        circumstances(gate, row)};
}

} // namespace mlopsctl::bench
