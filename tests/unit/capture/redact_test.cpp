// SPDX-License-Identifier: Apache-2.0
// Nothing of a frame is written before it was redacted, and nothing at all if that fails.
#include "capture/capture.hpp"
#include "capture/capture_folder.hpp"
#include "core/io.hpp"
#include "imaging/codecs.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <unistd.h>

namespace mlopsctl::capture {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* k_source = "pattern:shapes?size=64x48&fps=10&seconds=1";
constexpr int k_frames = 10;

bool is_black(const imaging::Image& image) {
  return std::all_of(image.pixels.begin(), image.pixels.end(), [](int value) { return value < 8; });
}

class Redacting : public testing::Test {
protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            ("redact-" + std::to_string(::getpid()) + "-" +
             testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
    options_.source = k_source;
    options_.output = (root_ / "out").string();
    options_.on_decided = [this](const JournalEntry&, const std::string& thumbnail) {
      thumbnails_.push_back(thumbnail);
    };
    options_.redaction = Redaction{"everything by hand",
                                   [this](imaging::Image& image) { return paint_black(image); }};
  }
  void TearDown() override { fs::remove_all(root_); }

  int paint_black(imaging::Image& image) {
    look_at_disk();
    const int call = calls_++;
    if (call == fails_at_)
      throw Error(failure_, "the model gave a NaN");
    std::fill(image.pixels.begin(), image.pixels.end(), std::uint8_t{0});
    return 2;
  }

  /// Whatever is on the disk by now, under whatever name, is black if it is a picture.
  void look_at_disk() const {
    for (const auto& file : fs::recursive_directory_iterator(root_)) {
      std::string bytes;
      try {
        bytes = read_file(file.path().string(), 1 << 20);
      } catch (const Error&) { // renamed since
        continue;
      }
      if (imaging::sniff(bytes) && bytes.ends_with("\xFF\xD9")) {
        EXPECT_TRUE(is_black(imaging::decode(bytes, file.path().string()))) << file.path();
      }
    }
  }

  CaptureResult run() {
    return capture(
        options_,
        [](const std::string&, const std::string&, const std::vector<std::string>&) {
          struct Nothing final : dataset::SampleWriter {
            void write(const dataset::Sample&) override {}
            dataset::Written finish() override { return {}; }
            const dataset::Losses& losses() const override { return none; }
            dataset::Losses none;
          };
          return std::make_unique<Nothing>();
        },
        [] {});
  }

  std::vector<JournalEntry> journal() const {
    std::vector<JournalEntry> entries;
    const auto path = options_.output + "/" + k_journal_name;
    for_each_line(path, [&](const JournalEntry& entry, std::int64_t) { entries.push_back(entry); });
    return entries;
  }

  fs::path root_;
  CaptureOptions options_;
  std::vector<std::string> thumbnails_;
  std::atomic<int> calls_ = 0;
  int fails_at_ = -1;
  Fault failure_ = Fault::input;
};

TEST_F(Redacting, ComesBeforeEveryWrite) {
  for (const int jobs : {1, 2}) {
    options_.jobs = jobs;
    options_.overwrite = true;
    calls_ = 0;
    thumbnails_.clear();
    const auto result = run();
    EXPECT_EQ(calls_, k_frames);
    EXPECT_EQ(result.kept, k_frames);
    EXPECT_EQ(result.redacted, 2 * k_frames);
    look_at_disk();
    ASSERT_EQ(thumbnails_.size(), std::size_t{k_frames});
    for (const auto& thumbnail : thumbnails_)
      EXPECT_TRUE(is_black(imaging::decode(thumbnail, "thumbnail")));
    for (const auto& entry : journal())
      EXPECT_EQ(entry.redacted, 2);
  }
}

TEST_F(Redacting, ComesBeforeThumbnailsOfFramesThatAreDropped) {
  options_.keep.distinct = true;
  const auto result = run();
  EXPECT_EQ(calls_, k_frames);
  look_at_disk();
  ASSERT_EQ(thumbnails_.size(), std::size_t{k_frames});
  for (const auto& thumbnail : thumbnails_)
    EXPECT_TRUE(is_black(imaging::decode(thumbnail, "thumbnail")));
  EXPECT_EQ(result.redacted, 2 * result.kept); // of those in the folder
}

TEST_F(Redacting, LeavesAFrameOutThatCouldNotBeLookedAt) {
  for (const bool with_rules : {false, true}) {
    options_.keep.still = with_rules;
    options_.overwrite = true;
    calls_ = 0;
    thumbnails_.clear();
    fails_at_ = 3;
    const auto result = run();
    EXPECT_EQ(result.dropped.at("not-redacted"), 1);
    ASSERT_EQ(result.problems.size(), 1u);
    EXPECT_EQ(result.problems[0].rule, "not-redacted");
    EXPECT_EQ(result.problems[0].severity, Severity::error);
    EXPECT_THAT(result.problems[0].text, HasSubstr("NaN"));
    const auto entries = journal();
    ASSERT_EQ(entries.size(), std::size_t{k_frames});
    EXPECT_FALSE(entries[3].is_kept);
    EXPECT_EQ(entries[3].reason, "not-redacted");
    EXPECT_FALSE(entries[3].redacted.has_value());
    EXPECT_EQ(thumbnails_[3], "");
    look_at_disk();
  }
}

TEST_F(Redacting, AnyOtherFailureEndsTheCapture) {
  fails_at_ = 4;
  failure_ = Fault::internal;
  EXPECT_THAT(error_of([&] { run(); }), HasSubstr("NaN"));
  EXPECT_EQ(journal().size(), 4u);
  look_at_disk();
}

TEST_F(Redacting, IsPartOfWhatResumeGoesOnWith) {
  run();
  options_.resume = true;
  auto redaction = std::move(options_.redaction);
  options_.redaction.reset();
  EXPECT_THAT(error_of([&] { run(); }, Fault::usage),
              HasSubstr("was captured with redact \"everything by hand\", now it is null"));
  options_.redaction = std::move(redaction);
  options_.on_decided = nullptr;
  calls_ = 0;
  const auto result = run();
  EXPECT_EQ(calls_, 0);
  EXPECT_EQ(result.redacted, 2 * k_frames); // by the earlier run
}

} // namespace
} // namespace mlopsctl::capture
