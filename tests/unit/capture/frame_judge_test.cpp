// SPDX-License-Identifier: Apache-2.0
// What --keep decides: blurred, alike and moving frames among good ones, and what stays when all
// are alike in being bad.
#include "capture/frame_judge.hpp"
#include "imaging/pattern.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::capture {
namespace {

using testing::Each;
using testing::ElementsAre;

imaging::Image box_blurred(const imaging::Image& image, int radius) {
  imaging::Image out = image;
  for (int y = 0; y < image.height; ++y)
    for (int x = 0; x < image.width; ++x)
      for (int c = 0; c < image.channels; ++c) {
        int sum = 0, count = 0;
        for (int dy = -radius; dy <= radius; ++dy)
          for (int dx = -radius; dx <= radius; ++dx) {
            const int at_y = y + dy, at_x = x + dx;
            if (at_y < 0 || at_x < 0 || at_y >= image.height || at_x >= image.width)
              continue;
            sum += image.row(at_y)[at_x * image.channels + c];
            ++count;
          }
        out.row(y)[x * image.channels + c] = static_cast<std::uint8_t>(sum / count);
      }
  return out;
}

class Film {
public:
  explicit Film(const KeepRules& rules) : judge_(rules) {}
  /// A frame of the pattern at 10 frames a second of its own time.
  void show(std::int64_t pattern_frame, int blur = 0) {
    imaging::PatternOptions options;
    options.width = 320;
    options.height = 240;
    options.fps = 10;
    options.seconds = 60;
    auto image = imaging::Pattern(options).frame(pattern_frame).image;
    if (blur > 0)
      image = box_blurred(image, blur);
    Candidate candidate;
    candidate.glance = std::make_shared<const imaging::Glance>(
        imaging::glance(imaging::small_grey(image, imaging::k_glance_side_px)));
    candidate.jpeg = "x";
    add(std::move(candidate));
  }
  void show_broken() { add({}); }
  std::vector<std::string> reasons() {
    judge_.finish();
    take();
    return reasons_;
  }
  const FrameJudge& judge() const { return judge_; }
  std::vector<Candidate> decided;

private:
  void add(Candidate candidate) {
    candidate.entry.frame_index = count_;
    candidate.entry.time_s = 0.1 * static_cast<double>(count_++);
    candidate.entry.width = 160;
    candidate.entry.height = 120;
    judge_.add(std::move(candidate));
    take();
  }
  void take() {
    while (auto candidate = judge_.next()) {
      EXPECT_EQ(candidate->entry.frame_index, static_cast<std::int64_t>(decided.size()));
      EXPECT_EQ(candidate->jpeg.empty(), !candidate->entry.is_kept);
      reasons_.push_back(candidate->entry.reason);
      decided.push_back(std::move(*candidate));
    }
  }
  FrameJudge judge_;
  std::int64_t count_ = 0;
  std::vector<std::string> reasons_;
};

TEST(KeepRules, NamesAreCheckedAndOrdered) {
  EXPECT_EQ(to_text(parse_keep({"still", "sharp"})), "sharp,still");
  EXPECT_FALSE(parse_keep({}).any());
  const auto error = error_of([] { parse_keep({"sharpe"}); });
  EXPECT_EQ(error, "--keep: unknown rule 'sharpe', did you mean 'sharp'?");
}

TEST(FrameJudge, BlurredFramesGo) {
  Film film({.sharp = true});
  for (int i = 0; i < 40; ++i)
    film.show(i, i >= 10 && i < 15 ? 3 : 0);
  const auto reasons = film.reasons();
  ASSERT_EQ(reasons.size(), 40U);
  for (int i = 0; i < 40; ++i)
    EXPECT_EQ(reasons[static_cast<std::size_t>(i)], i >= 10 && i < 15 ? "blurred" : "kept") << i;
  EXPECT_FALSE(film.judge().saw_no_sharp_frame());
  EXPECT_LT(film.decided[12].entry.judgement->sharpness,
            *film.decided[12].entry.judgement->sharpness_needed);
}

TEST(FrameJudge, WhereAllAreBlurredNoneGoes) {
  Film film({.sharp = true});
  for (int i = 0; i < 20; ++i)
    film.show(i, 6);
  EXPECT_THAT(film.reasons(), Each("kept"));
  EXPECT_TRUE(film.judge().saw_no_sharp_frame());
}

TEST(FrameJudge, TheSharpestOfAlikeFramesStays) {
  Film film({.distinct = true});
  for (const int blur : {1, 0, 1})
    film.show(0, blur);
  film.show(20);
  film.show(0);
  EXPECT_THAT(film.reasons(), ElementsAre("duplicate", "kept", "duplicate", "kept", "duplicate"));
  EXPECT_EQ(film.decided[0].entry.judgement->like, 1);
  EXPECT_EQ(film.decided[2].entry.judgement->like, 1);
  EXPECT_EQ(film.decided[4].entry.judgement->like, 1);
  EXPECT_FALSE(film.decided[1].entry.judgement->like);
}

TEST(FrameJudge, OneFrameOfALongStandstill) {
  Film film({.distinct = true});
  for (int i = 0; i < 650; ++i)
    film.show(5);
  const auto reasons = film.reasons();
  EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "kept"), 1);
}

TEST(FrameJudge, FramesBetweenPosesGo) {
  Film film({.still = true});
  for (int i = 0; i < 6; ++i)
    film.show(0);
  for (const int on_the_way : {5, 10, 15})
    film.show(on_the_way);
  for (int i = 0; i < 6; ++i)
    film.show(20);
  const auto reasons = film.reasons();
  for (std::size_t i = 0; i < reasons.size(); ++i)
    EXPECT_EQ(reasons[i], i >= 6 && i < 9 ? "transition" : "kept") << i;
}

TEST(FrameJudge, WhatCannotBeReadKeepsItsPlace) {
  Film film({.sharp = true, .distinct = true, .still = true});
  film.show_broken();
  film.show(0);
  film.show_broken();
  film.show(0);
  EXPECT_THAT(film.reasons(), ElementsAre("unreadable", "kept", "unreadable", "duplicate"));
}

TEST(FrameJudge, NothingComesOfNothing) {
  Film film({.sharp = true});
  EXPECT_TRUE(film.reasons().empty());
}

} // namespace
} // namespace mlopsctl::capture
