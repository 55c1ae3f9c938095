// SPDX-License-Identifier: Apache-2.0
#include "capture/session.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <set>
#include <utility>

namespace mlopsctl::capture {

void check_session(const SessionOptions& options) {
  constexpr std::size_t k_most_classes = 10'000, k_most_bytes = 200;
  constexpr std::int64_t k_most_frames = 1'000'000;
  constexpr double k_longest_s = 3600;
  if (options.classes.size() > k_most_classes)
    throw Error(Fault::usage, "--classes: " + std::to_string(options.classes.size()) +
                                  " classes, at most " + std::to_string(k_most_classes));
  std::set<std::string> seen;
  for (const auto& label : options.classes) {
    if (label.empty() || label.size() > k_most_bytes || printable(label) != label)
      throw Error(Fault::usage, "'" + printable(label) + "' is no name of a class",
                  "1 to 200 bytes of printable text");
    if (!seen.insert(label).second)
      throw Error(Fault::usage, "--classes: '" + label + "' is there twice");
  }
  if (options.per_class && (*options.per_class < 1 || *options.per_class > k_most_frames))
    throw Error(Fault::usage, "--per-class: " + std::to_string(*options.per_class) +
                                  " is not from 1 to " + std::to_string(k_most_frames));
  if (options.countdown_s && !(*options.countdown_s >= 0 && *options.countdown_s <= k_longest_s))
    throw Error(Fault::usage, "--countdown: " + number(*options.countdown_s) + " s is not up to " +
                                  number(k_longest_s) + " s");
}

Session::Session(const SessionOptions& options, double countdown_s, Counts counts)
    : options_(options), countdown_s_(countdown_s), counts_(std::move(counts)),
      begin_s_(countdown_s) {
  for (const auto& label : options_.classes)
    counts_.try_emplace(label, 0);
  skip_full();
}

void Session::skip_full() {
  while (!is_full() && options_.per_class && counts_[label()] >= *options_.per_class)
    ++class_;
}

void Session::tell(double countdown_s, bool is_full) const {
  if (options_.on_state)
    options_.on_state({label(), counts_.at(label()), countdown_s, is_full});
}

bool Session::admits(double time_s) {
  if (is_full())
    return false;
  constexpr double k_rounding_s = 1e-6;
  last_s_ = time_s;
  const double left_s = begin_s_ - time_s;
  const bool is_counting = left_s > k_rounding_s;
  tell(is_counting ? left_s : 0);
  return !is_counting;
}

void Session::add_kept() {
  const auto count = ++counts_[label()];
  if (!options_.per_class || count < *options_.per_class)
    return;
  tell(0, true);
  skip_full();
  begin_s_ = last_s_ + countdown_s_;
}

} // namespace mlopsctl::capture
