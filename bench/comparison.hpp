// SPDX-License-Identifier: Apache-2.0
// Comparison: two measurements number by number, with an interval for each difference and a finding
// that says no more than the interval does.
#pragma once

#include "bench/evaluation.hpp"
#include "core/value.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::bench {

/// How much worse a number may become: so much of its own unit, or a share of the first value.
struct Allowance {
  double value = 0;
  bool is_share = false;
};

/// "0.01", "5%". Nothing if it is neither, or negative.
std::optional<Allowance> parse_allowance(std::string_view text);
/// 0.01 for qualities (mAP, accuracy ...), 10 % for the rest.
Allowance default_allowance(const std::string& number);

/// By number; "" is for every number without one of its own.
using Allowances = std::map<std::string, Allowance>;

/// Whether more of a number is better; nothing for what is neither good nor bad (windows).
std::optional<bool> is_more_better(const std::string& number);

enum class Finding { no_worse, regression, undecided };
std::string_view finding_name(Finding finding); ///< "no worse", "regression", "undecided"

/// The range that a value lies in with 95 % confidence.
struct Range {
  double low = 0;
  double high = 0;
};

/// One number of two measurements.
struct ComparedNumber {
  std::string name;
  Metric a;
  Metric b;
  std::optional<Range> difference; ///< of b - a; nothing if it is not known
  double allowance = 0;            ///< in the number's own unit, >= 0
  bool is_judged = false;          ///< the whole comparison depends on it
  Finding finding = Finding::undecided;
  std::string reason; ///< why there is no verdict
};

struct Comparison {
  std::string a; ///< what was compared, for people
  std::string b;
  std::string basis; ///< "rows", "paired images"
  std::int64_t images = 0;
  int samples = 0; ///< of the bootstrap; 0: none
  std::uint64_t seed = 0;
  std::vector<ComparedNumber> numbers;
  std::vector<std::string> notes;

  /// Of the numbers that are judged: a regression before undecided before no worse.
  Finding finding() const;
};

/// Range of b - a from the ranges of two independent values: each side is the root of the sum of
/// the squares (Zou and Donner 2008, "MOVER").
Range difference_of(double a, const Range& range_a, double b, const Range& range_b);

/// Sets finding and reason: a regression only if the whole range lies beyond the allowance, no
/// worse only if the whole range lies within it.
void judge(ComparedNumber& number);

/// Judges every number; the verdict of the whole is that of the \p names alone. Numbers that no
/// allowance is for have their default_allowance().
void judge(Comparison& comparison, const std::vector<std::string>& names,
           const Allowances& allowances);

/// A document of schemas/bench.compare.json.
Value to_value(const Comparison& comparison);

} // namespace mlopsctl::bench
