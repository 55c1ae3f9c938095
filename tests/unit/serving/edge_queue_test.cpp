// SPDX-License-Identifier: Apache-2.0
#include "core/io.hpp"
#include "serving/edge/queue.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <string>

namespace mlopsctl::serving {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class EdgeQueueTest : public testing::Test {
protected:
  EdgeQueueTest() { fs::remove_all(folder_); }
  EdgeQueue& open(const BufferRules& rules = {}) {
    queue_.reset();
    return queue_.emplace(folder_, rules);
  }
  static Work frame(const std::string& id) { return {WorkKind::frame, id, "{}", "", id + ".jpg"}; }
  static Work message(const std::string& id) { return {WorkKind::message, id, "{}", "a/b"}; }
  bool has_picture(const std::string& id) const {
    return fs::exists(folder_ / "pictures" / (id + ".jpg"));
  }
  fs::path folder_ =
      fs::path(testing::TempDir()) /
      (std::string("edge_queue_") + testing::UnitTest::GetInstance()->current_test_info()->name());
  std::optional<EdgeQueue> queue_;
};

TEST_F(EdgeQueueTest, WhatWasAddedIsThereAgainInItsOrder) {
  open().add({message("b"), message("a")});
  queue_->add({message("c")});
  auto& queue = open();
  const auto first = queue.first(WorkKind::message);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->id, "b");
  EXPECT_EQ(first->topic, "a/b");
  const auto second = queue.first(WorkKind::message, first->number);
  EXPECT_EQ(second->id, "a");
  queue.step(first->number, {});
  EXPECT_EQ(queue.first(WorkKind::message)->id, "a");
  EXPECT_EQ(queue.waiting(WorkKind::message), 2);
  EXPECT_FALSE(queue.first(WorkKind::row));
}

TEST_F(EdgeQueueTest, PictureGoesWithItsLastWork) {
  auto& queue = open();
  ASSERT_TRUE(queue.add_picture("f.jpg", "pixels", 0, {frame("f"), message("m")}));
  EXPECT_EQ(read_file((queue.pictures() / "f.jpg").string(), 10), "pixels");
  queue.step(queue.first(WorkKind::frame)->number,
             {{WorkKind::picture, "f", "{}", "", "f.jpg"}, message("n")});
  EXPECT_TRUE(has_picture("f"));
  EXPECT_EQ(queue.waiting(WorkKind::frame), 0);
  queue.step(queue.first(WorkKind::picture)->number, {});
  EXPECT_FALSE(has_picture("f"));
  EXPECT_EQ(queue.waiting(WorkKind::message), 2);
}

TEST_F(EdgeQueueTest, OneIdWaitsOnce) {
  auto& queue = open();
  queue.add({frame("f")});
  queue.add({frame("f")});
  EXPECT_EQ(queue.waiting(WorkKind::frame), 1);
  EXPECT_TRUE(queue.is_new("start"));
  EXPECT_FALSE(queue.is_new("start"));
  EXPECT_FALSE(open().is_new("start")) << "it is forgotten with the process";
}

TEST_F(EdgeQueueTest, OldestGoesWhereThereIsNoRoom) {
  auto& queue = open({1000, WhenFull::drop_oldest});
  for (const std::string id : {"1", "2", "3"})
    ASSERT_TRUE(queue.add_picture(id + ".jpg", std::string(400, 'x'), 0, {frame(id)}));
  EXPECT_EQ(queue.first(WorkKind::frame)->id, "2");
  EXPECT_FALSE(has_picture("1"));
  EXPECT_TRUE(has_picture("3"));
  EXPECT_EQ(queue.dropped(), 1);
  EXPECT_FALSE(queue.add_picture("4.jpg", std::string(1001, 'x'), 0, {frame("4")}));
  EXPECT_FALSE(has_picture("4"));
}

TEST_F(EdgeQueueTest, NothingGoesIfItMustNot) {
  auto& queue = open({1000, WhenFull::stop});
  ASSERT_TRUE(queue.add_picture("1.jpg", std::string(900, 'x'), 0, {frame("1")}));
  EXPECT_FALSE(queue.add_picture("2.jpg", std::string(200, 'x'), 0, {frame("2")}));
  EXPECT_EQ(queue.first(WorkKind::frame)->id, "1");
  EXPECT_FALSE(has_picture("2"));
  EXPECT_EQ(queue.dropped(), 0);
  queue.step(queue.first(WorkKind::frame)->number, {});
  EXPECT_TRUE(queue.add_picture("2.jpg", std::string(200, 'x'), 0, {frame("2")}));
}

TEST_F(EdgeQueueTest, RoomIsCountedAcrossProcesses) {
  ASSERT_TRUE(open().add_picture("1.jpg", std::string(900, 'x'), 0, {frame("1")}));
  EXPECT_FALSE(open({1000, WhenFull::stop}).add_picture("2.jpg", std::string(200, 'x'), 0, {}));
}

TEST_F(EdgeQueueTest, PicturesThatNothingNamesAreRemoved) {
  ASSERT_TRUE(open().add_picture("1.jpg", "x", 0, {frame("1")}));
  write_file((folder_ / "pictures" / "2.jpg").string(), "x", Existing::refuse);
  open();
  EXPECT_TRUE(has_picture("1"));
  EXPECT_FALSE(has_picture("2"));
}

TEST_F(EdgeQueueTest, WhatIsTooOldGoes) {
  auto& queue = open();
  queue.add({message("a"), {WorkKind::start, "s", "{}"}});
  queue.drop_older(60);
  EXPECT_EQ(queue.waiting(WorkKind::message), 1);
  queue.drop_older(-60);
  EXPECT_EQ(queue.waiting(WorkKind::message), 0);
  EXPECT_EQ(queue.waiting(WorkKind::start), 1);
}

TEST_F(EdgeQueueTest, OneProcessHasIt) {
  open();
  EXPECT_THAT(error_of([&] { EdgeQueue(folder_, {}); }, Fault::usage), HasSubstr("edge_queue"));
  queue_.reset();
  fs::permissions(folder_, fs::perms::group_read, fs::perm_options::add);
  EXPECT_THAT(error_of([&] { open(); }, Fault::usage), HasSubstr("others may look into"));
}

TEST_F(EdgeQueueTest, TellsOfMessages) {
  auto& queue = open();
  int calls = 0;
  queue.on_message([&] { ++calls; });
  queue.add({frame("f")});
  EXPECT_EQ(calls, 0);
  queue.add({message("m")});
  EXPECT_EQ(calls, 1);
}

} // namespace
} // namespace mlopsctl::serving
