// SPDX-License-Identifier: Apache-2.0
#include "dataset/groups.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <regex>

namespace mlopsctl::dataset {
namespace {

constexpr std::size_t k_longest_matched = 1024; // std::regex recurses once a character
constexpr std::string_view k_near_duplicate = "near-duplicate";
const std::vector<std::string> k_kinds{"source", "time", "field", "regex", "near-duplicate"};

/// At commas, but only where another rule begins: a regular expression has commas of its own.
std::vector<std::string> split_rules(std::string_view text) {
  std::vector<std::string> rules;
  for (auto& part : split(text, ',')) {
    const std::string kind(trim(std::string_view(part).substr(0, part.find(':'))));
    if (rules.empty() || std::find(k_kinds.begin(), k_kinds.end(), kind) != k_kinds.end())
      rules.emplace_back(trim(part));
    else
      rules.back() += "," + part;
  }
  return rules;
}

} // namespace

std::uint64_t shuffled(std::uint64_t seed, std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U ^ (seed * 0x9E3779B97F4A7C15U);
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  hash = (hash ^ (hash >> 30)) * 0xBF58476D1CE4E5B9U;
  hash = (hash ^ (hash >> 27)) * 0x94D049BB133111EBU;
  return hash ^ (hash >> 31);
}

struct GroupRule::Impl {
  enum class Kind { source, reference, time, field, regex } kind = Kind::source;
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
  if (kind == k_near_duplicate && value.empty()) {
    impl_->kind = Impl::Kind::reference; // what looks alike is joined by Grouping
    return;
  }
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
                "--group-by: '" + printable(text) + "' is no rule" + did_you_mean(kind, k_kinds),
                "one of source, time:10s, field:NAME, regex:RE, near-duplicate");
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
  case Impl::Kind::reference: return sample.ref;
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

Grouping::Grouping(std::string_view text) {
  for (const auto& rule : split_rules(text)) {
    needs_pictures_ = needs_pictures_ || rule == k_near_duplicate;
    rules_.emplace_back(rule);
  }
  is_combined_ = rules_.size() > 1 || needs_pictures_;
}

void Grouping::add(const Sample& sample) {
  const auto index = static_cast<std::uint32_t>(parent_.size());
  parent_.push_back(index);
  if (is_combined_)
    refs_.push_back(sample.ref);
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    std::string key = rules_[i].group_of(sample);
    if (rules_.size() > 1)
      key.insert(0, std::to_string(i) + ":");
    const auto [known, is_new] = first_of_.try_emplace(std::move(key), index);
    if (!is_new)
      unite(index, known->second);
  }
}

void Grouping::unite(std::uint32_t a, std::uint32_t b) {
  a = root(a);
  b = root(b);
  parent_[std::max(a, b)] = std::min(a, b);
}

std::uint32_t Grouping::root(std::uint32_t index) {
  while (parent_[index] != index)
    index = parent_[index] = parent_[parent_[index]];
  return index;
}

void Grouping::finish(std::span<const std::uint32_t> clusters) {
  for (std::uint32_t i = 0; i < clusters.size(); ++i)
    unite(i, clusters[i]);
  if (!is_combined_)
    for (const auto& [key, index] : first_of_)
      names_.emplace(index, key);
  first_of_.clear();
  for (std::uint32_t i = 0; i < refs_.size(); ++i) {
    const auto [known, is_new] = names_.try_emplace(root(i), refs_[i]);
    if (!is_new && refs_[i] < known->second) // the order of the samples must not decide
      known->second = refs_[i];
  }
  refs_.clear();
}

const std::string& Grouping::name_of(std::size_t index) {
  return names_.at(root(static_cast<std::uint32_t>(index)));
}

} // namespace mlopsctl::dataset
