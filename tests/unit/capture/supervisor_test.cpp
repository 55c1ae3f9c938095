// SPDX-License-Identifier: Apache-2.0
// capture_all: several sources in one process do not touch each other.
#include "capture/supervisor.hpp"
#include "core/log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace mlopsctl::capture {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::unique_ptr<dataset::SampleWriter> no_labels(const std::string&, const std::string&,
                                                 const std::vector<std::string>&) {
  throw Error(Fault::internal, "nobody asked for labels");
}

SourceTask task(const std::string& name, const std::string& source, const fs::path& folder) {
  SourceTask task;
  task.name = name;
  task.options.source = source;
  task.options.output = (folder / name).string();
  task.options.clips.length_s = 0.5; // no labels, and a video for each
  task.options.name = "clip{index:03}.mp4";
  return task;
}

fs::path fresh_folder(const std::string& name) {
  const auto folder = fs::path(testing::TempDir()) / (name + "-" + std::to_string(::getpid()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  return folder;
}

TEST(Supervisor, OneThatFailsLeavesTheOthersAlone) {
  const auto folder = fresh_folder("supervised");
  const std::string pattern = "pattern:shapes?size=64x48&fps=20&seconds=2&seed=";
  std::vector<SourceTask> tasks{task("a", pattern + "1", folder),
                                task("b", (folder / "missing.mp4").string(), folder),
                                task("c", pattern + "2", folder)};
  tasks[2].options.clips.picture = ClipPicture::middle;
  std::vector<SourceState> last;
  const auto outcomes =
      capture_all(tasks, 4, no_labels, [&](const auto& states) { last = states; });
  ASSERT_EQ(outcomes.size(), 3U);
  EXPECT_FALSE(outcomes[0].failure);
  EXPECT_EQ(outcomes[0].result.clips.written, 4);
  ASSERT_TRUE(outcomes[1].failure);
  EXPECT_THAT(outcomes[1].failure->what(), HasSubstr("missing.mp4: no such file"));
  EXPECT_EQ(outcomes[2].result.read, 40);
  EXPECT_TRUE(fs::exists(folder / "c" / "clip003.jpg"));
  std::vector<SourceStage> stages;
  for (const auto& state : last)
    stages.push_back(state.stage);
  EXPECT_THAT(stages, ElementsAre(SourceStage::done, SourceStage::failed, SourceStage::done));
  EXPECT_THAT(last[1].problem, HasSubstr("missing.mp4"));

  // What was made is read again, by all at once.
  std::vector<SourceTask> again;
  for (const auto* name : {"clip000", "clip001", "clip002", "clip003"})
    again.push_back(task(name, (folder / "a" / (std::string(name) + ".mp4")).string(), folder));
  for (const auto& outcome : capture_all(again, 8, no_labels, [](const auto&) {})) {
    EXPECT_FALSE(outcome.failure);
    EXPECT_EQ(outcome.result.read, 10);
    EXPECT_TRUE(outcome.result.problems.empty());
  }
}

TEST(Supervisor, LinesOfTheLogSayOfWhichSourceTheyAre) {
  std::string lines;
  {
    const log::Redirection redirection([&](const std::string& line) { lines += line; });
    log::warn("before");
    const log::Speaker speaker("door");
    log::warn("inside");
  }
  EXPECT_EQ(lines, "warning: before\nwarning: door: inside\n");
}

} // namespace
} // namespace mlopsctl::capture
