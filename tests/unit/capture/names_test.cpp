// SPDX-License-Identifier: Apache-2.0
// File names from a template, and the words of a pattern's URL.
#include "capture/name_template.hpp"
#include "capture/pattern_source.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::capture {
namespace {

TEST(NameTemplate, Pads) {
  EXPECT_EQ(NameTemplate("frame{index:06}.jpg").name(42, 7), "frame000042.jpg");
  EXPECT_EQ(NameTemplate("frame{index:06}.jpg").name(12345678, 7), "frame12345678.jpg");
  EXPECT_EQ(NameTemplate("{frame:4}_{index}.JPEG").name(1, 70), "0070_1.JPEG");
}

TEST(NameTemplate, RefusesNamesThatCouldMeetOrLeave) {
  for (const char* bad : {"", "frame.jpg", "{frame}.jpg", "{index}", "{index}.png", "a/{index}.jpg",
                          "..\\{index}.jpg", "../{index}.jpg", ".{index}.jpg", "-{index}.jpg",
                          "{index}\n.jpg", "{index:0}.jpg", "{index:x}.jpg", "{index:99}.jpg",
                          "{inde}.jpg", "{index.jpg", "index}.jpg", "{}{index}.jpg"})
    EXPECT_THROW(NameTemplate{bad}, Error) << bad;
  EXPECT_THROW(NameTemplate(std::string(200, 'a') + "{index}.jpg"), Error);
}

TEST(PatternUrl, SaysWhatDiffersFromTheDefault) {
  const auto options = parse_pattern_url("pattern:shapes?seed=7&size=320x200&fps=12.5&seconds=3");
  EXPECT_EQ(options.seed, 7U);
  EXPECT_EQ(options.width, 320);
  EXPECT_EQ(options.height, 200);
  EXPECT_EQ(options.fps, 12.5);
  EXPECT_EQ(options.seconds, 3);
  EXPECT_EQ(parse_pattern_url("pattern:shapes").width, 640);
}

TEST(PatternUrl, RefusesWhatItDoesNotKnow) {
  for (const char* bad :
       {"pattern:", "pattern:shape", "pattern:shapes?", "pattern:shapes?seed",
        "pattern:shapes?seed=", "pattern:shapes?seed=1.5", "pattern:shapes?size=1x1",
        "pattern:shapes?colour=red", "pattern:shapes?fps=inf", "pattern:shapes?seconds=1e12",
        "pattern:shapes?seed=1&&fps=3"})
    EXPECT_THROW(parse_pattern_url(bad), Error) << bad;
}

TEST(PatternSource, KnowsItsTimesBoxesAndClasses) {
  const auto source = open_frames("pattern:shapes?size=64x48&fps=10&seconds=0.5", {});
  EXPECT_EQ(source->info().classes, (std::vector<std::string>{"circle", "square", "triangle"}));
  EXPECT_EQ(source->times()->size(), 5U);
  int count = 0;
  while (const auto frame = source->next()) {
    EXPECT_DOUBLE_EQ(frame->time_s.value(), count / 10.0);
    const auto picture = source->picture()();
    EXPECT_EQ(picture.image.width, 64);
    EXPECT_FALSE(picture.annotations.empty());
    ++count;
  }
  EXPECT_EQ(count, 5);
}

} // namespace
} // namespace mlopsctl::capture
