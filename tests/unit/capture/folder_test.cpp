// SPDX-License-Identifier: Apache-2.0
// The capture folder: what is journalled is there, what was torn is made again, what is not ours
// stays.
#include "capture/capture_folder.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "imaging/codecs.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <unistd.h>

namespace mlopsctl::capture {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class Folder : public testing::Test {
protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            ("capture-" + std::to_string(::getpid()) + "-" +
             testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(root_);
    fs::create_directories(root_);
    settings_["schema"] = k_settings_schema;
    settings_["source"] = "clip.mp4";
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string path() const { return (root_ / "out").string(); }
  std::string journal() const { return path() + "/" + k_journal_name; }

  static JournalEntry entry(std::int64_t number) {
    JournalEntry entry;
    entry.ref = "f" + std::to_string(number) + ".jpg";
    entry.source = "clip.mp4";
    entry.time_s = static_cast<double>(number) / 3;
    entry.frame_index = number * 10;
    entry.width = entry.height = 8;
    entry.is_kept = true;
    entry.reason = "sampled";
    return entry;
  }
  static std::string jpeg(int value) {
    return imaging::encode_jpeg(imaging::Image(8, 8, 3, static_cast<std::uint8_t>(value)));
  }
  void keep_frames(int count, FolderMode mode = FolderMode::fresh) {
    CaptureFolder folder(path(), mode, settings_);
    for (int i = 0; i < count; ++i)
      folder.keep(entry(i), jpeg(i));
  }
  std::string refusal(FolderMode mode) {
    return error_of([&] { CaptureFolder folder(path(), mode, settings_); });
  }

  fs::path root_;
  Value settings_ = Value::object();
};

TEST_F(Folder, JournalLineReadsBack) {
  JournalEntry written = entry(7);
  written.annotations.emplace();
  written.annotations->push_back({});
  written.annotations->back().label = "a \"b\"\n";
  written.annotations->back().box = {1.5, 2, 3, 4};
  const std::string line = to_line(written);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const JournalEntry read = parse_line(line.substr(0, line.size() - 1), "here");
  EXPECT_EQ(to_line(read), line);
  EXPECT_EQ(read.time_s, written.time_s);
  EXPECT_EQ(read.annotations->front().label, "a \"b\"\n");
  JournalEntry skipped = entry(8);
  skipped.is_kept = false;
  skipped.time_s.reset();
  EXPECT_THAT(to_line(skipped), HasSubstr("\"ref\":null"));
  EXPECT_FALSE(parse_line(to_line(skipped), "here").time_s.has_value());
  for (const char* bad :
       {"", "{", "[]", "{}",
        R"({"ref":"../x.jpg","source":"a","frame_index":1,"width":1,"height":1,"kept":true})"})
    EXPECT_THROW(parse_line(bad, "here"), Error) << bad;
}

TEST_F(Folder, GoesOnBehindTheLastLine) {
  keep_frames(3);
  CaptureFolder folder(path(), FolderMode::resume, settings_);
  EXPECT_EQ(folder.kept(), 3);
  EXPECT_EQ(folder.last_index(), 20);
}

TEST_F(Folder, ATornLineIsCutOff) {
  keep_frames(3);
  const auto size = fs::file_size(journal());
  for (std::uintmax_t cut = 1; cut < 40; cut += 13) {
    fs::resize_file(journal(), size - cut);
    {
      CaptureFolder folder(path(), FolderMode::resume, settings_);
      EXPECT_EQ(folder.kept(), 2);
      EXPECT_EQ(folder.last_index(), 10);
      folder.keep(entry(2), jpeg(2));
    }
    EXPECT_EQ(fs::file_size(journal()), size);
  }
}

TEST_F(Folder, AFrameThatThePowerCutTookIsMadeAgain) {
  keep_frames(4);
  fs::resize_file(path() + "/f2.jpg", 0); // and all behind it
  CaptureFolder folder(path(), FolderMode::resume, settings_);
  EXPECT_EQ(folder.kept(), 2);
  EXPECT_EQ(folder.last_index(), 10);
}

TEST_F(Folder, ABrokenLineInTheMiddleIsToldWithItsPlace) {
  keep_frames(2);
  const auto text = read_file(journal(), 1 << 20);
  write_file(journal(), "rubbish\n" + text, Existing::replace);
  EXPECT_THAT(refusal(FolderMode::resume), HasSubstr("frames.jsonl:1"));
}

TEST_F(Folder, RefusesWhatIsNotItsOwn) {
  keep_frames(1);
  EXPECT_THAT(refusal(FolderMode::fresh), HasSubstr("already exists"));
  settings_["source"] = "other.mp4";
  EXPECT_THAT(refusal(FolderMode::resume),
              HasSubstr("was captured with source \"clip.mp4\", now it is \"other.mp4\""));
  EXPECT_EQ(refusal(FolderMode::replace), k_no_error);
  EXPECT_FALSE(fs::exists(path() + "/f0.jpg"));
  fs::remove_all(path());
  fs::create_directory(path());
  EXPECT_EQ(refusal(FolderMode::fresh), k_no_error); // an empty folder is nobody's
  fs::remove_all(path());
  fs::create_directory(path());
  write_file(path() + "/notes.txt", "mine", Existing::refuse);
  for (const auto mode : {FolderMode::fresh, FolderMode::replace, FolderMode::resume})
    EXPECT_THAT(refusal(mode), HasSubstr("was not made by capture"));
}

TEST_F(Folder, TwoWritersAreRefused) {
  CaptureFolder folder(path(), FolderMode::fresh, settings_);
  EXPECT_THAT(refusal(FolderMode::resume),
              HasSubstr("out: is being written by process " + std::to_string(::getpid())));
}

TEST_F(Folder, LeftoversOfAKilledRunGo) {
  keep_frames(1);
  write_file(path() + "/.frame.tmp", "half", Existing::refuse);
  CaptureFolder folder(path(), FolderMode::resume, settings_);
  EXPECT_FALSE(fs::exists(path() + "/.frame.tmp"));
}

} // namespace
} // namespace mlopsctl::capture
