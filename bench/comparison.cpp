// SPDX-License-Identifier: Apache-2.0
#include "bench/comparison.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::bench {
namespace {

bool is_quality(const std::string& number) {
  for (const char* start :
       {"map_", "ar_", "accuracy", "f1", "precision", "recall", "expected_calibration_error"})
    if (number.starts_with(start))
      return true;
  return false;
}

Value value_of(const Metric& metric) {
  return metric ? Value(*metric) : Value();
}

} // namespace

std::optional<Allowance> parse_allowance(std::string_view text) {
  const bool is_share = text.ends_with('%');
  const auto value = parse_double(is_share ? text.substr(0, text.size() - 1) : text);
  if (!value || *value < 0)
    return std::nullopt;
  return Allowance{is_share ? *value / 100 : *value, is_share};
}

Allowance default_allowance(const std::string& number) {
  return is_quality(number) ? Allowance{0.01, false} : Allowance{0.10, true};
}

std::optional<bool> is_more_better(const std::string& number) {
  if (number.ends_with("_ms") || number == "seconds" || number == "peak_memory_bytes" ||
      number == "expected_calibration_error")
    return false;
  if (is_quality(number) || number == "images_per_s")
    return true;
  return std::nullopt;
}

std::string_view finding_name(Finding finding) {
  switch (finding) {
  case Finding::no_worse: return "no worse";
  case Finding::regression: return "regression";
  case Finding::undecided: return "undecided";
  }
  return "";
}

Finding Comparison::finding() const {
  Finding worst = Finding::no_worse;
  for (const auto& number : numbers) {
    if (!number.is_judged)
      continue;
    if (number.finding == Finding::regression)
      return Finding::regression;
    if (number.finding == Finding::undecided)
      worst = Finding::undecided;
  }
  return worst;
}

Range difference_of(double a, const Range& range_a, double b, const Range& range_b) {
  const double difference = b - a;
  return {difference - std::hypot(b - range_b.low, range_a.high - a),
          difference + std::hypot(range_b.high - b, a - range_a.low)};
}

void judge(ComparedNumber& number) {
  const auto more = is_more_better(number.name);
  number.finding = Finding::undecided;
  if (!number.a || !number.b) {
    number.reason = "undefined in one of them";
    return;
  }
  if (!number.difference || !more) {
    if (number.reason.empty())
      number.reason = more ? "no interval is known" : "neither more nor less of it is better";
    return;
  }
  // How much better, at worst and at best.
  const double worst = *more ? number.difference->low : -number.difference->high;
  const double best = *more ? number.difference->high : -number.difference->low;
  if (worst >= -number.allowance)
    number.finding = Finding::no_worse;
  else if (best < -number.allowance)
    number.finding = Finding::regression;
  else if (number.reason.empty())
    number.reason = "the interval holds both what is allowed and what is not";
}

void judge(Comparison& comparison, const std::vector<std::string>& names,
           const Allowances& allowances) {
  for (auto& number : comparison.numbers) {
    auto found = allowances.find(number.name);
    if (found == allowances.end())
      found = allowances.find("");
    const auto allowance =
        found == allowances.end() ? default_allowance(number.name) : found->second;
    number.allowance =
        allowance.is_share ? allowance.value * number.a.value_or(0) : allowance.value;
    number.is_judged = std::find(names.begin(), names.end(), number.name) != names.end();
    judge(number);
  }
}

Value to_value(const Comparison& comparison) {
  Value out = Value::object();
  out["schema"] = "mlopsctl.bench.compare/1";
  out["a"] = comparison.a;
  out["b"] = comparison.b;
  out["basis"] = comparison.basis;
  out["images"] = comparison.images;
  if (comparison.samples > 0) {
    out["samples"] = comparison.samples;
    out["seed"] = static_cast<std::int64_t>(comparison.seed);
  }
  out["confidence"] = 0.95;
  out["finding"] = finding_name(comparison.finding());
  Value numbers = Value::array();
  for (const auto& number : comparison.numbers) {
    Value entry = Value::object();
    entry["name"] = number.name;
    entry["a"] = value_of(number.a);
    entry["b"] = value_of(number.b);
    entry["difference"] = number.a && number.b ? Value(*number.b - *number.a) : Value();
    entry["low"] = number.difference ? Value(number.difference->low) : Value();
    entry["high"] = number.difference ? Value(number.difference->high) : Value();
    entry["allowance"] = number.allowance;
    entry["judged"] = number.is_judged;
    entry["finding"] = finding_name(number.finding);
    entry["reason"] = number.reason;
    numbers.push(std::move(entry));
  }
  out["numbers"] = std::move(numbers);
  Value notes = Value::array();
  for (const auto& note : comparison.notes)
    notes.push(note);
  out["notes"] = std::move(notes);
  return out;
}

} // namespace mlopsctl::bench
