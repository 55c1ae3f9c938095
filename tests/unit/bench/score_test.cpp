// SPDX-License-Identifier: Apache-2.0
#include "bench/score.hpp"
#include "core/error.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mlopsctl::bench {
namespace {

using dataset::Annotation;
using dataset::Sample;
using ::testing::HasSubstr;

class ListReader : public dataset::SampleReader {
public:
  explicit ListReader(std::vector<Sample> samples) : samples_(std::move(samples)) {}
  bool next(Sample& sample) override {
    if (next_ == samples_.size())
      return false;
    sample = samples_[next_++];
    return true;
  }
  void rewind() override { next_ = 0; }
  const dataset::ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_; }

  dataset::ClassMap classes_;
  Problems problems_;

private:
  std::vector<Sample> samples_;
  std::size_t next_ = 0;
};

Annotation box(const std::string& label, double left, std::optional<double> score = {}) {
  Annotation annotation;
  annotation.label = label;
  annotation.box = {left, 10, 50, 50};
  annotation.score = score;
  return annotation;
}

dataset::ImageClass whole(const std::string& label, std::optional<double> score = {}) {
  return {label, -1, score};
}

Sample sample(const std::string& ref, std::vector<Annotation> annotations) {
  Sample out;
  out.ref = ref;
  out.width = 640;
  out.height = 480;
  out.annotations = std::move(annotations);
  out.place = ref + ":1";
  return out;
}

Sample classified(const std::string& ref, std::vector<dataset::ImageClass> classes) {
  Sample out = sample(ref, {});
  out.classes = std::move(classes);
  return out;
}

Truth truth_of(std::vector<Sample> samples) {
  ListReader reader(std::move(samples));
  return read_truth(reader, "truth");
}

std::string refusal(std::vector<Sample> samples) {
  return error_and_hint_of([&] { truth_of(std::move(samples)); });
}

double metric(const Score& score, const std::string& name) {
  for (const auto& [key, value] : score.metrics)
    if (key == name)
      return value.value_or(-1);
  return -2;
}

TEST(Truth, OrdersImagesByIdElseByReference) {
  EXPECT_EQ(truth_of({sample("b", {box("x", 0)}), sample("a", {})}).images[0].ref, "a");
  auto first = sample("b", {box("x", 0)});
  auto second = sample("a", {});
  first.extra = {{"image_id", "3"}};
  second.extra = {{"image_id", "20"}};
  EXPECT_EQ(truth_of({second, first}).images[0].ref, "b") << "3 before 20";
}

TEST(Truth, ClassesKeepTheOrderOfTheSource) {
  ListReader reader({sample("a", {box("dog", 0)}), sample("b", {box("ant", 0), box("cat", 90)})});
  reader.classes_ = dataset::ClassMap({"cat", "emu", "dog"});
  const auto truth = read_truth(reader, "t");
  EXPECT_EQ(truth.classes.names(), (std::vector<std::string>{"cat", "emu", "dog", "ant"}));
  EXPECT_EQ(truth.boxes[0].label, 2);
  EXPECT_EQ(truth.boxes[2].label, 0);
}

TEST(Truth, RefusesWhatGivesNoFigure) {
  EXPECT_THAT(refusal({}), HasSubstr("no labelled image"));
  EXPECT_THAT(refusal({sample("a", {})}), HasSubstr("not one object"));
  EXPECT_THAT(refusal({sample("a", {box("x", 0)}), sample("a", {})}), HasSubstr("occurs twice"));
  EXPECT_THAT(refusal({sample("a", {box("x", 0)}), classified("b", {whole("x")})}),
              HasSubstr("in a set that has boxes"));
  EXPECT_THAT(refusal({classified("a", {whole("x"), whole("y")})}), HasSubstr("two classes"));
  EXPECT_THAT(refusal({classified("a", {whole("x")}), sample("b", {})}), HasSubstr("has no class"));
  auto unlabelled = sample("a", {});
  unlabelled.is_labelled = false;
  EXPECT_THAT(refusal({unlabelled}), HasSubstr("1 images have no label yet"));
}

TEST(Truth, BadRecordsAreNotPassedOver) {
  ListReader reader({sample("a", {box("x", 0)})});
  reader.problems_.push_back({"json", Severity::error, "t:7", "broken"});
  EXPECT_THROW(read_truth(reader, "t"), Error);
}

TEST(DatasetDigest, SaysWhatIsThereNotHow) {
  const auto digest = [](std::vector<Sample> samples) {
    return dataset_digest(truth_of(std::move(samples)));
  };
  const auto base = digest({sample("d/a.jpg", {box("x", 0), box("y", 60)}), sample("b.jpg", {})});
  EXPECT_EQ(base,
            digest({sample("b.jpg", {}), sample("s3://k/a.jpg", {box("y", 60), box("x", 0.004)})}));
  EXPECT_NE(base, digest({sample("b.jpg", {}), sample("a.jpg", {box("y", 60), box("x", 0.02)})}));
  EXPECT_NE(base, digest({sample("b.jpg", {}), sample("a.jpg", {box("x", 60), box("y", 0)})}));
  auto crowd = box("x", 0);
  crowd.is_crowd = true;
  EXPECT_NE(base, digest({sample("b.jpg", {}), sample("a.jpg", {crowd, box("y", 60)})}));
  EXPECT_EQ(base.substr(0, 7), "sha256:");
}

TEST(NestedSample, ASmallerSetIsPartOfALargerOne) {
  std::vector<Sample> samples;
  for (int i = 0; i < 50; ++i)
    samples.push_back(sample("i" + std::to_string(i), {box("x", 0)}));
  const auto truth = truth_of(samples);
  const auto small = nested_sample(truth, 10, 1);
  const auto large = nested_sample(truth, 30, 1);
  EXPECT_EQ(small.size(), 10U);
  EXPECT_TRUE(std::includes(large.begin(), large.end(), small.begin(), small.end()));
  EXPECT_NE(small, nested_sample(truth, 10, 2)) << "another seed, another choice";
  const auto part = subset(truth, small);
  EXPECT_EQ(part.boxes.size(), 10U);
  EXPECT_EQ(part.boxes[9].image, 9);
}

TEST(Predictions, FindTheirImageByReferenceFileNameOrStem) {
  const auto truth = truth_of(
      {sample("s3://b/train/a.jpg", {box("x", 0)}), sample("t/b.jpg", {}), sample("u/b.jpg", {})});
  const PredictionCollector collector(truth);
  EXPECT_EQ(collector.find_image("s3://b/train/a.jpg"), 0);
  EXPECT_EQ(collector.find_image("/data/a.jpg"), 0);
  EXPECT_EQ(collector.find_image("a"), 0);
  EXPECT_EQ(collector.find_image("u/b.jpg"), 2);
  EXPECT_EQ(collector.find_image("b.jpg"), std::nullopt) << "two images have that name";
}

TEST(Score, ClassesMeetByNameAndWhatDoesNotFitIsCounted) {
  const auto truth =
      truth_of({sample("a.jpg", {box("cat", 0)}), sample("b.jpg", {box("dog", 100)})});
  PredictionCollector collector(truth);
  collector.add(sample("x/a.jpg", {box("cat", 0, 0.9), box("unicorn", 0, 0.8)}));
  collector.add(sample("b.jpg", {}));
  collector.add(sample("z.jpg", {box("cat", 0, 0.9)}));
  const auto predictions = collector.finish();
  EXPECT_EQ(predictions.left_out.unknown_classes.at("unicorn"), 1);
  EXPECT_EQ(predictions.left_out.unknown_images, std::vector<std::string>{"z.jpg"});
  EXPECT_EQ(predictions.images, 2);
  const auto result = score(truth, predictions, {});
  EXPECT_NEAR(metric(result, "map_50"), 0.5, 1e-12);
  const Value classes = classes_value(result);
  EXPECT_NEAR(classes.find("cat")->find("ap_50_95")->real, 1, 1e-12);
  EXPECT_EQ(to_json(*classes.find("dog")),
            R"({"ap_50_95":0,"ap_50":0,"ap_75":0,"objects":1,"detections":0})");
}

TEST(Score, CocoResultsKnowImagesAndClassesById) {
  auto cat = box("cat", 0);
  cat.source_id = 17;
  auto image = sample("a.jpg", {cat});
  image.extra = {{"image_id", "42"}};
  const auto truth = truth_of({image});
  auto detected = box("", 0, 0.9);
  detected.source_id = 17;
  auto result = sample("", {detected});
  result.extra = {{"image_id", "42"}};
  PredictionCollector collector(truth);
  collector.add(result);
  EXPECT_NEAR(metric(score(truth, collector.finish(), {}), "map_50"), 1, 1e-12);
}

TEST(Score, VocNamesCarryTheIou) {
  const auto truth = truth_of({sample("a.jpg", {box("cat", 0)})});
  PredictionCollector collector(truth);
  collector.add(sample("a.jpg", {box("cat", 10, 0.9)}));
  const auto predictions = collector.finish();
  const auto result = score(truth, predictions, {Protocol::voc11, {0.5, 0.75}, 1});
  EXPECT_NEAR(metric(result, "map_50"), 1, 1e-12);
  EXPECT_EQ(metric(result, "map_75"), 0);
  EXPECT_THROW(map_name(0.505), Error);
  EXPECT_THROW(map_name(0), Error);
}

TEST(Score, Accuracy) {
  const auto truth = truth_of({classified("a", {whole("cat")}), classified("b", {whole("cat")}),
                               classified("c", {whole("cat")}), classified("d", {whole("dog")})});
  PredictionCollector collector(truth);
  collector.add(classified("a", {whole("dog", 0.1), whole("cat", 0.9)}));
  collector.add(classified("b", {whole("dog", 0.6), whole("cat", 0.4)}));
  collector.add(classified("d", {whole("dog", 0.6)}));
  const auto result = score(truth, collector.finish(), {});
  EXPECT_EQ(result.protocol, Protocol::accuracy);
  EXPECT_DOUBLE_EQ(metric(result, "accuracy"), 0.5) << "c has no prediction, which is wrong";
  EXPECT_DOUBLE_EQ(metric(result, "accuracy_top_5"), 0.75);
  EXPECT_DOUBLE_EQ(metric(result, "accuracy_balanced"), (1.0 / 3 + 1) / 2);
}

TEST(Score, BoxesAndWholePicturesDoNotMeet) {
  const auto boxes = truth_of({sample("a", {box("cat", 0)})});
  EXPECT_THROW(PredictionCollector(boxes).add(classified("a", {whole("cat", 0.9)})), Error);
  EXPECT_THROW(PredictionCollector(boxes).add(sample("a", {box("cat", 0)})), Error) << "no score";
  const auto classes = truth_of({classified("a", {whole("cat")})});
  EXPECT_THROW(PredictionCollector(classes).add(sample("a", {box("cat", 0, 0.9)})), Error);
}

} // namespace
} // namespace mlopsctl::bench
