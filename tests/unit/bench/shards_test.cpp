// SPDX-License-Identifier: Apache-2.0
#include "bench/shards.hpp"
#include "dataset/shard.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::bench {
namespace {

using testing::HasSubstr;

constexpr int k_count = 3;

/// Forty images; what \p is_missing says has no prediction.
template <class IsMissing> std::string refusal(const IsMissing& is_missing) {
  Truth truth;
  Predictions predictions;
  for (std::int32_t i = 0; i < 40; ++i) {
    truth.images.emplace_back().ref = std::to_string(i) + ".jpg";
    if (is_missing(i, dataset::Shard::index_of(truth.images.back().ref, k_count)))
      predictions.missing.push_back(i);
  }
  return error_of([&] { refuse_missing_shards(k_count, truth, predictions); }, Fault::input);
}

TEST(Shards, WholeOnesAreTaken) {
  EXPECT_EQ(refusal([](int, int) { return false; }), k_no_error);
}

TEST(Shards, OneThatWasNotGivenAndOneThatStopsEarlyAreTold) {
  EXPECT_THAT(refusal([](int, int shard) { return shard == 2; }),
              HasSubstr("shard 2/3 (all of its "));
  int first = -1;
  const auto one = refusal([&](int image, int shard) {
    first = first < 0 && shard == 3 ? image : first;
    return image == first;
  });
  EXPECT_THAT(one, HasSubstr("shard 3/3 (1 of its "));
  EXPECT_THAT(one, HasSubstr("such as '" + std::to_string(first) + ".jpg')"));
}

TEST(Shards, TheSameSliceTwiceIsAMistake) {
  Predictions predictions;
  predictions.left_out.repeated_images = {"a.jpg", "b.jpg"};
  EXPECT_THAT(error_of([&] { refuse_missing_shards(k_count, {}, predictions); }),
              HasSubstr("'a.jpg' and 1 other images have more than one prediction"));
}

} // namespace
} // namespace mlopsctl::bench
