// SPDX-License-Identifier: Apache-2.0
#include "bench/gate.hpp"

#include "bench/benchmark.hpp"
#include "bench/row_comparison.hpp"
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

bool is_of_baseline(const std::string& name) {
  return name.starts_with(k_baseline);
}

/// "map_50" of "baseline.map_50".
std::string bare(const std::string& name) {
  return is_of_baseline(name) ? name.substr(k_baseline.size()) : name;
}

/// Both ends of what each number may be; its value alone where no more is known.
std::vector<Range> ranges_of(const Gate& gate, const std::vector<double>& values,
                             const storage::BenchmarkRow& row,
                             const storage::BenchmarkRow& baseline) {
  std::vector<Range> ranges;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto& name = gate.condition.names()[i];
    const bool is_exact = is_same_model_and_data(row, baseline) && !is_timing(bare(name));
    const auto range = range_of(is_of_baseline(name) ? baseline : row, bare(name));
    ranges.push_back(range && !is_exact ? *range : Range{values[i], values[i]});
  }
  return ranges;
}

/// Whether the condition holds for some choice among the ends of \p ranges.
bool may_hold(const Gate& gate, const std::vector<Range>& ranges) {
  constexpr std::size_t k_most_names = 12; // 4096 choices
  if (ranges.size() > k_most_names)
    return false;
  for (std::size_t choice = 0; choice < (std::size_t{1} << ranges.size()); ++choice)
    if (gate.condition.holds([&](std::size_t i) {
          return (choice >> i & 1U) != 0 ? ranges[i].high : ranges[i].low;
        }))
      return true;
  return false;
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
  const auto parsed = [&] {
    try {
      return Expression(text, "--gate");
    } catch (const Error& error) {
      throw Error(error.fault(), error.what(), "such as: map_50 >= 0.5 and p99_ms <= 50");
    }
  };
  Gate gate{parsed()};
  if (gate.condition.names().empty())
    throw Error(Fault::usage, "--gate '" + printable(text) + "': no metric in it",
                "one of " + join(known, ", "));
  for (const auto& name : gate.condition.names())
    if (std::find(known.begin(), known.end(), bare(name)) == known.end())
      throw Error(Fault::usage,
                  "--gate '" + printable(text) + "': unknown metric '" + printable(name) + "'" +
                      did_you_mean(bare(name), known),
                  "one of " + join(known, ", "));
  return gate;
}

bool needs_baseline(const Gate& gate) {
  const auto& names = gate.condition.names();
  return std::any_of(names.begin(), names.end(), is_of_baseline);
}

GateResult check_gate(const Gate& gate, const storage::BenchmarkRow& row,
                      const storage::BenchmarkRow* baseline) {
  const std::string name = "gate '" + gate.condition.text() + "' ";
  std::vector<double> values;
  for (const auto& metric : gate.condition.names()) {
    if (is_of_baseline(metric) && baseline == nullptr)
      throw Error(Fault::internal, name + "has no baseline");
    const auto number =
        storage::find_number(is_of_baseline(metric) ? *baseline : row, bare(metric));
    if (!number || !number->second)
      return {Verdict::undefined,
              name + "has no verdict: " + metric + " is undefined" + circumstances(gate, row)};
    values.push_back(*number->second);
  }
  const std::string shown = shown_values(gate.condition.names(), values) + circumstances(gate, row);
  if (gate.condition.holds([&](std::size_t index) { return values[index]; }))
    return {Verdict::met, name + "met: " + shown};
  if (needs_baseline(gate) && may_hold(gate, ranges_of(gate, values, row, *baseline)))
    return {Verdict::undecided,
            name + "has no verdict: not met, but within the 95 % intervals it might be: " + shown};
  return {Verdict::not_met, name + "not met: " + shown};
}

const storage::BenchmarkRow& choose_baseline(const std::vector<storage::BenchmarkRow>& candidates,
                                             const storage::BenchmarkRow& row,
                                             const std::vector<Gate>& gates,
                                             const std::string& name) {
  std::string first;
  for (const auto& candidate : candidates) {
    std::string why;
    for (const auto& gate : gates)
      for (const auto& metric : gate.condition.names())
        if (why.empty() && is_of_baseline(metric))
          why = obstacle(candidate, row, bare(metric), false);
    if (why.empty())
      return candidate;
    if (first.empty())
      first = why;
  }
  throw Error(Fault::input, "--baseline '" + printable(name) + "': " + first,
              "a baseline is measured on the same data in the same way");
}

} // namespace mlopsctl::bench
