// SPDX-License-Identifier: Apache-2.0
// What is noted as sent is known to the next run, whatever a kill tore.
#include "capture/sent_log.hpp"
#include "core/io.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace mlopsctl::capture {
namespace {

namespace fs = std::filesystem;

class Sent : public testing::Test {
protected:
  void SetUp() override { fs::remove(path_); }
  void TearDown() override { fs::remove(path_); }
  void append(const std::string& text) { std::ofstream(path_, std::ios::app) << text; }

  fs::path path_ = fs::path(testing::TempDir()) / ("sent-" + std::to_string(::getpid()));
};

TEST_F(Sent, KnowsWhatEarlierRunsStoredAndDropped) {
  const std::vector<SentFrame> frames = {{"a.jpg", {5, "sha256:00"}}, {"b.jpg", {7, ""}}};
  SentLog log;
  log.open(path_, false);
  log.write(frames);
  log.note(frames);
  EXPECT_TRUE(log.has("a.jpg"));
  log.close();
  append("{\"name\":\"c.jpg\",\"size_b"); // torn by a kill
  {
    SentLog again;
    again.open(path_, true);
    EXPECT_TRUE(again.has("a.jpg"));
    EXPECT_TRUE(again.has("b.jpg"));
    EXPECT_FALSE(again.has("c.jpg"));
    EXPECT_EQ(again.files().at("a.jpg").size_bytes, 5U);
    EXPECT_THAT(again.dropped(), testing::ElementsAre("b.jpg"));
    again.write({{"c.jpg", {9, "sha256:11"}}});
    again.close();
  }
  SentLog third;
  third.open(path_, true);
  EXPECT_TRUE(third.has("c.jpg"));
  third.close();
  third.open(path_, false);
  EXPECT_EQ(fs::file_size(path_), 0U);
  third.close();
}

TEST_F(Sent, SaysWhichLineIsBroken) {
  append("{\"name\":\"a.jpg\",\"size_bytes\":1,\"digest\":null}\nnonsense\n");
  SentLog log;
  EXPECT_THAT(error_of([&] { log.open(path_, true); }), testing::HasSubstr(":2"));
  log.close();
}

} // namespace
} // namespace mlopsctl::capture
