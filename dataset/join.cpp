// SPDX-License-Identifier: Apache-2.0
#include "dataset/join.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mlopsctl::dataset {
namespace {

void merge_into(Sample& target, Sample&& other) {
  // A picture that one job labelled and another did not is a labelled one.
  target.is_labelled = target.is_labelled || other.is_labelled;
  std::move(other.annotations.begin(), other.annotations.end(),
            std::back_inserter(target.annotations));
}

} // namespace

std::optional<OnConflict> on_conflict_from_name(std::string_view name) {
  if (name == "error")
    return OnConflict::error;
  if (name == "first")
    return OnConflict::first;
  if (name == "last")
    return OnConflict::last;
  if (name == "merge")
    return OnConflict::merge;
  return std::nullopt;
}

std::vector<std::string> Joiner::conflicts() const {
  std::vector<std::string> refs;
  for (const auto& [ref, count] : remaining_)
    if (count > 1)
      refs.push_back(ref);
  std::sort(refs.begin(), refs.end());
  return refs;
}

std::optional<Sample> Joiner::take(Sample sample) {
  std::int64_t& remaining = remaining_[sample.ref];
  const auto waiting = waiting_.find(sample.ref);
  if (--remaining == 0 && waiting == waiting_.end())
    return sample; // the only one of its name: nearly all of them
  if (waiting == waiting_.end()) {
    waiting_.emplace(sample.ref, std::move(sample));
    return std::nullopt;
  }
  if (policy_ == OnConflict::last)
    waiting->second = std::move(sample);
  else if (policy_ == OnConflict::merge)
    merge_into(waiting->second, std::move(sample));
  if (remaining > 0)
    return std::nullopt;
  Sample done = std::move(waiting->second);
  waiting_.erase(waiting);
  return done;
}

} // namespace mlopsctl::dataset
