// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/io.hpp"
#include "storage/benchmark_table.hpp"
#include "storage/sqlite.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <sys/wait.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mlopsctl::storage {
namespace {

using ::testing::HasSubstr;

class BenchmarkTableTest : public ::testing::Test {
protected:
  void SetUp() override {
    std::string folder = (fs::temp_directory_path() / "mlopsctl-table-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
    path_ = folder_ + "/bench.db";
  }
  void TearDown() override { fs::remove_all(folder_); }

  static BenchmarkRow row(int number, const std::string& tag = "") {
    BenchmarkRow row;
    row.time = "2026-11-20T22:58:00.000Z";
    row.tag = tag;
    row.model_name = "m" + std::to_string(number % 2);
    row.overrides = {"decoder.score_threshold=0.5"};
    row.dataset_images = number;
    row.dataset_objects = 433;
    row.memory_bytes = std::int64_t{1} << 40;
    row.is_container = true;
    row.numbers = {{"map_50", 0.5180000000000001}, {"map_small", std::nullopt}, {"seconds", 66.5}};
    seal(row);
    return row;
  }

  std::string refusal(const std::string& url, TableAccess access) {
    return error_and_hint_of([&] { open_benchmark_table(url, access); });
  }

  std::string folder_;
  std::string path_;
};

TEST(BenchmarkRow, GoesThereAndBack) {
  BenchmarkRow row;
  row.tag = "n\u00e4chtlich";
  row.overrides = {"a=b", "c=d"};
  row.threads = 2;
  row.seed = 7;
  row.is_container = true;
  row.numbers = {{"map_50", 0.1}, {"ar_small", std::nullopt}, {"timed_images", 100.0}};
  seal(row);
  const auto back = benchmark_row_from(parse_json(to_json(to_value(row)), "row"), "row");
  EXPECT_EQ(to_json(to_value(back)), to_json(to_value(row)));
  EXPECT_EQ(back.numbers, row.numbers);
  EXPECT_EQ(find_number(back, "ar_small")->second, std::nullopt) << "there, but undefined";
  EXPECT_FALSE(find_number(back, "map_51"));
}

TEST(BenchmarkRow, TheIdFollowsTheContent) {
  BenchmarkRow a;
  BenchmarkRow b;
  seal(a);
  seal(b);
  EXPECT_EQ(a.id, b.id);
  b.numbers = {{"map_50", 0.5}};
  seal(b);
  EXPECT_NE(a.id, b.id);
}

TEST(BenchmarkRow, TheIdMayFollowWhatAskedForIt) {
  BenchmarkRow a;
  BenchmarkRow b;
  b.numbers = {{"map_50", 0.5}};
  seal_for(a, "event");
  seal_for(b, "event");
  EXPECT_EQ(a.id, b.id);
  seal_for(b, "another");
  EXPECT_NE(a.id, b.id);
  b.dataset_digest = "sha256:2";
  seal_for(b, "event");
  EXPECT_NE(a.id, b.id);
}

TEST(BenchmarkRow, ANewerRowIsRefused) {
  EXPECT_THROW(benchmark_row_from(parse_json(R"({"schema_version":2})", "x"), "x"), Error);
  EXPECT_THROW(benchmark_row_from(parse_json("{}", "x"), "x"), Error);
  EXPECT_THROW(benchmark_row_from(parse_json(R"({"schema_version":1,"tag":5})", "x"), "x"), Error);
}

TEST_F(BenchmarkTableTest, KeepsRowsInOrderAndFindsThem) {
  const auto table = open_benchmark_table(path_, TableAccess::append);
  EXPECT_EQ(table->append({row(1), row(2, "nightly"), row(3)}), 3);
  EXPECT_EQ(table->append({row(2, "nightly")}), 0) << "the same row again";
  EXPECT_TRUE(table->contains(row(3)));
  EXPECT_FALSE(table->contains(row(4)));
  const auto reader = open_benchmark_table("sqlite:" + path_, TableAccess::read);
  const auto all = reader->rows();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(to_json(to_value(all[0])), to_json(to_value(row(1))));
  EXPECT_EQ(reader->rows({.tag = "nightly"}).size(), 1U);
  EXPECT_EQ(reader->rows({.model_name = "m1"}).size(), 2U);
  EXPECT_EQ(reader->rows({.id = all[2].id.substr(7, 8)}).size(), 1U);
  const auto last = reader->rows({.last = 2});
  ASSERT_EQ(last.size(), 2U);
  EXPECT_EQ(last[0].dataset_images, 2) << "the newest two, the older of them first";
  EXPECT_TRUE(reader->rows({.tag = "it's"}).empty());
}

TEST_F(BenchmarkTableTest, OlderLayoutIsAView) {
  open_benchmark_table(path_, TableAccess::append)->append({row(1)});
  Sqlite db(path_, Sqlite::Mode::read);
  Statement select(db, "SELECT size, time, true_prediction FROM benchmark");
  ASSERT_TRUE(select.step());
  EXPECT_EQ(select.text(0), "433");
  EXPECT_EQ(select.text(1), "66.5");
  EXPECT_EQ(select.text(2), "") << "a detection row has no percentage of right classes";
  EXPECT_EQ(db.number("SELECT 1000 * map_50 FROM results"), 518);
}

TEST_F(BenchmarkTableTest, RefusesWhatIsNoTable) {
  EXPECT_THAT(refusal(path_, TableAccess::read), HasSubstr("there is no such table"));
  EXPECT_THAT(refusal(folder_ + "/no/bench.db", TableAccess::append),
              HasSubstr("there is no folder"));
  EXPECT_THAT(refusal(folder_, TableAccess::append), HasSubstr("is a folder"));
  EXPECT_THAT(refusal("postgres://benchmark", TableAccess::append),
              HasSubstr("this build has no 'postgres' tables, only SQLite files and DynamoDB"));
  write_file(path_, std::string(200, 'x'), Existing::refuse);
  EXPECT_THAT(refusal(path_, TableAccess::append), HasSubstr(path_ + ": "));
  EXPECT_THAT(refusal(path_, TableAccess::append), HasSubstr("file is not a database"));
  EXPECT_THAT(refusal(path_, TableAccess::read), HasSubstr("file is not a database"));
  EXPECT_EQ(read_file(path_, 1000), std::string(200, 'x')) << "untouched";
}

TEST_F(BenchmarkTableTest, RefusesOtherDatabasesAndNewerTables) {
  const std::string other = folder_ + "/other.db";
  Sqlite(other, Sqlite::Mode::create).run("CREATE TABLE t (x)");
  EXPECT_THAT(refusal(other, TableAccess::append), HasSubstr("not a benchmark table"));
  EXPECT_THAT(refusal(other, TableAccess::read), HasSubstr("not a benchmark table"));
  open_benchmark_table(path_, TableAccess::append);
  Sqlite(path_, Sqlite::Mode::write).run("PRAGMA user_version=2");
  EXPECT_THAT(refusal(path_, TableAccess::append), HasSubstr("version 2"));
  EXPECT_THAT(refusal(path_, TableAccess::read), HasSubstr("use a newer mlopsctl"));
}

TEST_F(BenchmarkTableTest, EightWritersLoseNothing) {
  constexpr int k_writers = 8;
  constexpr int k_rows = 12;
  std::vector<pid_t> children;
  for (int writer = 0; writer < k_writers; ++writer) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      int code = 0;
      try { // every writer makes the table if it is the first one there
        for (int i = 0; i < k_rows; ++i)
          open_benchmark_table(path_, TableAccess::append)
              ->append({row(1000 * writer + i), row(1000 * writer + 500 + i)});
      } catch (const std::exception& error) {
        std::fprintf(stderr, "writer: %s\n", error.what());
        code = 1;
      }
      _exit(code);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  std::set<std::string> ids;
  for (const auto& entry : open_benchmark_table(path_, TableAccess::read)->rows())
    ids.insert(entry.id);
  EXPECT_EQ(ids.size(), 2U * k_writers * k_rows);
}

TEST_F(BenchmarkTableTest, KilledWritersLeaveWholeTransactions) {
  open_benchmark_table(path_, TableAccess::append);
  for (int round = 0; round < 12; ++round) {
    int ready[2];
    ASSERT_EQ(pipe(ready), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto table = open_benchmark_table(path_, TableAccess::append);
      for (int i = 0;; i += 2) {
        table->append({row(100000 * (round + 1) + i), row(100000 * (round + 1) + i + 1)});
        [[maybe_unused]] const auto written = write(ready[1], "x", 1);
      }
    }
    char bytes[64];
    const auto committed = static_cast<std::size_t>(round % 4) + 1;
    for (std::size_t seen = 0; seen < committed;)
      seen +=
          static_cast<std::size_t>(std::max<ssize_t>(0, read(ready[0], bytes, committed - seen)));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    close(ready[0]);
    close(ready[1]);
    std::int64_t of_this_round = 0;
    for (const auto& entry : open_benchmark_table(path_, TableAccess::read)->rows())
      of_this_round += entry.dataset_images / 100000 == round + 1 ? 1 : 0;
    EXPECT_GE(of_this_round, static_cast<std::int64_t>(2 * committed))
        << "what was committed stays";
    EXPECT_EQ(of_this_round % 2, 0) << "both rows of an append or none";
  }
}

TEST_F(BenchmarkTableTest, ReadingLeavesNothingBeside) {
  open_benchmark_table(path_, TableAccess::append)->append({row(1)});
  const auto files = [&] {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder_))
      names.insert(entry.path().filename());
    return names;
  };
  EXPECT_EQ(files(), std::set<std::string>{"bench.db"});
  EXPECT_EQ(open_benchmark_table(path_, TableAccess::read)->rows().size(), 1U);
  EXPECT_EQ(files(), std::set<std::string>{"bench.db"});
}

TEST_F(BenchmarkTableTest, AReaderSeesWhatCameAfterItOpened) {
  open_benchmark_table(path_, TableAccess::append)->append({row(1)});
  const auto reader = open_benchmark_table(path_, TableAccess::read);
  EXPECT_EQ(reader->rows().size(), 1U);
  open_benchmark_table(path_, TableAccess::append)->append({row(2)});
  EXPECT_EQ(reader->rows().size(), 2U);
  const auto writer = open_benchmark_table(path_, TableAccess::append);
  writer->append({row(3)}); // in the log, while the writer is there
  EXPECT_EQ(reader->rows().size(), 3U);
  EXPECT_EQ(open_benchmark_table(path_, TableAccess::read)->rows().size(), 3U);
}

TEST_F(BenchmarkTableTest, ALogThatWasLeftBehindIsReadFromACopy) {
  const std::string left = folder_ + "/left";
  fs::create_directory(left);
  const auto writer = open_benchmark_table(path_, TableAccess::append);
  writer->append({row(1), row(2)});
  fs::copy_file(path_, left + "/bench.db"); // as after kill -9: the rows are in the log only
  fs::copy_file(path_ + "-wal", left + "/bench.db-wal");
  fs::create_directory(left + "/bench.db-shm"); // the log's index cannot be made
  EXPECT_EQ(open_benchmark_table(left + "/bench.db", TableAccess::read)->rows().size(), 2U);
}

TEST_F(BenchmarkTableTest, CanBeReadWhereNothingCanBeWritten) {
  open_benchmark_table(path_, TableAccess::append)->append({row(1)});
  fs::permissions(path_, fs::perms::owner_read);
  fs::permissions(folder_, fs::perms::owner_read | fs::perms::owner_exec);
  EXPECT_EQ(open_benchmark_table(path_, TableAccess::read)->rows().size(), 1U);
  if (geteuid() != 0) { // root may write anywhere
    EXPECT_THAT(refusal(path_, TableAccess::append), HasSubstr("permissions"));
  }
  fs::permissions(folder_, fs::perms::owner_all);
}

} // namespace
} // namespace mlopsctl::storage
