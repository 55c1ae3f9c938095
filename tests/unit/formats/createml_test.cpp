// SPDX-License-Identifier: Apache-2.0
#include "label_files.hpp"

#include <random>

namespace mlopsctl::formats {
namespace {

using CreateMl = LabelFiles;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(CreateMl, XAndYAreTheCentre) {
  const auto result = read(put(
      "x.json",
      R"([{"image":"a.jpg","annotations":[{"label":"dog","coordinates":{"x":141.5,"y":198,"width":61,"height":128},"id":4}],"light":"dim"},
          {"imagefilename":"b c.png","annotation":[]},{"image":"c.jpg"},{"filename":"d.jpg","annotations":["dog","indoor"]}])"));
  EXPECT_THAT(result.listed(), ElementsAre());
  EXPECT_THAT(result.classes, ElementsAre("dog", "indoor"));
  ASSERT_EQ(result.samples.size(), 4U);
  expect_box(result.samples[0].annotations.at(0).box, 111, 134, 61, 128);
  EXPECT_EQ(result.samples[0].extra, (dataset::Fields{{"light", "\"dim\""}}));
  EXPECT_EQ(result.samples[0].annotations[0].extra, (dataset::Fields{{"id", "4"}}));
  EXPECT_EQ(result.samples[1].ref, "b c.png");
  EXPECT_TRUE(result.samples[1].is_labelled);
  EXPECT_FALSE(result.samples[2].is_labelled);
  EXPECT_TRUE(result.samples[3].is_multilabel);
}

TEST_F(CreateMl, BadRecordsAreListed) {
  const auto file = put(
      "x.json",
      R"([{"image":"a.jpg","annotations":[{"label":"","coordinates":{"x":1,"y":1,"width":2,"height":2}}]},
          {"annotations":[]},{"image":"a.jpg","annotations":[{"label":"a","coordinates":{"x":1,"y":1,"width":"2","height":2}}]},7])");
  const auto result = read(file);
  EXPECT_TRUE(result.samples.empty());
  EXPECT_THAT(result.listed(),
              ElementsAre(HasSubstr("bad-class-name at " + file + ":[0]: box 1: label is missing"),
                          HasSubstr("missing-image at " + file + ":[1]"),
                          HasSubstr("bad-box at " + file + ":[2]: box 1: coordinates are not"),
                          HasSubstr("bad-image at " + file + ":[3]: is JSON, but not an object")));
}

TEST_F(CreateMl, ThereAndBack) {
  std::mt19937 random(3);
  std::vector<dataset::Sample> samples;
  for (int i = 0; i < 100; ++i) {
    const auto side = [&] { return static_cast<double>(random() % 400) / 8; };
    auto one = sample("class " + std::to_string(i % 4), {side(), side(), 1 + side(), 1 + side()});
    one.ref = "d/\"" + std::to_string(i) + "\" é.jpg";
    if (i % 5 == 0)
      one.annotations.clear();
    samples.push_back(one);
  }
  WriteOptions options;
  options.format = "createml";
  EXPECT_TRUE(write("x.json", samples, options).empty());
  const auto result = read(path("x.json"));
  EXPECT_THAT(result.listed(), ElementsAre());
  ASSERT_EQ(result.samples.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(result.samples[i].ref, samples[i].ref);
    ASSERT_EQ(result.samples[i].annotations.size(), samples[i].annotations.size());
    for (std::size_t k = 0; k < samples[i].annotations.size(); ++k) {
      const auto& box = samples[i].annotations[k].box;
      expect_box(result.samples[i].annotations[k].box, box.left, box.top, box.width, box.height);
      EXPECT_EQ(result.samples[i].annotations[k].label, samples[i].annotations[k].label);
    }
  }
}

TEST_F(CreateMl, WhatItCannotHoldIsCounted) {
  WriteOptions options;
  options.format = "createml";
  auto one = sample();
  one.annotations[0].score = 0.5;
  auto nobody = sample();
  nobody.is_labelled = false;
  std::vector<std::string> fields;
  for (const auto& loss : write("x.json", {one, nobody}, options))
    fields.push_back(loss.field);
  EXPECT_THAT(fields, testing::Contains("score"));
  EXPECT_THAT(fields, testing::Contains(HasSubstr("images that nobody labelled")));
  EXPECT_EQ(read(path("x.json")).samples.size(), 1U);
}

} // namespace
} // namespace mlopsctl::formats
