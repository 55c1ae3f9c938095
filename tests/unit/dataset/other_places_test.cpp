// SPDX-License-Identifier: Apache-2.0
#include "dataset/other_places.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::dataset {
namespace {

using testing::ElementsAre;

std::vector<std::string> names(const Fields& fields) {
  std::vector<std::string> out;
  for (const auto& field : fields)
    out.push_back(field.first);
  return out;
}

TEST(OtherPlaces, PolygonsAndKeyPointsOfObjectsGo) {
  Sample sample;
  sample.annotations.resize(2);
  sample.annotations[0].extra = {{"segmentation", "[[1,2,3,4,5,6]]"},
                                 {"keypoints", "[10,20,2]"},
                                 {"area", "12.5"},
                                 {"outline", " [ {\"x\":1}]"},
                                 {"corners", "[-1,2]"}};
  sample.annotations[1].extra = {
      {"pose", "\"Left\""}, {"words", "[\"a\",\"b\"]"}, {"none", "[]"}, {"color", "{\"r\":1}"}};
  EXPECT_EQ(drop_other_places(sample), 5);
  EXPECT_TRUE(sample.annotations[0].extra.empty());
  EXPECT_THAT(names(sample.annotations[1].extra), ElementsAre("pose", "words", "none", "color"));
  EXPECT_EQ(drop_other_places(sample), 0);
}

TEST(OtherPlaces, OtherLabelsOfALineGoUnlessTheyAreClasses) {
  const Fields line{{"boxes", "{}"},
                    {"boxes-metadata", R"({"type":"groundtruth/object-detection"})"},
                    {"mask-ref", "\"s3://b/m.png\""},
                    {"mask-ref-metadata", R"({"type":"groundtruth/semantic-segmentation"})"},
                    {"kind", "1"},
                    {"kind-metadata", R"({"type":"groundtruth/image-classification-multilabel"})"},
                    {"verdict", "1"},
                    {"verdict-metadata", R"({"type":"groundtruth/label-verification"})"},
                    {"note", "\"a\""}};
  Sample sample;
  sample.extra = line;
  EXPECT_EQ(drop_other_places(sample), 2);
  EXPECT_THAT(names(sample.extra),
              ElementsAre("kind", "kind-metadata", "verdict", "verdict-metadata", "note"));
  sample.extra = line;
  EXPECT_EQ(drop_other_places(sample, OtherLabels::drop_all), 4);
  EXPECT_THAT(names(sample.extra), ElementsAre("note"));
}

} // namespace
} // namespace mlopsctl::dataset
