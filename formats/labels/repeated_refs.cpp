// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/repeated_refs.hpp"

#include <algorithm>
#include <bit>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_held = 2048; // of each bucket: 8 MB together
constexpr unsigned k_bucket_shift = 64 - 8;
constexpr std::size_t k_max_repeats = 1'000'000; // far more than anybody will be told

} // namespace

void RepeatedRefs::add(std::uint64_t hash, std::int64_t line) {
  Bucket& bucket = buckets_[hash >> k_bucket_shift];
  bucket.held.push_back({hash, line});
  if (bucket.held.size() < k_held)
    return;
  if (!spool_)
    spool_ = create_spool();
  bucket.spilled.push_back(spool_->size_bytes());
  spool_->write({reinterpret_cast<const char*>(bucket.held.data()), k_held * sizeof(Entry)});
  bucket.held.clear();
}

void RepeatedRefs::clear() {
  for (auto& bucket : buckets_) {
    bucket.held.clear();
    bucket.spilled.clear();
  }
  spool_.reset();
}

std::vector<RepeatedRefs::Repeat> RepeatedRefs::repeats() {
  std::vector<Repeat> found;
  std::vector<Entry> entries; // of one bucket, by line
  std::vector<std::uint32_t> slots;
  for (const auto& bucket : buckets_) {
    entries.resize(bucket.spilled.size() * k_held);
    for (std::size_t i = 0; i < bucket.spilled.size(); ++i)
      spool_->read_at(bucket.spilled[i], {reinterpret_cast<char*>(entries.data() + i * k_held),
                                          k_held * sizeof(Entry)});
    entries.insert(entries.end(), bucket.held.begin(), bucket.held.end());
    // Open addressing, small enough for the cache: position in entries + 1, 0 is free.
    slots.assign(std::bit_ceil(2 * entries.size() + 1), 0);
    for (std::uint32_t i = 0; i < entries.size(); ++i) {
      std::size_t slot = entries[i].hash & (slots.size() - 1);
      while (slots[slot] != 0 && entries[slots[slot] - 1].hash != entries[i].hash)
        slot = (slot + 1) & (slots.size() - 1);
      if (slots[slot] == 0)
        slots[slot] = i + 1;
      else if (found.size() < k_max_repeats)
        found.push_back({entries[i].line, entries[slots[slot] - 1].line});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const Repeat& a, const Repeat& b) { return a.line < b.line; });
  return found;
}

} // namespace mlopsctl::formats
