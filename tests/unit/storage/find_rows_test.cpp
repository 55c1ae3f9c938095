// SPDX-License-Identifier: Apache-2.0
#include "storage/find_rows.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::storage {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Rows in memory, with ids that are told from each other by their first digits.
class ListTable final : public BenchmarkTable {
public:
  bool contains(const BenchmarkRow&) override { return false; }
  std::int64_t append(const std::vector<BenchmarkRow>& rows) override {
    rows_.insert(rows_.end(), rows.begin(), rows.end());
    return static_cast<std::int64_t>(rows.size());
  }
  std::vector<BenchmarkRow> rows(const BenchmarkQuery& query) override {
    std::vector<BenchmarkRow> found;
    for (const auto& row : rows_)
      if ((query.tag.empty() || row.tag == query.tag) && row.id.substr(7).starts_with(query.id))
        found.push_back(row);
    return found;
  }

private:
  std::vector<BenchmarkRow> rows_;
};

class FindRows : public testing::Test {
protected:
  void add(const std::string& digits, const std::string& tag) {
    BenchmarkRow row;
    row.id = "sha256:" + digits;
    row.tag = tag;
    table_.append({row});
  }
  /// Their ids without "sha256:".
  std::vector<std::string> found(const std::string& name) {
    std::vector<std::string> ids;
    for (const auto& row : find_rows(table_, "t", name))
      ids.push_back(row.id.substr(7));
    return ids;
  }
  std::string refusal(const std::string& name) {
    return error_of([&] { found(name); }, Fault::input);
  }

  ListTable table_;
};

TEST_F(FindRows, ATableWithoutRowsHasNoLatest) {
  EXPECT_EQ(refusal("latest"), "t: has no row yet");
}

TEST_F(FindRows, TagsAndLatestCountFromTheNewest) {
  add("aaaa1", "nightly");
  add("bbbb2", "other");
  add("cccc3", "nightly");
  EXPECT_THAT(found("latest"), ElementsAre("cccc3", "bbbb2", "aaaa1"));
  EXPECT_THAT(found("latest~1"), ElementsAre("bbbb2", "aaaa1"));
  EXPECT_THAT(found("nightly"), ElementsAre("cccc3", "aaaa1"));
  EXPECT_THAT(found("nightly~1"), ElementsAre("aaaa1"));
  EXPECT_EQ(refusal("nightly~2"), "t: 'nightly~2': there are only 2 such rows");
}

TEST_F(FindRows, ATagGoesBeforeWhatItsNameMayMean) {
  add("aaaa1", "v~1");
  add("bbbb2", "v");
  add("cccc3", "aaaa1");
  EXPECT_THAT(found("v~1"), ElementsAre("aaaa1"));
  EXPECT_THAT(found("aaaa1"), ElementsAre("cccc3"));
}

TEST_F(FindRows, AnIdMayBeShortButNotOfTwo) {
  add("aaaa1", "");
  add("aaaa2", "first");
  EXPECT_THAT(found("aaaa2"), ElementsAre("aaaa2"));
  EXPECT_THAT(found("sha256:aaaa1"), ElementsAre("aaaa1"));
  EXPECT_EQ(refusal("aaaa"), "t: id 'aaaa' is the beginning of 2 rows");
  EXPECT_THAT(refusal("aaa"), HasSubstr("no row with the id or tag 'aaa'"));
  EXPECT_THAT(refusal("frist"), HasSubstr("did you mean 'first'?"));
}

} // namespace
} // namespace mlopsctl::storage
