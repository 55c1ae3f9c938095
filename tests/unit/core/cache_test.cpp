// SPDX-License-Identifier: Apache-2.0
#include "core/cache.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

namespace fs = std::filesystem;

namespace mlopsctl {
namespace {

class Cache : public testing::Test {
protected:
  void SetUp() override {
    std::string path = (fs::temp_directory_path() / "mlopsctl-cache.XXXXXX").string();
    root_ = ::mkdtemp(path.data());
    ::unsetenv("XDG_CACHE_HOME");
    ::setenv("MLOPSCTL_CACHE", (root_ / "kept").c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("MLOPSCTL_CACHE");
    fs::remove_all(root_);
  }
  /// \param age the higher the longer unused.
  std::string file(const std::string& name, std::size_t size_bytes, int age = 0) const {
    const fs::path path = root_ / name;
    std::ofstream(path) << std::string(size_bytes, 'x');
    fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::hours(age));
    return path.string();
  }
  fs::path root_;
};

TEST_F(Cache, IsMadeForItsOwnerOnly) {
  const auto folder = cache_folder("graphs");
  EXPECT_EQ(folder, (root_ / "kept" / "graphs").string());
  struct stat status {};
  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0700U);
  EXPECT_EQ(cache_folder("graphs"), folder); // again
}

TEST_F(Cache, PlacesAreThoseOfTheDesktop) {
  ::unsetenv("MLOPSCTL_CACHE");
  ::setenv("XDG_CACHE_HOME", root_.c_str(), 1);
  EXPECT_EQ(cache_folder("graphs"), (root_ / "mlopsctl" / "graphs").string());
  ::unsetenv("XDG_CACHE_HOME");
}

TEST_F(Cache, IsNoneWhereItCannotBe) {
  for (const char* chosen : {"off", "relative/path", "/dev/null/kept"}) {
    ::setenv("MLOPSCTL_CACHE", chosen, 1);
    EXPECT_EQ(cache_folder("graphs"), "") << chosen;
  }
}

TEST_F(Cache, FolderThatOthersMayWriteToIsNotUsed) {
  const auto folder = cache_folder("graphs");
  ASSERT_EQ(::chmod(folder.c_str(), 0770), 0);
  EXPECT_EQ(cache_folder("graphs"), "");
  fs::remove(folder);
  fs::create_directory(root_ / "elsewhere");
  fs::create_directory_symlink(root_ / "elsewhere", folder);
  EXPECT_EQ(cache_folder("graphs"), "");
}

TEST_F(Cache, FileIsOwnOnlyIfNobodyElseCanWriteIt) {
  const auto path = file("a", 1);
  EXPECT_TRUE(is_own_file(path));
  ASSERT_EQ(::chmod(path.c_str(), 0660), 0);
  EXPECT_FALSE(is_own_file(path));
  EXPECT_FALSE(is_own_file(root_.string()));
  EXPECT_FALSE(is_own_file((root_ / "missing").string()));
}

TEST_F(Cache, TrimmingKeepsWhatWasUsedLast) {
  file("oldest", 100, 3);
  file("older", 100, 2);
  file("new", 100, 1);
  touch_file((root_ / "oldest").string());
  trim_cache(root_.string(), 300);
  EXPECT_TRUE(fs::exists(root_ / "older")); // all fit
  trim_cache(root_.string(), 250);
  EXPECT_TRUE(fs::exists(root_ / "oldest"));
  EXPECT_FALSE(fs::exists(root_ / "older"));
  EXPECT_TRUE(fs::exists(root_ / "new"));
  trim_cache((root_ / "missing").string(), 0); // nothing happens
}

} // namespace
} // namespace mlopsctl
