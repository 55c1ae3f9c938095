// SPDX-License-Identifier: Apache-2.0
#include "label_files.hpp"
#include "tests/unit/error_of.hpp"

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

TEST_F(Coco, MembersInAnyOrderAndTheFirstOfAName) {
  const auto result =
      read(put("x.json",
               R"({"images":[{"id":1,"file_name":"a.jpg","width":9,"height":9,"note":"a\"b\u0007"}],
          "annotations":[{"truncated":true,"area":4,"score":0.5,"bbox":[1,1,2,2],"bbox":[0,0,9,9],"x":[1, 2],"difficult":1,"iscrowd":false,"category_id":7,"image_id":1}],
          "categories":[{"id":7,"name":"dog"}]})"));
  EXPECT_TRUE(result.problems.empty()) << result.listed().at(0);
  const auto& annotation = result.samples.at(0).annotations.at(0);
  expect_box(annotation.box, 1, 1, 2, 2);
  EXPECT_TRUE(annotation.is_truncated && annotation.is_difficult && !annotation.is_crowd);
  EXPECT_EQ(annotation.score, 0.5);
  EXPECT_THAT(annotation.extra, ElementsAre(std::pair<std::string, std::string>("x", "[1,2]")))
      << "the area is that of the box";
  EXPECT_THAT(result.samples[0].extra,
              testing::Contains(std::pair<std::string, std::string>("note", R"("a\"b\u0007")")));
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
      ElementsAre(HasSubstr("bad-image at " + file + ": images[2]: id or file_name is missing"),
                  HasSubstr("duplicate-category at " + file +
                            ": categories[1]: id 1 is 'cat' here and 'dog'"),
                  HasSubstr("duplicate-image-id at " + file + ": images[1]"),
                  HasSubstr("annotations[0] (id 5): image_id 9 is not among the images"),
                  HasSubstr("annotations[3] (id 7): image_id (missing) is not among the images"),
                  HasSubstr("duplicate-annotation-id"),
                  HasSubstr("annotations[1] (id 6): category_id 4 is not among the categories"),
                  HasSubstr("annotations[2] (id 6): bbox is not a list of four numbers")));
}

TEST_F(Coco, WhatIsNoCocoIsRefused) {
  const auto refusal = [&](const std::string& text) -> std::string {
    ReadOptions options;
    options.format = "coco";
    return error_of([&] { read(put("x.json", text), options); });
  };
  EXPECT_THAT(refusal("{\"images\":["), HasSubstr("the file ends within a value; was it cut off?"));
  EXPECT_THAT(refusal("{\"images\":[]}"), HasSubstr("has no list 'categories'"));
  EXPECT_THAT(refusal("[]"), HasSubstr("is not a JSON object"));
  EXPECT_THAT(refusal(""), HasSubstr("not a JSON object"));
  const std::string rest = R"("categories":[{"id":1,"name":"dog"}],"images":[])";
  EXPECT_THAT(refusal("{" + rest + ",\"images\":[]}"), HasSubstr("'images' stands twice"));
  EXPECT_THAT(refusal("{" + rest + "} x"), HasSubstr("goes on behind its end"));
  EXPECT_THAT(refusal("{" + rest + ",}"), HasSubstr("the name of a member was expected"));
  EXPECT_THAT(refusal("{" + rest + ",\"info\":tru}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("{" + rest + ",\"annotations\":[{},,{}]}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("{" + rest + ",\"annotations\":[{}] 1}"), HasSubstr("not valid JSON"));
  EXPECT_THAT(refusal("{" + rest + ",\"annotations\":" + std::string(1 << 20, '[')),
              HasSubstr("ends within a value"));
  EXPECT_THAT(refusal("{" + rest + ",\"annotations\":[" + std::string(5000, '[') +
                      std::string(5000, ']') + "]}"),
              HasSubstr("not valid JSON"));
}

/// Files larger than a slice, whose borders fall anywhere: the same samples as without borders.
TEST_F(Coco, SlicesDoNotShow) {
  std::string images;
  std::string annotations;
  const int count = 9000;
  for (int i = 0; i < count; ++i) {
    const std::string id = std::to_string(i * 7 % count + 1); // in another order than the images
    images += (i ? "," : "") + std::string("{\"id\":") + std::to_string(i + 1) +
              ",\"file_name\":\"a},{" + std::to_string(i) +
              "\\\".jpg\",\"width\":100,\"height\":80}";
    annotations += (i ? " ,\n" : "") + std::string("{\"id\":") + std::to_string(i + 1) +
                   ",\"image_id\":" + id + ",\"category_id\":1,\"bbox\":[" +
                   std::to_string(i % 50) + ",1,20,20],\"note\":\"" + std::string(300, 'x') +
                   "},{\",\"parts\":[{\"a\":1},{\"b\":[]}]}";
  }
  const std::string categories = "\"categories\":[{\"id\":1,\"name\":\"dog\"}]";
  for (const std::string& text :
       {"{\"images\":[" + images + "],\"annotations\":[" + annotations + "]," + categories + "}",
        "{" + categories + ",\"annotations\":[" + annotations + "],\"images\":[" + images + "]}"}) {
    ASSERT_GT(text.size(), std::size_t{3} << 20);
    for (const int jobs : {1, 2, 8}) {
      ReadOptions options;
      options.format = "coco";
      options.jobs = jobs;
      const auto result = read(put("x.json", text), options);
      ASSERT_EQ(result.samples.size(), static_cast<std::size_t>(count));
      EXPECT_TRUE(result.problems.empty());
      for (int i = 0; i < count; ++i) {
        const auto& sample = result.samples[static_cast<std::size_t>(i)];
        ASSERT_EQ(sample.ref, "a},{" + std::to_string(i) + "\".jpg");
        ASSERT_EQ(sample.annotations.size(), 1U);
        ASSERT_EQ(sample.annotations[0].extra.size(), 2U);
      }
    }
    const auto cut = put("cut.json", text.substr(0, text.size() - 100));
    EXPECT_THROW(read(cut, {}), Error);
    std::string broken = text;
    broken[broken.size() / 2] = '\1'; // a control character, in a text most likely
    EXPECT_THROW(read(put("broken.json", broken), {}), Error);
  }
}

TEST_F(Coco, MembersOfTheDocumentStay) {
  const auto file =
      put("x.json",
          R"({"info":{"year":2017},"images":[{"id":1,"file_name":"a.jpg","width":9,"height":9}],
      "licenses":[{"id":1}],"annotations":[],"categories":[]})");
  const auto reader = open_labels(file, {});
  EXPECT_THAT(reader->document(),
              ElementsAre(std::pair<std::string, std::string>("info", "{\"year\":2017}"),
                          std::pair<std::string, std::string>("licenses", "[{\"id\":1}]")));
  WriteOptions options;
  options.document = reader->document();
  write("y.json", {}, options);
  EXPECT_EQ(open_labels(path("y.json"), {})->document(), reader->document());
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
