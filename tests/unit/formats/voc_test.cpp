// SPDX-License-Identifier: Apache-2.0
#include "label_files.hpp"

namespace mlopsctl::formats {
namespace {

using Voc = LabelFiles;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string xml(const std::string& objects, const std::string& name = "a.jpg") {
  return "<annotation verified=\"yes\"><folder>f</folder><filename>" + name +
         "</filename><path>/home/me/a.jpg</path><size><width>500</width><height>400</height>"
         "<depth>3</depth></size>" +
         objects + "</annotation>";
}

std::string object(const std::string& corners) {
  return "<object><name>Tie &amp; Fighter</name><pose>Left</pose><truncated>1</truncated>"
         "<difficult>1</difficult><bndbox>" +
         corners + "</bndbox></object>";
}

const char* const k_corners =
    "<ymax>262</ymax><xmin>112</xmin><ymin>135.0</ymin><xmax>172</xmax>"; // any order, a fraction

TEST_F(Voc, ReadsAKnownFile) {
  const auto result = read(put("a.xml", xml(object(k_corners))));
  EXPECT_TRUE(result.problems.empty());
  ASSERT_EQ(result.samples.size(), 1U);
  EXPECT_EQ(result.samples[0].ref, "a.jpg");
  EXPECT_EQ(result.samples[0].width, 500);
  const auto& annotation = result.samples[0].annotations.at(0);
  EXPECT_EQ(annotation.label, "Tie & Fighter");
  EXPECT_TRUE(annotation.is_difficult);
  EXPECT_TRUE(annotation.is_truncated);
  expect_box(annotation.box, 112, 135, 60, 127);
}

TEST_F(Voc, BaseOneMovesTheLowerCornersOnly) {
  ReadOptions options;
  options.voc_base = 1;
  const auto result = read(put("a.xml", xml(object(k_corners))), options);
  expect_box(result.samples.at(0).annotations.at(0).box, 111, 134, 61, 128);
  WriteOptions write_options;
  write_options.format = "voc";
  write_options.voc_base = 1;
  write("out", result.samples, write_options);
  EXPECT_THAT(text_of("out/a.xml"), HasSubstr("<xmin>112</xmin>"));
  EXPECT_THAT(text_of("out/a.xml"), HasSubstr("<ymax>262</ymax>"));
}

TEST_F(Voc, ThereAndBackWithoutThePath) {
  const auto first = read(put("a.xml", xml(object(k_corners))));
  WriteOptions options;
  options.format = "voc";
  write("out", first.samples, options);
  const auto text = text_of("out/a.xml");
  EXPECT_THAT(text, Not(HasSubstr("/home/me")));
  EXPECT_THAT(text, HasSubstr("<name>Tie &amp; Fighter</name>"));
  EXPECT_THAT(text, HasSubstr("<pose>Left</pose>"));
  const auto second = read(path("out"));
  const auto& annotation = second.samples.at(0).annotations.at(0);
  expect_box(annotation.box, 112, 135, 60, 127);
  EXPECT_TRUE(annotation.is_difficult);
}

TEST_F(Voc, BothEdgesAreRoundedAndStayApart) {
  WriteOptions options;
  options.format = "voc";
  const auto losses =
      write("out", {sample("dog", {10.5, 20.4, 0.2, 30.2})}, options); // 10.5..10.7, 20.4..50.6
  const auto text = text_of("out/a.xml");
  EXPECT_THAT(text, HasSubstr("<xmin>11</xmin>"));
  EXPECT_THAT(text, HasSubstr("<xmax>12</xmax>"));
  EXPECT_THAT(text, HasSubstr("<ymin>20</ymin>"));
  EXPECT_THAT(text, HasSubstr("<ymax>51</ymax>"));
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].field, "boxes rounded to whole pixels");
}

TEST_F(Voc, BoxesAreCutAtTheImage) {
  WriteOptions options;
  options.format = "voc";
  const auto losses = write("out", {sample("dog", {-1e300, 70, 2e300, 1e9})}, options);
  const auto text = text_of("out/a.xml");
  EXPECT_THAT(text, HasSubstr("<xmin>0</xmin>"));
  EXPECT_THAT(text, HasSubstr("<xmax>100</xmax>"));
  EXPECT_THAT(text, HasSubstr("<ymax>80</ymax>"));
  EXPECT_EQ(losses.at(0).field, "boxes cut at the edge of the image");
}

TEST_F(Voc, BrokenFilesAreListedWithTheirPlace) {
  put("v/a.xml", xml(object("<xmin>5</xmin><ymin>5</ymin><xmax>5</xmax><ymax>9</ymax>"), "a.jpg"));
  put("v/b.xml", "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + xml("", "b.jpg"));
  put("v/c.xml", "<annotation><size>\n</annotation>");
  put("v/d.xml", "<html></html>");
  put("v/e.xml",
      xml("\n" + object("<xmin>5</xmin><ymin>x</ymin><xmax>7</xmax><ymax>9</ymax>"), "e.jpg"));
  put("v/f.xml", xml(object(k_corners), ""));
  const auto result = read(path("v"));
  EXPECT_THAT(result.listed(),
              ElementsAre(HasSubstr("box-without-area at " + path("v/a.xml") +
                                    ": box 1: width 0 is zero (image 500x400)"),
                          HasSubstr("doctype at " + path("v/b.xml")),
                          HasSubstr("not-xml at " + path("v/c.xml") + ":2"),
                          HasSubstr("not-voc at " + path("v/d.xml")),
                          HasSubstr("bad-box at " + path("v/e.xml") + ":2: box 1: <ymin> 'x'"),
                          HasSubstr("filename-missing at " + path("v/f.xml"))));
  ASSERT_EQ(result.samples.size(), 2U); // a without its box, f
  EXPECT_EQ(result.samples[1].ref, "f.jpg");
}

TEST_F(Voc, WrongFileNamesAreResolved) {
  put("v/x.xml", xml(object(k_corners), "wrong.png"));
  put("v/x.jpeg", "");
  put("v/alone.jpg", "");
  const auto result = read(path("v"));
  EXPECT_EQ(result.samples.at(0).ref, "x.jpeg");
  EXPECT_THAT(result.listed(), ElementsAre(HasSubstr("1 images have no XML and are left out"),
                                           HasSubstr("filename-mismatch")));
}

TEST_F(Voc, ListsGiveTheSplit) {
  put("v/Annotations/a.xml", xml(object(k_corners)));
  put("v/ImageSets/Main/val.txt", "a\nlost\n");
  const auto result = read(path("v"));
  EXPECT_EQ(result.samples.at(0).split, dataset::Split::validation);
  EXPECT_THAT(result.listed(), ElementsAre(HasSubstr("1 names have no XML here, first 'lost'")));
}

TEST_F(Voc, SizeFromTheImageWhereTheFileHasNone) {
  ReadOptions options;
  options.image_size = [](const std::string&) { return ImageSize{30, 20, 3}; };
  const auto result =
      read(put("a.xml",
               "<annotation><filename>a.jpg</filename><size><width>0</width></size></annotation>"),
           options);
  EXPECT_EQ(result.samples.at(0).width, 30);
}

} // namespace
} // namespace mlopsctl::formats
