// SPDX-License-Identifier: Apache-2.0
#include "dataset/sample.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::dataset {
namespace {

TEST(ClassMap, NamesAreFoundAmongFewAndMany) {
  ClassMap added;
  for (int i = 0; i < 100; ++i) {
    const std::string name = "class " + std::to_string(i);
    EXPECT_FALSE(added.find(name));
    EXPECT_EQ(added.add(name), i);
    EXPECT_EQ(added.add(name), i);
    EXPECT_EQ(added.find("class 0"), 0);
    EXPECT_EQ(added.find(name), i);
  }
  EXPECT_EQ(added.size(), 100U);
  const ClassMap given(added.names());
  EXPECT_EQ(given.find("class 99"), 99);
  EXPECT_FALSE(given.find("class 100"));
}

TEST(ClassMap, OfANameThatStandsTwiceTheFirstCounts) {
  for (const std::size_t count : {3U, 30U}) {
    std::vector<std::string> names(count, "twice");
    names.front() = "once";
    EXPECT_EQ(ClassMap(names).find("twice"), 1);
  }
}

} // namespace
} // namespace mlopsctl::dataset
