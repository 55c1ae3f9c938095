// SPDX-License-Identifier: Apache-2.0
// Frames on their way to a store that fails, is slow, or holds them already.
#include "capture/frame_sender.hpp"
#include "core/digest.hpp"
#include "core/io.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <map>
#include <mutex>
#include <unistd.h>

namespace mlopsctl::capture {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// A store in memory that refuses while it is away.
class FakeStore final : public storage::GrowingFolder {
public:
  storage::WrittenObject put(const std::string& name, const std::string& bytes) override {
    const std::lock_guard lock(mutex);
    ++puts[name];
    if (is_away)
      throw Error(Fault::remote, "nothing listens");
    if (is_foreign)
      throw Error(Fault::input, "has other bytes than this frame");
    stored[name] = bytes;
    return {bytes.size(), sha256(bytes)};
  }
  storage::WrittenObject replace(const std::string&, ByteSource&) override { return {}; }
  void finish(const storage::WrittenFiles&) override {}
  const std::string& name() const override { return name_; }

  std::mutex mutex;
  std::map<std::string, std::string> stored;
  std::map<std::string, int> puts;
  std::atomic<bool> is_away = false;
  bool is_foreign = false;

private:
  std::string name_ = "s3://b/p/";
};

class Sender : public testing::Test {
protected:
  void SetUp() override {
    folder_ = fs::path(testing::TempDir()) /
              ("sender-" + std::to_string(::getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  static void begin(FrameSender& sender, FakeStore& store, bool is_live,
                    FolderMode mode = FolderMode::fresh) {
    sender.begin(store, is_live);
    sender.open(mode);
  }
  void add(FrameSender& sender, const std::string& name) {
    sender.make_room(4);
    write_file((folder_ / name).string(), "1234", Existing::replace);
    sender.take(name, 4);
  }

  fs::path folder_;
  FakeStore store_;
  SpoolRules rules_{8, OnFull::stop, 0.01}; // two frames
};

TEST_F(Sender, StoresAndTakesOutOfTheSpool) {
  FrameSender sender(folder_, rules_);
  begin(sender, store_, false);
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg", "d.jpg"}) // more than fit
    add(sender, name);
  sender.drain();
  EXPECT_EQ(sender.sent(), 4);
  EXPECT_EQ(sender.log().files().at("d.jpg").digest, sha256("1234"));
  EXPECT_EQ(store_.stored.size(), 4U);
  EXPECT_FALSE(fs::exists(folder_ / "a.jpg"));
}

TEST_F(Sender, WhatIsInTheLogIsNotSentAgain) {
  {
    FrameSender first(folder_, rules_);
    begin(first, store_, false);
    add(first, "a.jpg");
    first.drain();
  }
  write_file((folder_ / "a.jpg").string(), "1234", Existing::replace); // killed before it went
  FrameSender second(folder_, rules_);
  begin(second, store_, false, FolderMode::resume);
  EXPECT_FALSE(fs::exists(folder_ / "a.jpg"));
  EXPECT_TRUE(second.has_taken("a.jpg"));
  EXPECT_FALSE(second.has_taken("b.jpg"));
  second.drain();
  EXPECT_EQ(second.sent(), 0);
  EXPECT_EQ(store_.puts["a.jpg"], 1);
}

TEST_F(Sender, SaysWhatWaitsWhenTheStoreStaysAway) {
  store_.is_away = true;
  FrameSender sender(folder_, rules_);
  begin(sender, store_, false);
  add(sender, "a.jpg");
  EXPECT_THAT(error_and_hint_of([&] { sender.drain(); }, Fault::remote),
              AllOf(HasSubstr("s3://b/p/: away for"), HasSubstr("(nothing listens)"),
                    HasSubstr("1 frames (4 B) wait in " + folder_.string()),
                    HasSubstr("--resume")));
  EXPECT_TRUE(fs::exists(folder_ / "a.jpg"));
}

TEST_F(Sender, ALiveSourceStopsAtAFullSpool) {
  store_.is_away = true;
  FrameSender sender(folder_, rules_);
  begin(sender, store_, true);
  add(sender, "a.jpg");
  add(sender, "b.jpg");
  EXPECT_THAT(error_and_hint_of([&] { sender.make_room(4); }),
              AllOf(HasSubstr("the spool is full: 2 frames"), HasSubstr("drop-oldest")));
}

TEST_F(Sender, OrLosesTheOldestAndCountsThem) {
  store_.is_away = true;
  rules_.on_full = OnFull::drop_oldest;
  rules_.gap_s = 10;
  rules_.limit_bytes = 40; // more than the connections hold
  FrameSender sender(folder_, rules_);
  begin(sender, store_, true);
  for (int i = 0; i < 15; ++i)
    add(sender, std::string(1, static_cast<char>('a' + i)) + ".jpg");
  store_.is_away = false;
  sender.drain();
  EXPECT_EQ(store_.stored.size() + sender.log().dropped().size(), 15U);
  EXPECT_EQ(sender.log().dropped().size(), 5U);
  EXPECT_TRUE(store_.stored.contains("o.jpg")); // the newest
}

TEST_F(Sender, SomebodyElsesObjectEndsIt) {
  store_.is_foreign = true;
  FrameSender sender(folder_, rules_);
  begin(sender, store_, false);
  add(sender, "a.jpg");
  EXPECT_THAT(error_of([&] { sender.drain(); }, Fault::input), HasSubstr("other bytes"));
}

} // namespace
} // namespace mlopsctl::capture
