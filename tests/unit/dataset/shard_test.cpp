// SPDX-License-Identifier: Apache-2.0
#include "dataset/shard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mlopsctl::dataset {
namespace {

TEST(Shard, EveryReferenceIsInExactlyOne) {
  constexpr int k_count = 7;
  for (int i = 0; i < 200; ++i) {
    const std::string ref = "frames/" + std::to_string(i) + ".jpg";
    int found = 0;
    for (int index = 1; index <= k_count; ++index)
      found += Shard{index, k_count}.has(ref) ? 1 : 0;
    EXPECT_EQ(found, 1) << ref;
  }
}

TEST(Shard, StaysWhereItWas) { // another version must not move what machines have begun
  EXPECT_EQ(Shard::index_of("a.jpg", 8), 4);
  EXPECT_EQ(Shard::index_of("b.jpg", 8), 6);
  EXPECT_TRUE(Shard().has("a.jpg")) << "one slice is the whole";
}

} // namespace
} // namespace mlopsctl::dataset
