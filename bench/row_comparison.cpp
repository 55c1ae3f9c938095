// SPDX-License-Identifier: Apache-2.0
#include "bench/row_comparison.hpp"

#include "bench/benchmark.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::bench {
namespace {

Metric value_of(const storage::BenchmarkRow& row, const std::string& name) {
  const auto number = storage::find_number(row, name);
  return number ? number->second : std::nullopt;
}

std::string with_ending(const std::string& name, const char* ending) {
  return name.ends_with("_ms") ? name.substr(0, name.size() - 3) + ending + "_ms" : name + ending;
}

bool is_of_speed(const std::string& name) {
  return is_timing(name) || name == "peak_memory_bytes";
}

std::string differs(const char* what, const std::string& a, const std::string& b) {
  return a == b ? std::string()
                : std::string(what) + " '" + printable(a) + "' and '" + printable(b) + "'";
}

std::string unlike_machines(const storage::BenchmarkRow& a, const storage::BenchmarkRow& b) {
  std::vector<std::string> parts;
  if (a.cpu != b.cpu)
    parts.push_back(differs("processors", a.cpu, b.cpu));
  if (a.cores != b.cores)
    parts.push_back(std::to_string(a.cores) + " and " + std::to_string(b.cores) + " cores");
  if (a.is_container != b.is_container)
    parts.emplace_back("one in a container, one not");
  return parts.empty() ? "" : "the machines are not alike: " + join(parts, ", ");
}

/// Sets the range of b - a, or the reason why there is none.
void add_difference(const storage::BenchmarkRow& a, const storage::BenchmarkRow& b,
                    double max_spread_percent, ComparedNumber& number) {
  if (!number.a || !number.b)
    return;
  const bool is_same_quality =
      !is_of_speed(number.name) && is_same_model_and_data(a, b) && *number.a == *number.b;
  if (a.id == b.id || is_same_quality) {
    number.difference = Range{0, 0};
    return;
  }
  if (is_timing(number.name))
    for (const auto* row : {&a, &b}) {
      const auto spread = value_of(*row, "spread_percent");
      if (spread && *spread > max_spread_percent) {
        number.reason = "unstable: times moved by " + fixed(*spread, 0) +
                        " % between windows, more than " + fixed(max_spread_percent, 0) + " %";
        return;
      }
    }
  const auto range_a = range_of(a, number.name);
  const auto range_b = range_of(b, number.name);
  if (range_a && range_b)
    number.difference = difference_of(*number.a, *range_a, *number.b, *range_b);
  else
    number.reason = "the rows keep no interval of it";
}

} // namespace

bool is_same_model_and_data(const storage::BenchmarkRow& a, const storage::BenchmarkRow& b) {
  return a.model_digest == b.model_digest && a.overrides == b.overrides &&
         a.dataset_digest == b.dataset_digest && a.engine == b.engine &&
         a.engine_version == b.engine_version;
}

std::string low_name(const std::string& name) {
  return with_ending(name, "_low");
}

std::string high_name(const std::string& name) {
  return with_ending(name, "_high");
}

std::optional<Range> range_of(const storage::BenchmarkRow& row, const std::string& name) {
  const auto value = value_of(row, name);
  if (!value)
    return std::nullopt;
  const auto low = value_of(row, low_name(name));
  const auto high = value_of(row, high_name(name));
  std::optional<Range> range;
  if (low && high)
    range = Range{std::min(*low, *value), std::max(*high, *value)};
  const auto spread = is_timing(name) ? value_of(row, "spread_percent") : std::nullopt;
  if (spread) {
    const double side = *value * *spread / 100;
    range = range.value_or(Range{*value, *value});
    range->low = std::max(0.0, std::min(range->low, *value - side)); // no time is less
    range->high = std::max(range->high, *value + side);
  }
  return range;
}

std::string obstacle(const storage::BenchmarkRow& a, const storage::BenchmarkRow& b,
                     const std::string& name, bool is_across_machines) {
  if (a.dataset_digest != b.dataset_digest)
    return "the data sets are not the same: '" + printable(a.dataset_name) + "' (" +
           std::to_string(a.dataset_images) + " images, " + a.dataset_digest.substr(0, 15) +
           ") and '" + printable(b.dataset_name) + "' (" + std::to_string(b.dataset_images) +
           " images, " + b.dataset_digest.substr(0, 15) + ")";
  if (!is_of_speed(name)) {
    const auto protocols = differs("protocols", a.protocol, b.protocol);
    return protocols.empty() ? "" : "scored by " + protocols;
  }
  const auto scenarios = differs("scenarios", a.scenario, b.scenario);
  if (!scenarios.empty())
    return "measured in " + scenarios;
  if (a.scenario == "server" && value_of(a, "rate_per_s") != value_of(b, "rate_per_s"))
    return "pictures arrived at different rates";
  return is_across_machines ? "" : unlike_machines(a, b);
}

void sort_best_first(std::vector<storage::BenchmarkRow>& rows, const std::string& name) {
  const bool is_more = is_more_better(name).value_or(true);
  std::stable_sort(rows.begin(), rows.end(), [&](const auto& a, const auto& b) {
    const auto x = value_of(a, name);
    const auto y = value_of(b, name);
    if (!x || !y)
      return x.has_value() && !y;
    return is_more ? *x > *y : *x < *y;
  });
}

std::vector<std::string> comparable_names(const storage::BenchmarkRow& a,
                                          const storage::BenchmarkRow& b) {
  std::vector<std::string> names;
  for (const auto& [name, value] : b.numbers)
    if (is_more_better(name) && name.find("_low") == std::string::npos &&
        name.find("_high") == std::string::npos && (value || value_of(a, name)) &&
        storage::find_number(a, name))
      names.push_back(name);
  return names;
}

std::vector<std::string> default_names(const storage::BenchmarkRow& a,
                                       const storage::BenchmarkRow& b) {
  std::vector<std::string> names;
  const auto both_have = [&](const std::string& name) {
    return value_of(a, name) && value_of(b, name);
  };
  for (const char* name : {"map_50_95", "map_50", "accuracy"})
    if (both_have(name))
      names.emplace_back(name);
  if (names.empty()) // voc with an IoU of its own
    for (const auto& name : comparable_names(a, b))
      if (name.starts_with("map_") && both_have(name))
        names.push_back(name);
  if (both_have("p50_ms"))
    names.emplace_back("p50_ms");
  else if (both_have("images_per_s"))
    names.emplace_back("images_per_s");
  return names;
}

Comparison compare_rows(const storage::BenchmarkRow& a, const storage::BenchmarkRow& b,
                        bool is_across_machines, double max_spread_percent) {
  Comparison comparison;
  comparison.basis = "rows";
  comparison.images = b.dataset_images;
  for (const auto& name : comparable_names(a, b)) {
    if (!obstacle(a, b, name, is_across_machines).empty())
      continue;
    ComparedNumber number;
    number.name = name;
    number.a = value_of(a, name);
    number.b = value_of(b, name);
    add_difference(a, b, max_spread_percent, number);
    comparison.numbers.push_back(std::move(number));
  }
  if (is_across_machines)
    if (const auto text = unlike_machines(a, b); !text.empty())
      comparison.notes.push_back(text);
  for (const auto& note :
       {differs("engines", a.engine + " " + a.engine_version, b.engine + " " + b.engine_version),
        differs("numbers of threads", std::to_string(a.threads), std::to_string(b.threads)),
        differs("batches", std::to_string(a.batch), std::to_string(b.batch))})
    if (!note.empty())
      comparison.notes.push_back("measured with " + note);
  return comparison;
}

} // namespace mlopsctl::bench
