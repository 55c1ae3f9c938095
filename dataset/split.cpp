// SPDX-License-Identifier: Apache-2.0
#include "dataset/split.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <regex>
#include <tuple>

namespace mlopsctl::dataset {
namespace {

constexpr std::size_t k_longest_matched = 1024; // std::regex recurses once a character

/// FNV-1a, then a finaliser: an order of groups that depends on the seed and on nothing else.
std::uint64_t shuffled(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U ^ (seed * 0x9E3779B97F4A7C15U);
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9U;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBU;
  return hash ^ (hash >> 31);
}

/// One quantity to be shared out: all images, or the objects of one class.
struct Quantity {
  std::vector<double> target;
  std::vector<double> given;

  /// How much nearer to the targets \p amount brings part \p part (chi-squared; negative: further
  /// away).
  double gain(std::size_t part, double amount) const {
    const double before = given[part] - target[part];
    const double after = before + amount;
    return target[part] > 0 ? (before * before - after * after) / target[part] : -amount;
  }
};

Quantity quantity(double total, const Ratios& ratios) {
  Quantity made;
  for (const auto& [split, ratio] : ratios) {
    made.target.push_back(total * ratio);
    made.given.push_back(0);
  }
  return made;
}

} // namespace

Ratios parse_ratios(std::string_view text) {
  Ratios ratios;
  double sum = 0;
  for (const auto& part : split(text, ',')) {
    const auto equals = part.find('=');
    const auto name = trim(std::string_view(part).substr(0, equals));
    const auto which = split_from_name(name);
    if (!which)
      throw Error(Fault::usage,
                  "--ratio: '" + printable(name) + "' is no split" +
                      did_you_mean(name, {"train", "validation", "test"}),
                  "write train=0.8,validation=0.1,test=0.1");
    const auto ratio = equals == std::string::npos
                           ? std::nullopt
                           : parse_double(trim(std::string_view(part).substr(equals + 1)));
    if (!ratio || *ratio <= 0)
      throw Error(Fault::usage, "--ratio: '" + printable(part) + "' gives no share > 0",
                  "write train=0.8,validation=0.1,test=0.1");
    for (const auto& [known, unused] : ratios)
      if (known == *which)
        throw Error(Fault::usage,
                    "--ratio: '" + std::string(split_name(known)) + "' is named twice");
    ratios.emplace_back(*which, *ratio);
    sum += *ratio;
  }
  if (std::abs(sum - 1) > 1e-6)
    throw Error(Fault::usage, "--ratio: the shares add up to " + number(sum) + ", not to 1");
  return ratios;
}

struct GroupRule::Impl {
  enum class Kind { source, time, field, regex } kind = Kind::source;
  std::string field;
  double seconds = 0;
  std::regex pattern;
};

GroupRule::GroupRule(std::string_view text) : impl_(std::make_unique<Impl>()) {
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  const std::string value(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  if (kind == "source" && value.empty())
    return;
  if (kind == "time") {
    const auto seconds = parse_duration_s(value);
    if (!seconds)
      throw Error(Fault::usage,
                  "--group-by: '" + printable(value) + "' is not a duration such as 10s");
    impl_->kind = Impl::Kind::time;
    impl_->seconds = *seconds;
  } else if (kind == "field" && !value.empty()) {
    impl_->kind = Impl::Kind::field;
    impl_->field = value;
  } else if (kind == "regex" && !value.empty()) {
    impl_->kind = Impl::Kind::regex;
    try {
      impl_->pattern = std::regex(value, std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error& error) {
      throw Error(Fault::usage, "--group-by: '" + printable(value) +
                                    "' is not a regular expression: " + error.what());
    }
  } else {
    throw Error(Fault::usage,
                "--group-by: '" + printable(text) + "' is no rule" +
                    did_you_mean(kind, {"source", "time", "field", "regex"}),
                "one of source, time:10s, field:NAME, regex:RE");
  }
}

GroupRule::~GroupRule() = default;
GroupRule::GroupRule(GroupRule&&) noexcept = default;
GroupRule& GroupRule::operator=(GroupRule&&) noexcept = default;

std::string GroupRule::group_of(const Sample& sample) const {
  const auto fail = [&](const std::string& text) {
    throw Error(Fault::input, sample.place + ": " + text, "choose another --group-by");
  };
  switch (impl_->kind) {
  case Impl::Kind::source: return sample.group.empty() ? sample.ref : sample.group;
  case Impl::Kind::time:
    if (!sample.time_s)
      fail("has no time in its video (time_s), which --group-by time: needs");
    return sample.group + "@" +
           std::to_string(static_cast<std::int64_t>(std::floor(*sample.time_s / impl_->seconds)));
  case Impl::Kind::field:
    for (const auto& [key, json] : sample.extra)
      if (key == impl_->field)
        return json;
    fail("has no member '" + impl_->field + "'");
    break;
  case Impl::Kind::regex: {
    std::smatch match;
    if (sample.ref.size() > k_longest_matched ||
        !std::regex_search(sample.ref, match, impl_->pattern))
      fail("the regular expression finds nothing in '" + sample.ref + "'");
    return match.size() > 1 ? match[1].str() : match[0].str();
  }
  }
  return sample.ref;
}

void SplitPlan::add(const std::string& group, const Sample& sample) {
  Group& entry = groups_[group];
  ++entry.images;
  if (options_.stratify)
    for (const auto& annotation : sample.annotations)
      ++entry.objects[classes_.add(annotation.label)];
}

std::pair<std::int64_t, std::int64_t> SplitPlan::largest_group() const {
  std::int64_t largest = 0;
  std::int64_t all = 0;
  for (const auto& [name, group] : groups_) {
    largest = std::max(largest, group.images);
    all += group.images;
  }
  return {largest, all};
}

void SplitPlan::assign() {
  // Large groups first, while there is room to choose; equals in an order that only the seed
  // decides.
  struct Entry {
    std::uint64_t order;
    const std::string* name;
    Group* group;
  };
  std::vector<Entry> entries;
  std::vector<std::int64_t> totals(classes_.size(), 0);
  for (auto& [name, group] : groups_) {
    entries.push_back({shuffled(options_.seed, name), &name, &group});
    for (const auto& [label, count] : group.objects)
      totals[static_cast<std::size_t>(label)] += count;
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(b.group->images, a.order, *a.name) <
           std::tie(a.group->images, b.order, *b.name);
  });

  const Ratios& ratios = options_.ratios;
  Quantity images = quantity(static_cast<double>(largest_group().second), ratios);
  std::vector<Quantity> classes;
  classes.reserve(totals.size());
  for (const auto total : totals)
    classes.push_back(quantity(static_cast<double>(total), ratios));
  std::size_t empty_parts = ratios.size();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Group& group = *entries[i].group;
    const bool must_fill =
        entries.size() - i <= empty_parts; // else a part would stay without any group
    std::size_t best = ratios.size();
    double best_gain = 0;
    for (std::size_t part = 0; part < ratios.size(); ++part) {
      if (must_fill && empty_parts > 0 && images.given[part] > 0)
        continue;
      double gain = images.gain(part, static_cast<double>(group.images));
      for (const auto& [label, count] : group.objects)
        gain += classes[static_cast<std::size_t>(label)].gain(part, static_cast<double>(count));
      if (best == ratios.size() || gain > best_gain) {
        best = part;
        best_gain = gain;
      }
    }
    if (!(images.given[best] > 0))
      --empty_parts;
    images.given[best] += static_cast<double>(group.images);
    for (const auto& [label, count] : group.objects)
      classes[static_cast<std::size_t>(label)].given[best] += static_cast<double>(count);
    entries[i].group->split = ratios[best].first;
  }
}

Split SplitPlan::of(const std::string& group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? Split::none : found->second.split;
}

} // namespace mlopsctl::dataset
