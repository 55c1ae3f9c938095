// SPDX-License-Identifier: Apache-2.0
// Which frames are taken: the same moments at any frame rate, exact counts, evenly spread numbers.
#include "capture/sampling.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace mlopsctl::capture {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A clip of given stamps without pictures.
class Stamps final : public FrameSource {
public:
  explicit Stamps(std::vector<double> times_s) : times_s_(std::move(times_s)) {
    info_.name = "clip.mp4";
  }
  const SourceInfo& info() const override { return info_; }
  std::optional<Frame> next() override { return std::nullopt; }
  std::function<Picture()> picture() override { return {}; }
  std::optional<std::vector<double>> times() const override {
    if (info_.is_live)
      return std::nullopt;
    return times_s_;
  }
  SourceInfo info_;
  std::vector<double> times_s_;
};

/// \param decimals 3: as Matroska stores stamps.
std::vector<double> regular(double fps, double seconds, int decimals = 9) {
  std::vector<double> times_s;
  const double scale = std::pow(10, decimals);
  for (int i = 0; i < static_cast<int>(std::lround(fps * seconds)); ++i)
    times_s.push_back(std::round(i / fps * scale) / scale);
  return times_s;
}

std::vector<std::int64_t> taken(const Selection& selection, const Stamps& source) {
  Sampler sampler(selection, source);
  std::vector<std::int64_t> indices;
  for (std::size_t i = 0; i < source.times_s_.size(); ++i) {
    const Frame frame{static_cast<std::int64_t>(i), source.times_s_[i], "clip.mp4"};
    if (sampler.is_past_end(frame))
      break;
    if (sampler.takes(frame))
      indices.push_back(frame.index);
  }
  return indices;
}

Selection by_step(double step_s) {
  Selection selection;
  selection.step_s = step_s;
  return selection;
}

std::string refusal(const Selection& selection, const Stamps& source) {
  return error_and_hint_of([&] { Sampler sampler(selection, source); }, Fault::usage);
}

TEST(Sampling, ByTimeTheMomentsDoNotDependOnTheFrameRate) {
  for (const double step_s : {0.5, 0.2, 0.4, 1.0})
    for (const double fps : {15.0, 29.97, 30.0, 60.0})
      for (const int decimals : {3, 9}) {
        const auto times_s = regular(fps, 10, decimals);
        const auto indices = taken(by_step(step_s), Stamps(times_s));
        ASSERT_NEAR(static_cast<double>(indices.size()), std::ceil(10 / step_s), 1) << fps;
        for (std::size_t k = 0; k < indices.size(); ++k) {
          const double late_s =
              times_s[static_cast<std::size_t>(indices[k])] - static_cast<double>(k) * step_s;
          EXPECT_GE(late_s, -0.0011) << fps << " " << step_s;
          EXPECT_LT(late_s, 1 / fps) << fps << " " << step_s;
        }
      }
}

TEST(Sampling, AsManyAsThereAreTakesEveryFrameOnce) {
  for (const int decimals : {3, 9}) {
    EXPECT_EQ(taken(by_step(1 / 30.0), Stamps(regular(30, 5, decimals))).size(), 150U);
    EXPECT_EQ(taken(by_step(1 / 60.0), Stamps(regular(30, 5, decimals))).size(), 150U);
    EXPECT_EQ(taken(by_step(1 / 15.0), Stamps(regular(30, 5, decimals))).size(), 75U);
  }
}

TEST(Sampling, AGapIsNotMadeUpFor) {
  EXPECT_THAT(taken(by_step(1), Stamps({0, 0.5, 1, 5.2, 5.4, 6.1})), ElementsAre(0, 2, 3, 5));
}

TEST(Sampling, ByCountAndDuration) {
  Selection selection;
  selection.every = 4;
  EXPECT_THAT(taken(selection, Stamps(regular(10, 1))), ElementsAre(0, 4, 8));
  selection.duration_s = 0.8;
  EXPECT_THAT(taken(selection, Stamps(regular(10, 1))), ElementsAre(0, 4));
  EXPECT_EQ(taken({}, Stamps(regular(10, 1))).size(), 10U);
}

TEST(Sampling, AtMostIsExactAndEven) {
  for (std::int64_t count = 1; count <= 120; ++count) {
    Selection selection;
    selection.at_most = count;
    const auto indices = taken(selection, Stamps(regular(10, 10)));
    ASSERT_EQ(indices.size(), static_cast<std::size_t>(std::min<std::int64_t>(count, 100)));
    for (std::size_t i = 1; i < indices.size(); ++i) {
      const double gap = static_cast<double>(indices[i] - indices[i - 1]);
      EXPECT_NEAR(gap, std::max(1.0, 100.0 / static_cast<double>(count)), 1);
    }
  }
}

TEST(Sampling, RefusesWhatTheSourceCannotSay) {
  Stamps source({0, 0, 0});
  source.info_.has_time = false;
  EXPECT_THAT(refusal(by_step(1), source),
              HasSubstr("clip.mp4: its frames have no time stamps, so they cannot be chosen by "
                        "time; say the frame rate with --assume-fps R"));
  Selection duration;
  duration.duration_s = 1;
  EXPECT_THAT(refusal(duration, source), HasSubstr("--assume-fps"));
  Selection some;
  some.at_most = 5;
  EXPECT_EQ(refusal(some, source), k_no_error);
  source.info_.is_live = true;
  EXPECT_THAT(refusal(some, source), HasSubstr("has no known end to spread --at-most over"));
}

TEST(Sampling, EveryIsACountOrATime) {
  Selection selection;
  parse_every("10", selection);
  EXPECT_EQ(selection.every, 10);
  Selection by_time;
  parse_every("250ms", by_time);
  EXPECT_EQ(by_time.step_s, 0.25);
  EXPECT_FALSE(by_time.every.has_value());
  for (const char* bad : {"", "0", "-3", "1.5", "x", "10x", "0s", "ms"})
    EXPECT_THROW(parse_every(bad, by_time), Error) << bad;
}

} // namespace
} // namespace mlopsctl::capture
