// SPDX-License-Identifier: Apache-2.0
#include "dataset/pick.hpp"

#include "core/digest.hpp"

#include <set>

namespace mlopsctl::dataset {

std::optional<PickRule> pick_rule_from_name(std::string_view name) {
  if (name == "random")
    return PickRule::random;
  if (name == "first")
    return PickRule::first;
  return name == "per-class" ? std::optional(PickRule::per_class) : std::nullopt;
}

void Picker::offer(Bucket& bucket, std::size_t limit, const std::string& rank,
                   const Sample& sample) {
  if (limit == 0 || (bucket.size() >= limit && rank >= bucket.rbegin()->first))
    return;
  bucket.emplace(rank, std::pair(count_, sample));
  if (bucket.size() > limit)
    bucket.erase(std::prev(bucket.end()));
}

void Picker::add(const Sample& sample, bool has_problem) {
  ++count_;
  std::string rank = std::to_string(1'000'000'000'000 + count_); // as text in the order of numbers
  if (rule_ != PickRule::first)
    rank = sha256(std::to_string(seed_) + "\n" + sample.ref) + rank;
  if (has_problem)
    offer(with_problem_, (limit_ + 1) / 2, rank, sample);
  if (rule_ != PickRule::per_class)
    return offer(buckets_[""], limit_, rank, sample);
  std::set<std::string> labels;
  for (const auto& annotation : sample.annotations)
    labels.insert(annotation.label);
  for (const auto& image_class : sample.classes)
    labels.insert(image_class.label);
  for (const auto& label : labels)
    offer(buckets_[label], limit_, rank, sample);
}

std::vector<Sample> Picker::take() {
  std::map<std::int64_t, Sample> chosen; // by the order in which they came
  for (auto& [rank, entry] : with_problem_)
    chosen.emplace(entry.first, std::move(entry.second));
  // one of each bucket in turn, until the limit is reached or all are empty
  std::vector<std::pair<Bucket::iterator, Bucket::iterator>> turns;
  for (auto& [label, bucket] : buckets_)
    turns.emplace_back(bucket.begin(), bucket.end());
  for (bool is_more = true; is_more && chosen.size() < limit_;) {
    is_more = false;
    for (auto& [next, end] : turns) {
      if (next == end || chosen.size() >= limit_)
        continue;
      chosen.emplace(next->second.first, std::move(next->second.second));
      ++next;
      is_more = true;
    }
  }
  std::vector<Sample> samples;
  for (auto& [position, sample] : chosen)
    samples.push_back(std::move(sample));
  return samples;
}

} // namespace mlopsctl::dataset
