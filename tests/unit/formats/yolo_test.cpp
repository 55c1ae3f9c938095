// SPDX-License-Identifier: Apache-2.0
#include "label_files.hpp"

namespace mlopsctl::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Yolo : public LabelFiles {
protected:
  static ReadOptions sized() {
    ReadOptions options;
    options.image_size = [](const std::string&) { return ImageSize{500, 400, 3}; };
    return options;
  }
};

TEST_F(Yolo, ReadsUltralyticsWithNamesAsMap) {
  put("d/data.yaml",
      "path: /content/d\ntrain: ../train/images\nval: valid/images\nnames:\n  0: dog\n  1: 7\n");
  put("d/train/images/a.jpg", "");
  put("d/train/labels/a.txt",
      "0 0.283000 0.495000\t0.122000  0.320000 \r\n1.0 0.5 0.5 0.5 0.5 0.25\n");
  put("d/valid/images/b.png", "");
  const auto result = read(path("d"), sized());
  EXPECT_TRUE(result.problems.empty()) << result.listed().at(0);
  ASSERT_EQ(result.samples.size(), 2U);
  const auto& boxes = result.samples[0].annotations;
  ASSERT_EQ(boxes.size(), 2U);
  expect_box(boxes[0].box, 111, 134, 61, 128);
  EXPECT_EQ(boxes[1].label, "7");
  EXPECT_EQ(boxes[1].score, 0.25);
  EXPECT_EQ(result.samples[0].split, dataset::Split::train);
  EXPECT_EQ(result.samples[1].split, dataset::Split::validation);
  EXPECT_TRUE(result.samples[1].is_labelled); // no file: background
}

TEST_F(Yolo, ReadsDarknetWithPathsOfAnotherMachine) {
  put("d/obj.data", "classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n");
  put("d/obj.names", "dog\n\n");
  put("d/train.txt", "data/obj_train_data/a.jpg\n");
  put("d/obj_train_data/a.txt", "0 0.5 0.5 0.1 0.1\n");
  const auto result = read(path("d"), sized());
  ASSERT_EQ(result.samples.size(), 1U);
  EXPECT_EQ(result.samples[0].ref, "data/obj_train_data/a.jpg");
  expect_box(result.samples[0].annotations.at(0).box, 225, 180, 50, 40);
}

TEST_F(Yolo, ReadsClassesTxtAndOutlines) {
  put("d/classes.txt", "dog\n");
  put("d/images/a.jpeg", "");
  put("d/labels/a.txt", "0 0.1 0.2 0.3 0.2 0.3 0.4\n");
  const auto result = read(path("d"), sized());
  expect_box(result.samples.at(0).annotations.at(0).box, 50, 80, 100, 80);
  EXPECT_THAT(result.listed(), ElementsAre(HasSubstr("outline-to-box")));
  const auto reader = open_labels(path("d"), sized());
  dataset::Sample sample;
  ASSERT_TRUE(reader->next(sample));
  ASSERT_EQ(reader->losses().size(), 1U);
  EXPECT_EQ(reader->losses()[0].field,
            "outlines and turned boxes, of which the boxes around them are read");
}

TEST_F(Yolo, BadRowsAreListedWithTheirPlace) {
  put("d/classes.txt", "dog\n");
  put("d/labels/a.txt",
      "0 0.1 0.1 0.1\n\n1 0.5 0.5 0.1 0.1\n0 x 0.5 0.1 0.1\n-1 0.5 0.5 0.1 0.1\n0 "
      "250 200 50 40\n0 0.5 0.5 0.1 0.1\n0 0.5 0.5 0.1 0.1\n");
  const auto result = read(path("d"), sized());
  const auto at = [&](const char* line) { return path("d/labels/a.txt") + ":" + line; };
  EXPECT_THAT(result.listed(),
              ElementsAre(HasSubstr("bad-row at " + at("1") + ": 4 values"),
                          HasSubstr("class-id-not-in-names at " + at("3") + ": class 1"),
                          HasSubstr("bad-row at " + at("4") + ": 'x' is not a number"),
                          HasSubstr("bad-class-id at " + at("5")),
                          HasSubstr("not-a-fraction at " + at("6") + ": '250'"),
                          HasSubstr("duplicate-box at " + at("8"))));
  EXPECT_TRUE(result.samples.empty());
}

TEST_F(Yolo, SizesAreNeeded) {
  put("d/classes.txt", "dog\n");
  put("d/labels/a.txt", "0 0.1 0.1 0.1 0.1\n");
  EXPECT_THAT(read(path("d")).listed(), ElementsAre(HasSubstr("missing-image-size")));
}

TEST_F(Yolo, NoNamesIsRefused) {
  put("d/data.yaml", "train: images\nnames: []\n");
  put("d/images/a.jpg", "");
  EXPECT_THROW(read(path("d")), Error);
}

TEST_F(Yolo, ThereAndBackToTheNoiseOfDoubles) {
  WriteOptions options;
  options.format = "yolo";
  options.classes = {"cat", "dog"};
  auto first = sample("dog", {10.25, 20, 1.0 / 3, 40});
  first.split = dataset::Split::train;
  auto second = sample("cat", {90, 70, 20, 20}); // reaches over the edge
  second.ref = "images/sub/b.jpg";
  second.split = dataset::Split::test;
  const auto losses = write("out", {first, second}, options);
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].field, "boxes cut at the edge of the image");
  EXPECT_EQ(text_of("out/test.txt"), "./images/sub/b.jpg\n");
  EXPECT_EQ(text_of("out/labels/sub/b.txt"), "0 0.95 0.9375 0.1 0.125\n");
  EXPECT_THAT(text_of("out/data.yaml"), HasSubstr("names:\n  0: \"cat\"\n  1: \"dog\"\n"));
  ReadOptions read_options;
  read_options.image_size = [](const std::string&) { return ImageSize{100, 80, 3}; };
  const auto result = read(path("out"), read_options);
  ASSERT_EQ(result.samples.size(), 2U);
  EXPECT_EQ(result.samples[0].split, dataset::Split::train);
  expect_box(result.samples[0].annotations.at(0).box, 10.25, 20, 1.0 / 3, 40);
  EXPECT_EQ(result.samples[0].annotations[0].label, "dog");
  EXPECT_EQ(result.samples[1].ref, "images/sub/b.jpg");
}

} // namespace
} // namespace mlopsctl::formats
