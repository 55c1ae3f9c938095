// SPDX-License-Identifier: Apache-2.0
#include "dataset/near_duplicates.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <functional>
#include <limits>
#include <mutex>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

namespace mlopsctl::dataset {
namespace {

constexpr int k_quarters = 4;
constexpr int k_quarter_bits = 16;
constexpr std::size_t k_buckets = 1U << k_quarter_bits;
constexpr std::size_t k_buckets_a_unit = 512;
constexpr std::size_t k_tile = 2048;             // entries compared with another tile at a time
constexpr std::size_t k_heavy = k_tile * k_tile; // comparisons: from here on in tiles
constexpr std::size_t k_tiles_a_unit = 16;

using Found = std::vector<std::pair<std::uint32_t, std::uint32_t>>; // places in two buckets

/// Places (i of \p a, j of \p b) whose words differ in at most \p bits.
using Compare = void (*)(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b,
                         int bits, Found& found);

[[gnu::always_inline]] inline void compare_words(std::span<const std::uint64_t> a,
                                                 std::span<const std::uint64_t> b, int bits,
                                                 Found& found) {
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < b.size(); ++j)
      if (std::popcount(a[i] ^ b[j]) <= bits) [[unlikely]]
        found.emplace_back(static_cast<std::uint32_t>(i), static_cast<std::uint32_t>(j));
}

void compare_anywhere(std::span<const std::uint64_t> a, std::span<const std::uint64_t> b, int bits,
                      Found& found) {
  compare_words(a, b, bits, found);
}

#if defined(__x86_64__) && defined(__GNUC__)
// Without the target the compiler counts bits by a table; not every x86-64 has the instruction.
__attribute__((target("popcnt"))) void compare_popcnt(std::span<const std::uint64_t> a,
                                                      std::span<const std::uint64_t> b, int bits,
                                                      Found& found) {
  compare_words(a, b, bits, found);
}

Compare best_compare() {
  return __builtin_cpu_supports("popcnt") ? compare_popcnt : compare_anywhere;
}
#else
Compare best_compare() {
  return compare_anywhere;
}
#endif

int quarter(std::uint64_t word, int which) {
  return static_cast<int>(word >> (which * k_quarter_bits) & (k_buckets - 1));
}

/// Bits by which quarter i may differ. If every quarter differed in more, that is in at least
/// limit + 1, all together would differ in the sum of limits + 4 > distance. -1: the others
/// suffice.
std::array<int, k_quarters> quarter_limits(int distance_bits) {
  std::array<int, k_quarters> limits{};
  const int sum = distance_bits - k_quarters + 1;
  int left = sum + k_quarters; // shares of limit + 1
  for (int i = 0; i < k_quarters; ++i) {
    const int share = (left + k_quarters - 1 - i) / (k_quarters - i);
    limits[static_cast<std::size_t>(i)] = share - 1;
    left -= share;
  }
  return limits;
}

/// Every 16-bit word with at most \p bits bits, those with fewer first.
std::vector<std::uint32_t> masks(int bits) {
  std::vector<std::uint32_t> list;
  for (int count = 0; count <= bits; ++count)
    for (std::uint32_t word = 0; word < k_buckets; ++word)
      if (std::popcount(word) == count)
        list.push_back(word);
  return list;
}

/// Fingerprints in the order of one quarter of their first half.
struct Buckets {
  std::vector<std::uint32_t> first; // place of the first entry of a bucket; one more at the end
  std::vector<std::uint32_t> index; // of the fingerprint at a place
  std::vector<std::uint64_t> word;

  std::span<const std::uint32_t> indices(std::size_t from, std::size_t to) const {
    return std::span(index).subspan(from, to - from);
  }
  std::span<const std::uint64_t> words(std::size_t from, std::size_t to) const {
    return std::span(word).subspan(from, to - from);
  }
};

/// \param order the fingerprints by their words, so that those alike lie near each other in a
/// bucket.
Buckets fill_buckets(std::span<const Fingerprint> fingerprints,
                     const std::vector<std::uint32_t>& order, int which) {
  Buckets buckets;
  buckets.first.assign(k_buckets + 1, 0);
  for (const auto& fingerprint : fingerprints)
    ++buckets.first[static_cast<std::size_t>(quarter(fingerprint.across, which)) + 1];
  std::partial_sum(buckets.first.begin(), buckets.first.end(), buckets.first.begin());
  std::vector<std::uint32_t> next(buckets.first.begin(), buckets.first.end() - 1);
  buckets.index.resize(fingerprints.size());
  buckets.word.resize(fingerprints.size());
  for (const auto index : order) {
    const std::uint64_t word = fingerprints[index].across;
    const auto place = next[static_cast<std::size_t>(quarter(word, which))]++;
    buckets.index[place] = index;
    buckets.word[place] = word;
  }
  return buckets;
}

struct Range {
  std::size_t from = 0;
  std::size_t to = 0;
};

/// One pass over the buckets of one quarter.
class Pass {
public:
  Pass(std::span<const Fingerprint> fingerprints, int distance_bits, int which,
       const std::array<int, k_quarters>& limits, Buckets buckets, PairVisitor& visitor)
      : fingerprints_(fingerprints), distance_(distance_bits), which_(which), limits_(limits),
        buckets_(std::move(buckets)), masks_(masks(limits[static_cast<std::size_t>(which)])),
        compare_(best_compare()), visitor_(visitor) {}

  void run(int jobs) {
    in_parallel(jobs, k_buckets / k_buckets_a_unit, [this](std::size_t unit) {
      Found found;
      for (std::size_t bucket = unit * k_buckets_a_unit; bucket < (unit + 1) * k_buckets_a_unit;
           ++bucket)
        join_bucket(bucket, found);
    });
    // Threads found them in any order; those within a bucket first, as they settle the most.
    std::sort(heavy_.begin(), heavy_.end(), [](const auto& a, const auto& b) {
      return std::tuple(a.first ^ a.second, a.first) < std::tuple(b.first ^ b.second, b.first);
    });
    for (const auto& [bucket, partner] : heavy_)
      join_heavy(jobs, range_of(bucket), range_of(partner));
  }

private:
  using Tiles = std::pair<Range, Range>;

  static void in_parallel(int jobs, std::size_t units,
                          const std::function<void(std::size_t)>& work) {
    std::size_t next = 0;
    ordered_parallel<std::size_t, int>(
        jobs,
        [&]() -> std::optional<std::size_t> {
          check_interrupt();
          return next < units ? std::optional(next++) : std::nullopt;
        },
        [&](std::size_t&& unit) {
          work(unit);
          return 0;
        },
        [](int&&) {});
  }

  Range range_of(std::size_t bucket) const {
    return {buckets_.first[bucket], buckets_.first[bucket + 1]};
  }

  void join_bucket(std::size_t bucket, Found& found) {
    const Range a = range_of(bucket);
    if (a.from == a.to)
      return;
    for (const auto mask : masks_) {
      const std::size_t partner = bucket ^ mask;
      if (partner < bucket)
        continue; // done from the other side
      const Range b = range_of(partner);
      if ((a.to - a.from) * (b.to - b.from) <= k_heavy) {
        join(a, b, found);
        continue;
      }
      const std::lock_guard lock(mutex_);
      heavy_.emplace_back(bucket, partner);
    }
  }

  void join(Range a, Range b, Found& found) {
    found.clear();
    compare_(buckets_.words(a.from, a.to), buckets_.words(b.from, b.to), distance_, found);
    for (const auto& [i, j] : found) {
      if (a.from == b.from && i >= j)
        continue; // itself, or the same pair from the other side
      const std::uint64_t differing = buckets_.word[a.from + i] ^ buckets_.word[b.from + j];
      if (is_found_earlier(differing))
        continue;
      const auto one = buckets_.index[a.from + i];
      const auto other = buckets_.index[b.from + j];
      const int bits = dataset::distance(fingerprints_[one], fingerprints_[other]);
      if (bits <= distance_)
        visitor_.visit(one, other, bits);
    }
  }

  bool is_found_earlier(std::uint64_t differing) const {
    for (int i = 0; i < which_; ++i)
      if (std::popcount(static_cast<std::uint32_t>(quarter(differing, i))) <=
          limits_[static_cast<std::size_t>(i)])
        return true;
    return false;
  }

  void join_heavy(int jobs, Range a, Range b) {
    std::vector<Tiles> tiles;
    for (std::size_t i = a.from; i < a.to; i += k_tile)
      for (std::size_t j = a.from == b.from ? i : b.from; j < b.to; j += k_tile)
        tiles.emplace_back(Range{i, std::min(i + k_tile, a.to)},
                           Range{j, std::min(j + k_tile, b.to)});
    // Neighbours first: they are alike, and what they settle need not be compared again.
    std::stable_sort(tiles.begin(), tiles.end(), [&](const Tiles& x, const Tiles& y) {
      const auto apart = [&](const Tiles& t) {
        const auto i = t.first.from - a.from, j = t.second.from - b.from;
        return i < j ? j - i : i - j;
      };
      return apart(x) < apart(y);
    });
    const std::size_t units = (tiles.size() + k_tiles_a_unit - 1) / k_tiles_a_unit;
    in_parallel(jobs, units, [&](std::size_t unit) {
      Found found;
      for (std::size_t t = unit * k_tiles_a_unit;
           t < std::min((unit + 1) * k_tiles_a_unit, tiles.size()); ++t) {
        const auto& [x, y] = tiles[t];
        if (!visitor_.is_settled(buckets_.indices(x.from, x.to), buckets_.indices(y.from, y.to)))
          join(x, y, found);
      }
    });
  }

  std::span<const Fingerprint> fingerprints_;
  int distance_;
  int which_;
  std::array<int, k_quarters> limits_;
  Buckets buckets_;
  std::vector<std::uint32_t> masks_;
  Compare compare_;
  PairVisitor& visitor_;
  std::mutex mutex_;
  std::vector<std::pair<std::size_t, std::size_t>> heavy_;
};

/// Connected components that threads may join at once; the root is the smallest index, so that the
/// result does not depend on the order of joining.
class Components : public PairVisitor {
public:
  explicit Components(std::size_t count) : parent_(count) {
    for (std::size_t i = 0; i < count; ++i)
      parent_[i].store(static_cast<std::uint32_t>(i), std::memory_order_relaxed);
  }

  std::uint32_t root(std::uint32_t index) {
    for (;;) {
      std::uint32_t up = parent_[index].load(std::memory_order_relaxed);
      if (up == index)
        return index;
      const std::uint32_t above = parent_[up].load(std::memory_order_relaxed);
      if (above != up) // halves the path; another thread may have done better meanwhile
        parent_[index].compare_exchange_weak(up, above, std::memory_order_relaxed);
      index = above;
    }
  }

  void visit(std::uint32_t a, std::uint32_t b, int) override {
    for (;;) {
      a = root(a);
      b = root(b);
      if (a == b)
        return;
      if (a < b)
        std::swap(a, b);
      std::uint32_t expected = a; // still a root?
      if (parent_[a].compare_exchange_strong(expected, b, std::memory_order_relaxed))
        return;
    }
  }

  bool is_settled(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) override {
    const auto first = root(a.front());
    const auto same = [&](std::uint32_t index) { return root(index) == first; };
    return std::all_of(a.begin(), a.end(), same) && std::all_of(b.begin(), b.end(), same);
  }

private:
  std::vector<std::atomic<std::uint32_t>> parent_;
};

std::vector<std::uint32_t> sorted_indices(std::span<const Fingerprint> fingerprints) {
  std::vector<std::uint32_t> order(fingerprints.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(fingerprints[a], a) < std::tie(fingerprints[b], b);
  });
  return order;
}

} // namespace

int distance(const Fingerprint& a, const Fingerprint& b) {
  return std::max(std::popcount(a.across ^ b.across), std::popcount(a.down ^ b.down));
}

void near_pairs(std::span<const Fingerprint> fingerprints, int distance_bits, int jobs,
                PairVisitor& visitor) {
  if (distance_bits < 0 || distance_bits > k_max_distance)
    throw Error(Fault::usage, "distance " + std::to_string(distance_bits) + " is not from 0 to " +
                                  std::to_string(k_max_distance) + " bits");
  if (fingerprints.size() > std::size_t{1} << 31)
    throw Error(Fault::input, std::to_string(fingerprints.size()) + " fingerprints are too many");
  const auto order = sorted_indices(fingerprints);
  const auto limits = quarter_limits(distance_bits);
  for (int which = 0; which < k_quarters; ++which)
    if (limits[static_cast<std::size_t>(which)] >= 0)
      Pass(fingerprints, distance_bits, which, limits, fill_buckets(fingerprints, order, which),
           visitor)
          .run(jobs);
}

std::vector<std::uint32_t> near_clusters(std::span<const Fingerprint> fingerprints,
                                         int distance_bits, int jobs) {
  // The same fingerprint is compared once, however often it occurs.
  const auto order = sorted_indices(fingerprints);
  std::vector<Fingerprint> unique;
  std::vector<std::uint32_t> unique_of(fingerprints.size());
  for (const auto index : order) {
    if (unique.empty() || unique.back() != fingerprints[index])
      unique.push_back(fingerprints[index]);
    unique_of[index] = static_cast<std::uint32_t>(unique.size() - 1);
  }
  Components components(unique.size());
  near_pairs(unique, distance_bits, jobs, components);
  constexpr auto k_none = std::numeric_limits<std::uint32_t>::max();
  std::vector<std::uint32_t> smallest(unique.size(), k_none);
  std::vector<std::uint32_t> clusters(fingerprints.size());
  for (std::size_t i = 0; i < fingerprints.size(); ++i) {
    auto& first = smallest[components.root(unique_of[i])];
    first = first == k_none ? static_cast<std::uint32_t>(i) : first;
    clusters[i] = first;
  }
  return clusters;
}

} // namespace mlopsctl::dataset
