// SPDX-License-Identifier: Apache-2.0
#include "label_files.hpp"

namespace mlopsctl::formats {
namespace {

using Coco = LabelFiles;
using testing::ElementsAre;
using testing::HasSubstr;

const char* const k_minimal =
    R"({"images":[{"id":1,"file_name":"a.jpg","width":500,"height":400,"license":3}],
        "annotations":[{"id":1,"image_id":1,"category_id":18,"bbox":[111,134,61,128],"area":7000.5,"iscrowd":1,"segmentation":[[1,2]]}],
        "categories":[{"id":90,"name":"toothbrush"},{"id":18,"name":"dog","supercategory":"animal"}]})";

TEST_F(Coco, ReadsAKnownFile) {
  const auto result = read(put("x.json", k_minimal));
  EXPECT_TRUE(result.problems.empty());
  EXPECT_THAT(result.classes, ElementsAre("dog", "toothbrush")); // by id, gaps or not
  ASSERT_EQ(result.samples.size(), 1U);
  const auto& annotation = result.samples[0].annotations.at(0);
  EXPECT_EQ(annotation.label, "dog");
  EXPECT_EQ(annotation.source_id, 18);
  EXPECT_TRUE(annotation.is_crowd);
  expect_box(annotation.box, 111, 134, 61, 128);
  EXPECT_EQ(result.samples[0].extra.size(), 2U); // image_id and license
}

TEST_F(Coco, ThereAndBack) {
  const auto first = read(put("x.json", k_minimal));
  write("y.json", first.samples);
  const auto text = text_of("y.json");
  EXPECT_THAT(text, HasSubstr(R"("area":7000.5)"));
  EXPECT_THAT(text, HasSubstr(R"("segmentation":[[1,2]])"));
  EXPECT_THAT(text, HasSubstr(R"("license":3)"));
  EXPECT_THAT(text, HasSubstr(R"({"id":1,"name":"dog","supercategory":""})"));
  const auto second = read(path("y.json"));
  ASSERT_EQ(second.samples.size(), 1U);
  expect_box(second.samples[0].annotations.at(0).box, 111, 134, 61, 128);
  write("z.json", second.samples);
  EXPECT_EQ(text_of("z.json"), text);
}

TEST_F(Coco, IdsMayBeTexts) {
  const auto result = read(put(
      "x.json",
      R"({"images":[{"id":"a","file_name":"a.jpg","width":9,"height":9},{"id":"7","file_name":"b.jpg","width":9,"height":9}],
          "annotations":[{"image_id":"a","category_id":"0","bbox":[1,1,2,2]},{"image_id":7.0,"category_id":0,"bbox":[1,1,3,3]}],
          "categories":[{"id":0,"name":"dog"}]})"));
  EXPECT_TRUE(result.problems.empty()) << result.listed().at(0);
  EXPECT_EQ(result.samples.at(0).annotations.at(0).box.width, 2);
  EXPECT_EQ(result.samples.at(1).annotations.at(0).box.width, 3);
}

TEST_F(Coco, BadRecordsAreListed) {
  const auto file = put(
      "x.json",
      R"({"images":[{"id":1,"file_name":"a.jpg","width":9,"height":9},{"id":1,"file_name":"b.jpg"},{"id":2},{"id":3,"file_name":"c.jpg","width":9,"height":9}],
          "annotations":[{"id":5,"image_id":9,"category_id":1,"bbox":[1,1,2,2]},{"id":6,"image_id":1,"category_id":4,"bbox":[1,1,2,2]},
            {"id":6,"image_id":3,"category_id":1,"bbox":[1,1,"2",2]},{"id":7,"image_id":1.5,"category_id":1,"bbox":[1,1,2,2]}],
          "categories":[{"id":1,"name":"dog"},{"id":1,"name":"cat"}]})");
  const auto result = read(file);
  EXPECT_TRUE(result.samples.empty());
  EXPECT_THAT(
      result.listed(),
      ElementsAre(HasSubstr("duplicate-category at " + file +
                            ": categories[1]: id 1 is 'cat' here and 'dog'"),
                  HasSubstr("duplicate-image-id at " + file + ": images[1]"),
                  HasSubstr("bad-image at " + file + ": images[2]: id or file_name is missing"),
                  HasSubstr("annotations[0] (id 5): image_id 9 is not among the images"),
                  HasSubstr("duplicate-annotation-id"),
                  HasSubstr("annotations[3] (id 7): image_id (missing) is not among the images"),
                  HasSubstr("annotations[1] (id 6): category_id 4 is not among the categories"),
                  HasSubstr("annotations[2] (id 6): bbox is not a list of four numbers")));
}

TEST_F(Coco, WhatIsNoCocoIsRefused) {
  const auto refusal = [&](const std::string& text) -> std::string {
    ReadOptions options;
    options.format = "coco";
    try {
      read(put("x.json", text), options);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_THAT(refusal("{\"images\":["), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("{\"images\":[]}"), HasSubstr("has no list 'categories'"));
  EXPECT_THAT(refusal("[]"), HasSubstr("not an object"));
  EXPECT_THAT(refusal(""), HasSubstr("not valid JSON"));
}

TEST_F(Coco, ImagesThatNobodyLabelledAreLeftOut) {
  auto unlabelled = sample();
  unlabelled.annotations.clear();
  unlabelled.is_labelled = false;
  auto empty = sample();
  empty.annotations.clear();
  const auto losses = write("x.json", {unlabelled, empty});
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].count, 1);
  EXPECT_EQ(read(path("x.json")).samples.size(), 1U);
}

} // namespace
} // namespace mlopsctl::formats
