// SPDX-License-Identifier: Apache-2.0
// Against brute force, on data that chance makes and on data made to be hard.
#include "core/error.hpp"
#include "dataset/near_duplicates.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <mutex>
#include <numeric>
#include <random>
#include <tuple>

namespace mlopsctl::dataset {
namespace {

using Pairs = std::vector<std::tuple<std::uint32_t, std::uint32_t, int>>;

struct Collector : PairVisitor {
  void visit(std::uint32_t a, std::uint32_t b, int bits) override {
    const std::lock_guard lock(mutex);
    pairs.emplace_back(std::min(a, b), std::max(a, b), bits);
  }
  bool is_settled(std::span<const std::uint32_t>, std::span<const std::uint32_t>) override {
    return false;
  }
  std::mutex mutex;
  Pairs pairs;
};

Pairs found(const std::vector<Fingerprint>& data, int bits, int jobs) {
  Collector collector;
  near_pairs(data, bits, jobs, collector);
  std::sort(collector.pairs.begin(), collector.pairs.end());
  return collector.pairs;
}

Pairs brute_force(const std::vector<Fingerprint>& data, int bits) {
  Pairs pairs;
  for (std::uint32_t a = 0; a < data.size(); ++a)
    for (std::uint32_t b = a + 1; b < data.size(); ++b)
      if (std::popcount(data[a].across ^ data[b].across) <= bits &&
          std::popcount(data[a].down ^ data[b].down) <= bits)
        pairs.emplace_back(a, b, distance(data[a], data[b]));
  return pairs;
}

std::vector<std::uint32_t> components(std::size_t count, const Pairs& pairs) {
  std::vector<std::uint32_t> label(count);
  std::iota(label.begin(), label.end(), 0U);
  for (bool changed = true; changed;) {
    changed = false;
    for (const auto& [a, b, bits] : pairs) {
      const auto low = std::min(label[a], label[b]);
      changed = changed || label[a] != low || label[b] != low;
      label[a] = label[b] = low;
    }
  }
  return label;
}

/// \p count fingerprints around \p centres, each half with up to \p flips bits turned.
std::vector<Fingerprint> clustered(std::size_t count, std::size_t centres, int flips,
                                   std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<Fingerprint> middle(centres);
  for (auto& m : middle)
    m = {random(), random()};
  std::vector<Fingerprint> data;
  for (std::size_t i = 0; i < count; ++i) {
    Fingerprint f = middle[random() % centres];
    for (int k = 0; k < flips; ++k) {
      f.across ^= std::uint64_t{1} << random() % 64;
      f.down ^= std::uint64_t{1} << random() % 64;
    }
    data.push_back(f);
  }
  return data;
}

void expect_exact(const std::vector<Fingerprint>& data, int bits) {
  const auto truth = brute_force(data, bits);
  EXPECT_EQ(found(data, bits, 1), truth) << bits;
  EXPECT_EQ(found(data, bits, 3), truth) << bits;
  const auto clusters = components(data.size(), truth);
  EXPECT_EQ(near_clusters(data, bits, 1), clusters) << bits;
  EXPECT_EQ(near_clusters(data, bits, 3), clusters) << bits;
}

TEST(NearPairs, AreThoseOfBruteForceAtEveryDistance) {
  const auto data = clustered(600, 20, 7, 1);
  for (int bits = 0; bits <= 12; ++bits)
    expect_exact(data, bits);
  EXPECT_GT(brute_force(data, 10).size(), 100U); // the test tests something
  expect_exact(data, k_max_distance);
}

TEST(NearPairs, FindsWhatIsSpreadEvenlyOverTheQuarters) { // the pigeonhole's hardest case
  std::mt19937_64 random(2);
  std::vector<Fingerprint> data;
  for (int i = 0; i < 200; ++i) {
    const Fingerprint f{random(), 0};
    data.push_back(f);
    std::uint64_t differing = 0; // 3, 3, 2 and 2 bits, or one more
    for (int q = 0; q < 4; ++q)
      for (int k = 0; k < (q < 2 + i % 2 ? 3 : 2);) {
        const auto bit = std::uint64_t{1} << (q * 16 + static_cast<int>(random() % 16));
        k += differing & bit ? 0 : 1;
        differing |= bit;
      }
    data.push_back({f.across ^ differing, 0});
  }
  EXPECT_EQ(found(data, 10, 2).size(), 100U);
  EXPECT_EQ(found(data, 11, 2).size(), 200U);
  expect_exact(data, 10);
}

TEST(NearPairs, BothHalvesCount) {
  const std::vector<Fingerprint> data{{0, 0}, {0, 0x7FF}, {0x3FF, 0x3FF}};
  EXPECT_EQ(found(data, 10, 1), (Pairs{{0, 2, 10}, {1, 2, 10}}));
  EXPECT_EQ(distance(data[0], data[1]), 11);
}

TEST(NearPairs, OneFullBucketIsComparedInTiles) {
  std::vector<Fingerprint> data; // all in one bucket of three quarters: 2^13 words
  for (std::uint64_t i = 0; i < 8192; ++i)
    data.push_back({i << 48, i});
  EXPECT_EQ(found(data, 1, 2).size(), 8192U * 13 / 2);
  EXPECT_EQ(near_clusters(data, 1, 2), std::vector<std::uint32_t>(8192, 0));
  data[5].down = ~std::uint64_t{0}; // one that stands alone
  std::vector<std::uint32_t> expected(8192, 0);
  expected[5] = 5;
  EXPECT_EQ(near_clusters(data, 1, 2), expected);
}

TEST(NearClusters, TakeManyEqualOnesAndNone) {
  EXPECT_EQ(near_clusters(std::vector<Fingerprint>(100'000, {7, 7}), 10, 2),
            std::vector<std::uint32_t>(100'000, 0));
  EXPECT_TRUE(near_clusters({}, 10, 2).empty());
  // A chain holds together although its ends are far apart.
  EXPECT_EQ(near_clusters(std::vector<Fingerprint>{{0, 0}, {0xFF, 0}, {0xFFFF, 0}}, 8, 1),
            (std::vector<std::uint32_t>{0, 0, 0}));
}

TEST(NearPairs, RefuseADistanceThatMeansNothing) {
  Collector collector;
  EXPECT_THROW(near_pairs({}, -1, 1, collector), Error);
  EXPECT_THROW(near_pairs({}, k_max_distance + 1, 1, collector), Error);
}

} // namespace
} // namespace mlopsctl::dataset
