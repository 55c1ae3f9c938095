// SPDX-License-Identifier: Apache-2.0
#include "bench/gate.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::bench {
namespace {

/// "84.1 ms" for names that end in a unit, four digits elsewhere.
std::string shown(const std::string& metric, double value) {
  if (metric.ends_with("_ms"))
    return fixed(value, 1) + " ms";
  if (metric == "seconds")
    return fixed(value, 1) + " s";
  return metric == "images_per_s" ? fixed(value, 1) + " images/s" : fixed(value, 4);
}

/// The value of one metric, or "map_50 0.4800, p99_ms 84.0 ms" of several.
std::string shown_values(const std::vector<std::string>& names, const std::vector<double>& values) {
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out += (i > 0 ? ", " : "") + (names.size() > 1 ? names[i] + " " : std::string()) +
           shown(names[i], values[i]);
  return out;
}

std::string circumstances(const Gate& gate, const storage::BenchmarkRow& row) {
  const auto p50 = storage::find_number(row, "p50_ms");
  std::string out = "n=" + std::to_string(row.dataset_images) + " images, " +
                    std::to_string(row.dataset_objects) + " objects";
  const auto& names = gate.condition.names();
  const bool has_latency = std::any_of(names.begin(), names.end(), [](const std::string& name) {
    return name.ends_with("_ms") && name != "p50_ms";
  });
  if (has_latency && p50 && p50->second)
    out += ", median " + fixed(*p50->second, 1) + " ms";
  return " (" + out + ")";
}

} // namespace

Gate parse_gate(const std::string& text, const std::vector<std::string>& known) {
  Gate gate{Expression(text, "--gate")};
  if (gate.condition.names().empty())
    throw Error(Fault::usage, "--gate '" + printable(text) + "': no metric in it",
                "one of " + join(known, ", "));
  for (const auto& name : gate.condition.names())
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(Fault::usage,
                  "--gate '" + printable(text) + "': unknown metric '" + printable(name) + "'" +
                      did_you_mean(name, known),
                  "one of " + join(known, ", "));
  return gate;
}

GateResult check_gate(const Gate& gate, const storage::BenchmarkRow& row) {
  const std::string name = "gate '" + gate.condition.text() + "' ";
  std::vector<double> values;
  for (const auto& metric : gate.condition.names()) {
    const auto number = storage::find_number(row, metric);
    if (!number || !number->second)
      return {Verdict::undefined,
              name + "has no verdict: " + metric + " is undefined" + circumstances(gate, row)};
    values.push_back(*number->second);
  }
  const bool is_met = gate.condition.holds([&](std::size_t index) { return values[index]; });
  return {is_met ? Verdict::met : Verdict::not_met,
          name + (is_met ? "met: " : "not met: ") + shown_values(gate.condition.names(), values) +
              circumstances(gate, row)};
}

} // namespace mlopsctl::bench
