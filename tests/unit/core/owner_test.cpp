// SPDX-License-Identifier: Apache-2.0
// Which process is still at its output, and which is gone.
#include "core/file_lock.hpp"
#include "core/io.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

namespace mlopsctl {
namespace {

TEST(Owner, ReadsBackAndIsAlive) {
  const Owner here = this_process();
  const auto read = parse_owner(to_text(here));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->pid, ::getpid());
  EXPECT_EQ(read->boot_id, here.boot_id);
  EXPECT_FALSE(here.boot_id.empty());
  EXPECT_GT(read->start_ticks, 0);
  EXPECT_FALSE(is_gone(*read));
  EXPECT_FALSE(parse_owner("{\"schema\":\"mlopsctl.folder/1\"}\n"));
  EXPECT_FALSE(parse_owner("x"));
}

TEST(Owner, OnThisMachineTheProcessDecides) {
  Owner owner = this_process();
  owner.heartbeat_s -= 10 * k_owner_stale_s; // it could not reach the store
  EXPECT_FALSE(is_gone(owner));
  owner.start_ticks += 1; // its number was given to another one
  EXPECT_TRUE(is_gone(owner));
  const pid_t child = ::fork();
  if (child == 0)
    ::_exit(0);
  ASSERT_GT(child, 0);
  ::waitpid(child, nullptr, 0);
  owner.pid = child;
  owner.heartbeat_s = this_process().heartbeat_s;
  EXPECT_TRUE(is_gone(owner));
}

TEST(Owner, ElsewhereTheHeartbeatDecides) {
  for (const auto change : {&Owner::host, &Owner::boot_id, &Owner::pid_namespace}) {
    Owner owner = this_process();
    owner.*change += "x";
    owner.start_ticks += 1;
    EXPECT_FALSE(is_gone(owner));
    owner.heartbeat_s -= k_owner_stale_s + 2;
    EXPECT_TRUE(is_gone(owner));
    EXPECT_THAT(describe(owner), testing::HasSubstr("(last sign of life 6"));
  }
}

TEST(FileLock, HoldsAgainstOthersAndIsTakenOverFromTheGone) {
  const auto path =
      std::filesystem::path(testing::TempDir()) / ("lock-" + std::to_string(::getpid()));
  const auto refusal = [&] { return error_of([&] { FileLock lock(path, "out"); }, Fault::usage); };
  {
    const FileLock lock(path, "out");
    EXPECT_THAT(refusal(), testing::HasSubstr("out: is being written by process " +
                                              std::to_string(::getpid())));
    EXPECT_TRUE(std::filesystem::exists(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  Owner owner = this_process(); // on a disk that it shares, where its kernel's lock does not count
  owner.host += "-other";
  write_file(path.string(), to_text(owner), Existing::replace);
  EXPECT_THAT(refusal(), testing::HasSubstr("-other (last sign of life"));
  owner.heartbeat_s -= k_owner_stale_s + 2;
  write_file(path.string(), to_text(owner), Existing::replace);
  EXPECT_EQ(refusal(), k_no_error);
  write_file(path.string(), "", Existing::replace); // the disk was full
  EXPECT_EQ(refusal(), k_no_error);
}

TEST(Owner, AHeartbeatComesAgainAndAgain) {
  std::atomic<int> beats = 0;
  {
    const Heartbeat heart([&] { ++beats; }, 0.001);
    while (beats < 3)
      ::usleep(100);
  }
  const int last = beats;
  ::usleep(3000);
  EXPECT_EQ(beats, last);
}

} // namespace
} // namespace mlopsctl
