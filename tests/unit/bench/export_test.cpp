// SPDX-License-Identifier: Apache-2.0
#include "bench/export.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::bench {
namespace {

storage::BenchmarkRow row(std::int64_t objects, std::vector<storage::NamedNumber> numbers) {
  storage::BenchmarkRow out;
  out.dataset_objects = objects;
  out.numbers = std::move(numbers);
  return out;
}

/// Figures of the older table that this layout stands for.
TEST(Export, SizeAndTimeAreTextsOfTheVeryDoubles) {
  const auto sheet =
      size_time_columns({row(433, {{"seconds", 66.63697910308838}, {"accuracy", 0.5}}),
                         row(3399, {{"accuracy", std::nullopt}})});
  EXPECT_EQ(to_csv(sheet), "size,time,true_prediction\n433,66.63697910308838,50\n3399,,\n");
  EXPECT_EQ(to_json(to_objects(sheet)),
            R"([{"size":"433","time":"66.63697910308838","true_prediction":"50"},)"
            R"({"size":"3399","time":null,"true_prediction":null}])");
}

TEST(Export, AColumnForEachKeyOfAnyRow) {
  const auto sheet = all_columns({row(1, {{"a", 1.5}}), row(2, {{"b", -2.0}, {"a", 0.25}})});
  ASSERT_GE(sheet.columns.size(), 2U);
  EXPECT_EQ(sheet.columns[sheet.columns.size() - 2], "a");
  EXPECT_EQ(sheet.columns.back(), "b");
  ASSERT_EQ(sheet.rows[0].size(), sheet.columns.size());
  EXPECT_TRUE(sheet.rows[0].back().is_null());
  EXPECT_EQ(sheet.rows[1].back().real, -2.0);
}

TEST(Export, FormulasAndSeparatorsStayText) {
  const Sheet sheet{{"a", "b"}, {{"=1+1", "x,\"y\"\n"}, {"@cmd", "-5"}, {-5.0, "+a"}}};
  EXPECT_EQ(to_csv(sheet), "a,b\n'=1+1,\"x,\"\"y\"\"\n\"\n'@cmd,-5\n-5,'+a\n");
}

} // namespace
} // namespace mlopsctl::bench
