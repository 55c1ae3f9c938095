// SPDX-License-Identifier: Apache-2.0
// A fresh folder for label files, and reading them back in one call.
#pragma once

#include "core/io.hpp"
#include "formats/labels/format.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <unistd.h>
#include <vector>

namespace mlopsctl::formats {

struct ReadBack {
  std::vector<dataset::Sample> samples;
  Problems problems;
  std::vector<std::string> classes;

  /// "rule at place: text" of each problem.
  std::vector<std::string> listed() const {
    std::vector<std::string> lines;
    for (const auto& problem : problems)
      lines.push_back(problem.rule + " at " + problem.place + ": " + problem.text);
    return lines;
  }
};

class LabelFiles : public testing::Test {
protected:
  void SetUp() override {
    root_ = std::filesystem::temp_directory_path() /
            ("mlopsctl_labels_" + std::to_string(::getpid()) + "_" +
             testing::UnitTest::GetInstance()->current_test_info()->name());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  std::string path(const std::string& name) const { return (root_ / name).string(); }
  std::string put(const std::string& name, const std::string& text) const {
    std::filesystem::create_directories((root_ / name).parent_path());
    write_file(path(name), text, Existing::replace);
    return path(name);
  }
  std::string text_of(const std::string& name) const { return read_file(path(name), 1 << 24); }

  static ReadBack read(const std::string& path, const ReadOptions& options = {}) {
    const auto reader = open_labels(path, options);
    ReadBack result;
    for (dataset::Sample sample; reader->next(sample);)
      result.samples.push_back(sample);
    result.problems = reader->problems();
    result.classes = reader->classes().names();
    return result;
  }

  dataset::Losses write(const std::string& name, const std::vector<dataset::Sample>& samples,
                        WriteOptions options = {}) const {
    const auto writer = create_labels(path(name), options);
    for (const auto& sample : samples)
      writer->write(sample);
    writer->finish();
    return writer->losses();
  }

  /// 100 x 80 pixels with one box, at "a.jpg" unless changed.
  static dataset::Sample sample(const std::string& label = "dog",
                                dataset::Box box = {10, 20, 30, 40}) {
    dataset::Sample result;
    result.ref = "a.jpg";
    result.width = 100;
    result.height = 80;
    result.depth = 3;
    result.annotations.emplace_back();
    result.annotations[0].label = label;
    result.annotations[0].box = box;
    return result;
  }

  std::filesystem::path root_;
};

inline void expect_box(const dataset::Box& box, double left, double top, double width,
                       double height) {
  EXPECT_NEAR(box.left, left, 1e-9);
  EXPECT_NEAR(box.top, top, 1e-9);
  EXPECT_NEAR(box.width, width, 1e-9);
  EXPECT_NEAR(box.height, height, 1e-9);
}

} // namespace mlopsctl::formats
