// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/parallel.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace fs = std::filesystem;

namespace mlopsctl {
namespace {

class Io : public testing::Test {
protected:
  void SetUp() override {
    std::string path = (fs::temp_directory_path() / "mlopsctl-io.XXXXXX").string();
    root_ = ::mkdtemp(path.data());
  }
  void TearDown() override { fs::remove_all(root_); }
  std::string path(const std::string& name) const { return (root_ / name).string(); }
  std::size_t entries() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(root_), fs::directory_iterator{}));
  }
  fs::path root_;
};

TEST_F(Io, SinkIsInvisibleUntilFinished) {
  {
    auto sink = create_sink(path("a"), Existing::refuse);
    sink->write("half");
    EXPECT_FALSE(fs::exists(path("a")));
  }
  EXPECT_EQ(entries(), 0U); // and nothing is left behind
  write_file(path("a"), "whole", Existing::refuse);
  EXPECT_EQ(read_file(path("a"), 100), "whole");
  EXPECT_THROW(write_file(path("a"), "other", Existing::refuse), Error);
  write_file(path("a"), "other", Existing::replace);
  EXPECT_EQ(read_file(path("a"), 100), "other");
}

TEST_F(Io, AFileThatIsCutWhileItIsReadIsAnError) { // a mapping would end the process
  write_file(path("a"), std::string(100'000, 'a'), Existing::refuse);
  const auto source = open_source(path("a"));
  std::array<char, 1000> buffer{};
  EXPECT_EQ(source->read(buffer), buffer.size());
  fs::resize_file(path("a"), 50);
  EXPECT_THROW(source->read(buffer), Error);
}

TEST_F(Io, LargeFilesHoldWhatWasWritten) { // more than goes to the disk at a time
  for (const std::size_t chunk : {std::size_t{1000}, std::size_t{300'000}}) {
    const auto sink = create_sink(path("large"), Existing::replace);
    std::string all;
    while (all.size() < (std::size_t{20} << 20)) {
      std::string bytes(chunk, static_cast<char>('a' + all.size() / chunk % 26));
      sink->write(bytes);
      all += bytes;
    }
    sink->finish();
    EXPECT_TRUE(read_file(path("large"), all.size()) == all);
  }
}

TEST_F(Io, LimitIsCheckedBeforeReading) {
  write_file(path("a"), std::string(11, 'x'), Existing::refuse);
  EXPECT_THROW(read_file(path("a"), 10), Error);
  EXPECT_EQ(read_file(path("a"), 11).size(), 11U);
}

TEST_F(Io, FolderAppearsAsAWhole) {
  {
    auto folder = create_folder(path("out"), Existing::refuse);
    folder->write("a/b.txt", "x");
    EXPECT_FALSE(fs::exists(path("out")));
  }
  EXPECT_EQ(entries(), 0U);
  auto folder = create_folder(path("out"), Existing::refuse);
  folder->write("a/b.txt", "x");
  EXPECT_THROW(folder->write("../b.txt", "x"), Error);
  EXPECT_THROW(folder->write("/b.txt", "x"), Error);
  folder->finish();
  const auto list = open_folder(path("out"))->list();
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list[0].name, "a/b.txt");
}

TEST_F(Io, OverwriteReplacesOnlyOurFolders) {
  fs::create_directory(path("theirs"));
  std::ofstream(path("theirs") + "/precious") << "x";
  EXPECT_THROW(create_folder(path("theirs"), Existing::replace), Error);
  create_folder(path("ours"), Existing::refuse)->finish();
  EXPECT_THROW(create_folder(path("ours"), Existing::refuse), Error);
  create_folder(path("ours"), Existing::replace)->finish();
}

TEST_F(Io, MissingAndFolderAreToldApart) {
  EXPECT_THROW(open_source(path("none")), Error);
  EXPECT_THROW(open_source(root_.string()), Error);
}

TEST(Digest, KnownAnswer) {
  EXPECT_EQ(sha256("abc"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Parallel, OrderIsThatOfTheInputsAtAnyNumberOfThreads) {
  for (const int jobs : {1, 2, 8}) {
    int next = 0;
    std::vector<int> seen;
    ordered_parallel<int, int>(
        jobs,
        [&]() -> std::optional<int> { return next < 1000 ? std::optional(next++) : std::nullopt; },
        [](int&& value) { return value * 2; }, [&](int&& value) { seen.push_back(value); });
    ASSERT_EQ(seen.size(), 1000U);
    for (int i = 0; i < 1000; ++i)
      ASSERT_EQ(seen[static_cast<std::size_t>(i)], 2 * i);
  }
}

TEST(Parallel, FirstExceptionStopsEverything) {
  std::atomic<int> produced{0};
  EXPECT_THROW(
      (ordered_parallel<int, int>(
          4, [&]() -> std::optional<int> { return produced++; },
          [](int&& value) -> int { return value == 50 ? throw Error(Fault::input, "x") : value; },
          [](int&&) {})),
      Error);
  EXPECT_LT(produced, 1000);
}

TEST_F(Io, SpoolGivesBackAnyPartAndTheWhole) {
  const auto spool = create_spool();
  std::string all;
  for (int i = 0; i < 100'000; ++i)
    all += std::to_string(i) + (i % 7 == 0 ? "\n" : ",");
  for (std::size_t at = 0, count = 1; at < all.size(); at += count, count = count * 3 % 100'003)
    spool->write(std::string_view(all).substr(at, count));
  EXPECT_EQ(spool->size_bytes(), all.size());
  std::string part(1000, ' ');
  spool->read_at(all.size() - part.size(), part);
  EXPECT_EQ(part, all.substr(all.size() - part.size()));
  EXPECT_THROW(spool->read_at(all.size() - 1, part), Error);
  const auto sink = create_sink(path("whole"), Existing::refuse);
  spool->copy_to(*sink);
  sink->finish();
  EXPECT_EQ(read_file(path("whole"), 10'000'000), all);
}

} // namespace
} // namespace mlopsctl
