// SPDX-License-Identifier: Apache-2.0
// Annotations that were put aside come back as their JSON, every field of them.
#include "formats/labels/coco_put_aside.hpp"
#include "label_files.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;

std::string json_of(const Annotation& annotation, std::int64_t image, std::int64_t category,
                    std::int64_t id) {
  std::string records;
  put_aside(records, annotation, image, category);
  return coco_annotations(records, id);
}

Annotation box(double left, double top, double width, double height) {
  Annotation annotation;
  annotation.box = {left, top, width, height};
  return annotation;
}

TEST(CocoPutAside, KeepsEveryField) {
  EXPECT_EQ(json_of(box(0, 65535, 40, 30), 1, 0, 1),
            "\n{\"id\":1,\"image_id\":1,\"category_id\":0,\"bbox\":[0,65535,40,30],\"area\":1200,"
            "\"iscrowd\":0}");
  Annotation all = box(0.5, -3, 70000, 1e300);
  all.score = 0.1;
  all.is_crowd = all.is_difficult = all.is_truncated = true;
  all.extra = {{"area", "7.25"}, {"bbox", "[]"}, {"no\"te", R"({"a":[1,2]})"}, {"x", "null"}};
  EXPECT_EQ(json_of(all, 5'000'000'000, 90, 128),
            ",\n{\"id\":128,\"image_id\":5000000000,\"category_id\":90,"
            "\"bbox\":[0.5,-3,70000,1e+300],\"area\":7.25,\"iscrowd\":1,\"score\":0.1,"
            "\"difficult\":1,\"truncated\":1,\"no\\\"te\":{\"a\":[1,2]},\"x\":null}");
  EXPECT_EQ(json_of(box(1, 2, 3, 4.5), 127, 128, 2),
            ",\n{\"id\":2,\"image_id\":127,\"category_id\":128,\"bbox\":[1,2,3,4.5],"
            "\"area\":13.5,\"iscrowd\":0}");
}

using CocoPieces = LabelFiles;

TEST_F(CocoPieces, AreTheSameBytesForAnyNumberOfThreads) {
  std::string all;
  CocoPutAside aside;
  for (int image = 1; image <= 4000; ++image) { // some pieces
    std::string records;
    for (int i = 0; i < image % 5; ++i) {
      auto annotation = box(image, i, 10 + i, 20.25 * (i % 2));
      if (i == 3)
        annotation.extra = {{"note", "\"" + std::string(100, 'x') + "\""}};
      put_aside(records, annotation, image, i);
    }
    aside.add(records, image % 5);
    all += records;
  }
  ASSERT_GT(all.size(), std::size_t{200'000});
  const auto expected = coco_annotations(all, 1);
  for (const int jobs : {1, 2, 8}) {
    const auto sink = create_sink(path("out" + std::to_string(jobs)), Existing::refuse);
    aside.write_to(*sink, jobs);
    sink->finish();
    EXPECT_EQ(text_of("out" + std::to_string(jobs)), expected) << jobs;
  }
}

TEST_F(CocoPieces, OfNothingAreNothing) {
  CocoPutAside aside;
  aside.add("", 0);
  const auto sink = create_sink(path("out"), Existing::refuse);
  aside.write_to(*sink, 2);
  sink->finish();
  EXPECT_EQ(text_of("out"), "");
}

} // namespace
} // namespace mlopsctl::formats
