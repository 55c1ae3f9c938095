// SPDX-License-Identifier: Apache-2.0
#include "label_files.hpp"
#include "tests/unit/error_of.hpp"

#include <random>

namespace mlopsctl::formats {
namespace {

using Cvat = LabelFiles;
using testing::ElementsAre;
using testing::HasSubstr;

std::string document(const std::string& body, const std::string& labels = "") {
  return "<?xml version=\"1.0\" "
         "encoding=\"utf-8\"?>\n<annotations>\n<version>1.1</version><meta><task><labels>" +
         labels + "</labels></task></meta>\n" + body + "</annotations>\n";
}

const char* const k_image =
    R"(<image id="3" name="d/a &amp; b.jpg" subset="Train" width="200" height="100">
  <box label="dog" occluded="1" source="manual" xtl="10.50" ytl="20" xbr="30" ybr="50.25" z_order="2"><attribute name="age">old</attribute></box>
  <tag label="indoor" source="manual"></tag>
</image>)";

TEST_F(Cvat, ReadsImages) {
  const auto result = read(put(
      "x.xml", document(k_image, "<label><name>cat</name></label><label><name>dog</name></label>"
                                 "<label><name>1</name><parent>s1</parent></label>")));
  EXPECT_THAT(result.listed(), ElementsAre());
  EXPECT_THAT(result.classes, ElementsAre("cat", "dog", "indoor"));
  ASSERT_EQ(result.samples.size(), 1U);
  const auto& one = result.samples[0];
  EXPECT_EQ(one.ref, "d/a & b.jpg");
  EXPECT_EQ(one.split, dataset::Split::train);
  EXPECT_EQ(one.width, 200);
  expect_box(one.annotations.at(0).box, 10.5, 20, 19.5, 30.25);
  EXPECT_EQ(one.annotations[0].extra,
            (dataset::Fields{{"occluded", "\"1\""}, {"z_order", "\"2\""}, {"age", "\"old\""}}));
  EXPECT_EQ(one.classes.at(0).label, "indoor");
  EXPECT_FALSE(one.is_multilabel);
}

TEST_F(Cvat, OtherShapesBecomeTheBoxAroundThem) {
  const auto file = put("x.xml", document(
                                     R"(<image id="0" name="a.jpg" width="200" height="100">
<box label="a" xtl="50" ytl="40" xbr="90" ybr="60" rotation="90"/>
<polygon label="b" points="10.00,10.00;20,50;5,30"/>
<polyline label="c" points="1,2;3,4"/>
<ellipse label="d" cx="100" cy="50" rx="20" ry="10"/>
<mask label="e" rle="3, 5" left="70" top="80" width="13" height="15"/>
<points label="f" points="1,2"/>
</image><image id="1" name="b.jpg" width="9" height="9"><points label="f" points="1,2"/></image>)"));
  const auto reader = open_labels(file, {});
  dataset::Sample one;
  ASSERT_TRUE(reader->next(one));
  ASSERT_EQ(one.annotations.size(), 5U);
  expect_box(one.annotations[0].box, 60, 30, 20, 40); // turned about its centre
  expect_box(one.annotations[1].box, 5, 10, 15, 40);
  expect_box(one.annotations[2].box, 1, 2, 2, 2);
  expect_box(one.annotations[3].box, 80, 40, 40, 20);
  expect_box(one.annotations[4].box, 70, 80, 13, 15);
  ASSERT_TRUE(reader->next(one));
  EXPECT_FALSE(one.is_labelled);
  EXPECT_FALSE(reader->next(one));
  std::vector<std::string> fields;
  for (const auto& loss : reader->losses())
    fields.push_back(loss.field + ": " + std::to_string(loss.count));
  EXPECT_THAT(fields, ElementsAre("ellipses, read as the box around them: 1",
                                  "lines, read as the box around them: 1",
                                  "masks, read as the box around them: 1",
                                  "points, skeletons and cuboids: 2",
                                  "polygons, read as the box around them: 1",
                                  "rotated boxes, read as the box around them: 1"));
}

TEST_F(Cvat, BadRecordsAreListed) {
  const auto file =
      put("x.xml",
          document("<image id=\"0\" name=\"a.jpg\" width=\"9\" height=\"9\">\n<box label=\"a\" "
                   "xtl=\"1\" ytl=\"1\" xbr=\"x\" ybr=\"3\"/></image>"
                   "<image id=\"1\" name=\"\"/><image id=\"2\" name=\"c.jpg\" width=\"9\" "
                   "height=\"9\"><polygon label=\"\" points=\"1,1;2,2\"/></image>"
                   "<image id=\"3\" name=\"d.jpg\" width=\"9\" height=\"9\"><polygon "
                   "label=\"a\" points=\"1;2\"/></image>"));
  const auto result = read(file);
  EXPECT_TRUE(result.samples.empty());
  EXPECT_THAT(result.listed(),
              ElementsAre(HasSubstr("bad-box at " + file + ": image 0: box 1 (line 5): its place"),
                          HasSubstr("missing-image at " + file + ": image 1: name is empty"),
                          HasSubstr("bad-class-name at " + file + ": image 2: polygon 1"),
                          HasSubstr("bad-box at " + file + ": image 3: polygon 1")));
}

TEST_F(Cvat, WhatIsNoneIsRefused) {
  const auto refusal = [&](const std::string& text) -> std::string {
    ReadOptions options;
    options.format = "cvat";
    return error_of([&] { read(put("x.xml", text), options); });
  };
  EXPECT_THAT(refusal("<annotations>\n<image></annotations>"), HasSubstr("x.xml:2: not valid XML"));
  EXPECT_THAT(refusal("<!DOCTYPE a [<!ENTITY b \"c\">]><annotations/>"), HasSubstr("DOCTYPE"));
  EXPECT_THAT(refusal("<annotation/>"), HasSubstr("has no <annotations>"));
  EXPECT_THAT(refusal("<annotations><track id=\"0\"/></annotations>"),
              HasSubstr("holds tracks of a video"));
}

TEST_F(Cvat, AFolderAsCvatExportsIt) {
  put("set/annotations.xml", document(k_image));
  put("set/images/a.jpg", "");
  EXPECT_EQ(read(path("set")).samples.size(), 1U);
  std::filesystem::create_directories(path("none"));
  ReadOptions options;
  options.format = "cvat";
  EXPECT_THROW(read(path("none"), options), Error);
}

TEST_F(Cvat, ThereAndBack) {
  std::mt19937 random(5);
  const auto pick = [&](unsigned limit) { return static_cast<int>(random() % limit); };
  std::vector<dataset::Sample> samples;
  for (int i = 0; i < 100; ++i) {
    auto one = sample("c<" + std::to_string(i % 4) + ">",
                      {pick(50) / 3.0, pick(40) / 3.0, 1 + pick(50) / 3.0, 1 + pick(40) / 7.0});
    one.ref = "d/'" + std::to_string(i) + "' & é.jpg";
    one.split = static_cast<dataset::Split>(pick(4));
    if (i % 3 == 0)
      one.annotations[0].extra = {{"z_order", "\"4\""}, {"pose", "\"left\""}};
    if (i % 5 == 0)
      one.annotations.clear();
    if (i % 4 == 0)
      one.classes = {{"day", -1, std::nullopt}};
    if (i % 8 == 0)
      one.classes.push_back({"rain", -1, std::nullopt});
    one.is_multilabel = one.classes.size() > 1;
    samples.push_back(one);
  }
  WriteOptions options;
  options.format = "cvat";
  EXPECT_TRUE(write("x.xml", samples, options).empty());
  const auto result = read(path("x.xml"));
  EXPECT_THAT(result.listed(), ElementsAre());
  ASSERT_EQ(result.samples.size(), samples.size());
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(result.samples[i].ref, samples[i].ref);
    EXPECT_EQ(result.samples[i].split, samples[i].split);
    EXPECT_EQ(result.samples[i].is_multilabel, samples[i].is_multilabel);
    ASSERT_EQ(result.samples[i].classes.size(), samples[i].classes.size());
    ASSERT_EQ(result.samples[i].annotations.size(), samples[i].annotations.size());
    for (std::size_t k = 0; k < samples[i].annotations.size(); ++k) {
      const auto& a = samples[i].annotations[k];
      const auto& b = result.samples[i].annotations[k];
      expect_box(b.box, a.box.left, a.box.top, a.box.width, a.box.height);
      EXPECT_EQ(b.label, a.label);
      EXPECT_EQ(b.extra, a.extra);
    }
  }
  write("y.xml", result.samples, options);
  EXPECT_EQ(text_of("y.xml"), text_of("x.xml"));
}

} // namespace
} // namespace mlopsctl::formats
