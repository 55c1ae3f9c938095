// SPDX-License-Identifier: Apache-2.0
#include "label_files.hpp"

namespace mlopsctl::formats {
namespace {

using Predictions = LabelFiles;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(Predictions, ReadsWhatInferWrites) {
  const auto result = read(put(
      "p.jsonl",
      R"({"image":"a.jpg","width":100,"height":80,"detections":[{"label":"dog","class_id":2,"score":0.5,"left":1.5,"top":2,"width":3,"height":4}],"timing_ms":{"infer":1}})"
      "\n"
      R"({"image":"b.jpg","width":100,"height":80,"detections":[]})"));
  EXPECT_TRUE(result.problems.empty());
  ASSERT_EQ(result.samples.size(), 2U);
  const auto& box = result.samples[0].annotations.at(0);
  EXPECT_EQ(box.label, "dog");
  EXPECT_EQ(box.score, 0.5);
  expect_box(box.box, 1.5, 2, 3, 4);
  write("x.manifest", result.samples);
  EXPECT_THAT(text_of("x.manifest"), HasSubstr(R"("human-annotated":"no")"));
  EXPECT_THAT(text_of("x.manifest"), HasSubstr(R"("objects":[{"confidence":0.5}])"));
}

TEST_F(Predictions, BadLinesAreListed) {
  const auto file =
      put("p.jsonl", "{\"image\":\"a.jpg\",\"detections\":[{\"label\":\"a\",\"score\":1.5}]}\n"
                     "{\"image\":\"\",\"detections\":[]}\n{\n");
  EXPECT_THAT(read(file).listed(),
              ElementsAre(HasSubstr("bad-detection at " + file + ":1: box 1: score"),
                          HasSubstr("missing-image at " + file + ":2"),
                          HasSubstr("not-json at " + file + ":3")));
}

} // namespace
} // namespace mlopsctl::formats
