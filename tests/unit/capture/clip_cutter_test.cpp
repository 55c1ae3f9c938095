// SPDX-License-Identifier: Apache-2.0
// ClipCutter: N seconds give N / length clips at any frame rate, and no frame is in two or none.
#include "capture/clip_cutter.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace mlopsctl::capture {
namespace {

struct Cut {
  std::vector<ClipSpan> clips;
  std::int64_t partial_frames = 0;
  std::int64_t empty = 0;
};

Cut cut(const std::vector<double>& times_s, double length_s,
        std::optional<double> reached_s = std::nullopt) {
  ClipCutter cutter(length_s);
  Cut result;
  for (const double time_s : times_s)
    if (const auto clip = cutter.add(time_s))
      result.clips.push_back(*clip);
  if (const auto last = cutter.finish(reached_s))
    result.clips.push_back(*last);
  else
    result.partial_frames = cutter.frames();
  result.empty = cutter.empty();
  return result;
}

/// Stamps as a container with \p ticks_per_s keeps them.
std::vector<double> constant_rate(double fps, double seconds, double ticks_per_s) {
  std::vector<double> times_s;
  for (int i = 0; i / fps < seconds - 1e-9; ++i)
    times_s.push_back(std::round(i / fps * ticks_per_s) / ticks_per_s);
  return times_s;
}

void expect_gapless(const Cut& cut, std::size_t frames) {
  auto count = cut.partial_frames;
  for (std::size_t i = 0; i < cut.clips.size(); ++i) {
    count += cut.clips[i].frames;
    if (i > 0) {
      EXPECT_EQ(cut.clips[i].begin_ticks, cut.clips[i - 1].end_ticks);
    }
  }
  EXPECT_EQ(static_cast<std::size_t>(count), frames);
}

TEST(ClipCutter, TenSecondsAreTwentyHalves) {
  for (const double fps : {5.0, 7.0, 11.0, 12.5, 15.0, 24.0, 24000.0 / 1001, 25.0, 29.833,
                           30000.0 / 1001, 30.0, 50.0, 60.0, 120.0, 1000.0})
    for (const double ticks_per_s : {90000.0, 1000.0, 12800.0}) { // MPEG-TS, Matroska, MP4
      const auto times_s = constant_rate(fps, 10, ticks_per_s);
      const auto clips = cut(times_s, 0.5);
      EXPECT_EQ(clips.clips.size(), 20U) << fps << " fps in 1/" << ticks_per_s;
      EXPECT_EQ(clips.partial_frames, 0) << fps;
      EXPECT_EQ(clips.empty, 0);
      expect_gapless(clips, times_s.size());
    }
}

TEST(ClipCutter, LengthsThatAreNoBinaryFractions) {
  const auto clips = cut(constant_rate(30, 3, 1e9), 0.1);
  ASSERT_EQ(clips.clips.size(), 30U);
  for (const auto& clip : clips.clips)
    EXPECT_EQ(clip.frames, 3) << clip.number;
}

TEST(ClipCutter, VariableRate) {
  std::vector<double> times_s;
  for (int i = 0; times_s.empty() || times_s.back() < 9.95; ++i) // 8 to 90 ms apart
    times_s.push_back((times_s.empty() ? 0 : times_s.back()) + 0.008 + 0.082 * (i * 37 % 100) / 99);
  const double first_s = times_s.front();
  for (double& time_s : times_s)
    time_s -= first_s;
  const auto clips = cut(times_s, 0.5);
  EXPECT_EQ(clips.clips.size(), 20U);
  expect_gapless(clips, times_s.size());
}

TEST(ClipCutter, RestIsNoClip) {
  const auto clips = cut(constant_rate(30, 1.8, 90000), 0.5);
  EXPECT_EQ(clips.clips.size(), 3U);
  EXPECT_EQ(clips.partial_frames, 9);
  expect_gapless(clips, 54);
}

TEST(ClipCutter, WholeWhereTheSourceGoesOn) { // --duration ends in a standstill
  const std::vector<double> times_s{0, 0.1, 0.5, 0.6};
  EXPECT_EQ(cut(times_s, 0.5).clips.size(), 1U);
  const auto clips = cut(times_s, 0.5, 1.0);
  ASSERT_EQ(clips.clips.size(), 2U);
  EXPECT_EQ(clips.clips[1].end_ticks, 90'000);
}

TEST(ClipCutter, GapsAreEmptyClips) {
  const auto clips = cut({0, 0.2, 0.4, 2.6, 2.7}, 0.5);
  ASSERT_EQ(clips.clips.size(), 1U);
  EXPECT_EQ(clips.clips[0].end_ticks, 234'000); // shown until the camera was back
  EXPECT_EQ(clips.empty, 4);
  EXPECT_EQ(cut({0, 0.2, 0.4, 2.6, 2.7}, 0.5, 3.0).clips[1].number, 5);
  EXPECT_EQ(cut({0, 0.4, 9.6}, 0.5).clips.size(), 1U) << "the gap is not how long frames are shown";
  EXPECT_TRUE(cut({}, 0.5).clips.empty());
  EXPECT_EQ(cut({0}, 0.5).partial_frames, 1);
}

} // namespace
} // namespace mlopsctl::capture
