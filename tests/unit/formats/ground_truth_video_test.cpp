// SPDX-License-Identifier: Apache-2.0
#include "core/value.hpp"
#include "tests/unit/formats/label_files.hpp"

namespace mlopsctl::formats {
namespace {

using dataset::Sample;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const char* const k_line =
    R"({"source-ref":"s3://b/p/seq1.json","color":"red","car-ref":"s3://b/job/0/SeqLabel.json",)"
    R"("car-ref-metadata":{"class-map":{"0":"car","2":"van"},"type":)"
    R"("groundtruth/video-object-tracking","human-annotated":"yes","creation-date":)"
    R"("2026-01-01T00:00:00","job-name":"labeling-job/v"}})"
    "\n";
const char* const k_sequence =
    R"({"seq-no":7,"prefix":"s3://b/video1/","number-of-frames":3,"frames":[)"
    R"({"frame-no":1,"frame":"f1.jpg","unix-timestamp":1566861644},)"
    R"({"frame-no":2,"frame":"f2.jpg","unix-timestamp":1566861644.5},)"
    R"({"frame-no":3,"frame":"f3.jpg","unix-timestamp":1566861645}]})";
const char* const k_labels =
    R"({"tracking-annotations":[{"frame-no":"1","frame":"f1.jpg","frame-attributes":)"
    R"({"night":"no"},"annotations":[{"height":4,"width":3,"top":2.5,"left":1,"class-id":"2",)"
    R"("label-category-attributes":{"Color":"Green"},"object-id":"d7","object-name":"Van:1"}]},)"
    R"({"frame-no":2,"frame":"f2.jpg","frame-attributes":{},"annotations":[]}]})";

class GroundTruthVideo : public LabelFiles {
protected:
  std::string put_all(const std::string& line = k_line, const std::string& sequence = k_sequence,
                      const std::string& labels = k_labels) {
    put("seq1.json", sequence);
    put("SeqLabel.json", labels);
    return put("in.manifest", line);
  }
  /// References are found by their last part.
  ReadOptions options() const {
    ReadOptions options;
    options.open_ref = [this](const std::string& ref) -> std::unique_ptr<ByteSource> {
      const auto file = root_ / ref.substr(ref.rfind('/') + 1);
      return std::filesystem::exists(file) ? open_source(file.string()) : nullptr;
    };
    return options;
  }
  std::string first_problem(const std::string& file) const {
    const auto listed = read(file, options()).listed();
    return listed.empty() ? "" : listed.front();
  }
};

TEST_F(GroundTruthVideo, EveryFrameIsASample) {
  const auto result = read(put_all(), options());
  EXPECT_THAT(result.listed(), IsEmpty());
  EXPECT_THAT(result.classes, ElementsAre("car", "van"));
  ASSERT_EQ(result.samples.size(), 3U);
  const Sample& first = result.samples[0];
  EXPECT_EQ(first.ref, "s3://b/video1/f1.jpg");
  EXPECT_EQ(first.group, "s3://b/p/seq1.json");
  EXPECT_EQ(first.time_s, 0);
  EXPECT_EQ(result.samples[1].time_s, 0.5);
  EXPECT_EQ(first.label_attribute, "car");
  ASSERT_EQ(first.annotations.size(), 1U);
  EXPECT_EQ(first.annotations[0].label, "van");
  EXPECT_EQ(first.annotations[0].source_id, 2);
  expect_box(first.annotations[0].box, 1, 2.5, 3, 4);
  EXPECT_THAT(first.annotations[0].extra,
              ElementsAre(testing::Pair("label-category-attributes", R"({"Color":"Green"})"),
                          testing::Pair("object-id", "\"d7\""),
                          testing::Pair("object-name", "\"Van:1\"")));
  EXPECT_THAT(first.extra, testing::Contains(testing::Pair("frame-no", "1")));
}

TEST_F(GroundTruthVideo, AnEmptyListIsANegativeAMissingFrameIsNotLabelled) {
  const auto result = read(put_all(), options());
  EXPECT_TRUE(result.samples.at(1).is_labelled);
  EXPECT_TRUE(result.samples.at(1).annotations.empty());
  EXPECT_FALSE(result.samples.at(2).is_labelled);
}

TEST_F(GroundTruthVideo, ThereAndBack) {
  const auto result = read(put_all(), options());
  WriteOptions writing;
  writing.format = "ground_truth_video";
  writing.keep_source_ids = true;
  EXPECT_THAT(write("out", result.samples, writing), IsEmpty());
  EXPECT_EQ(text_of("out/sequences/seq1.json"), std::string(k_sequence) + "\n");
  const auto labels = parse_json(text_of("out/labels/seq1/SeqLabel.json"), "x");
  const Value& entry = labels.find("tracking-annotations")->items.at(0);
  EXPECT_EQ(entry.find("frame-no")->string, "1");
  EXPECT_EQ(to_json(*entry.find("frame-attributes")), R"({"night":"no"})");
  EXPECT_EQ(to_json(entry.find("annotations")->items.at(0)),
            R"({"class-id":"2","left":1,"top":2.5,"width":3,"height":4,)"
            R"("label-category-attributes":{"Color":"Green"},"object-id":"d7",)"
            R"("object-name":"Van:1"})");
  EXPECT_EQ(text_of("out/output.manifest"),
            R"({"source-ref":"sequences/seq1.json","color":"red","car-ref":)"
            R"("labels/seq1/SeqLabel.json","car-ref-metadata":{"class-map":{"2":"van"},"type":)"
            R"("groundtruth/video-object-tracking","human-annotated":"yes","creation-date":)"
            R"("2026-01-01T00:00:00","job-name":"labeling-job/v"}})"
            "\n");
  const auto again = read(path("out"));
  ASSERT_EQ(again.samples.size(), 3U);
  EXPECT_EQ(again.samples[0].ref, "s3://b/video1/f1.jpg");
  EXPECT_EQ(again.samples[0].annotations.at(0).label, "van");
  EXPECT_FALSE(again.samples[2].is_labelled);
}

TEST_F(GroundTruthVideo, PlainImagesBecomeSequencesByGroupAndFolder) {
  std::vector<Sample> samples(4, sample());
  const char* const refs[] = {"a/1.jpg", "a/2.jpg", "b/1.jpg", "x.jpg"};
  for (std::size_t i = 0; i < 4; ++i) {
    samples[i].ref = refs[i];
    samples[i].annotations[0].score = 0.5;
  }
  samples[0].time_s = 0;
  samples[1].time_s = 0.25;
  WriteOptions writing;
  writing.format = "ground_truth_video";
  const auto losses = write("out", samples, writing);
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].field, "score");
  const auto again = read(path("out"));
  ASSERT_EQ(again.samples.size(), 4U);
  EXPECT_EQ(again.samples[1].ref, "a/2.jpg");
  EXPECT_EQ(again.samples[1].time_s, 0.25);
  EXPECT_EQ(again.samples[0].group, again.samples[1].group);
  EXPECT_NE(again.samples[1].group, again.samples[2].group);
  EXPECT_EQ(again.samples[3].ref, "x.jpg");
  EXPECT_THAT(text_of("out/output.manifest"), HasSubstr("video-object-detection"));
}

TEST_F(GroundTruthVideo, ASeqLabelAlone) {
  const auto result = read(put("SeqLabel.json", k_labels));
  ASSERT_EQ(result.samples.size(), 2U);
  EXPECT_EQ(result.samples[0].ref, "f1.jpg");
  EXPECT_EQ(result.samples[0].annotations.at(0).label, "class_2");
  EXPECT_EQ(result.samples[0].width, 0);
  EXPECT_THAT(result.listed(), ElementsAre(HasSubstr("called by their ids, such as class_2")));
}

TEST_F(GroundTruthVideo, ShapesThatAreNoBoxesAreALoss) {
  const auto file =
      put("SeqLabel.json", R"({"detection-annotations":[{"frame-no":0,"frame":"f1.jpg","polygons":)"
                           R"([{"class-id":"0","vertices":[]},{"class-id":"0","vertices":[]}]}]})");
  const auto reader = open_labels(file, {});
  Sample sample;
  ASSERT_TRUE(reader->next(sample));
  EXPECT_FALSE(sample.is_labelled); // and not a picture without objects
  ASSERT_EQ(reader->losses().size(), 1U);
  EXPECT_EQ(reader->losses()[0].field, "polygons of video frames");
  EXPECT_EQ(reader->losses()[0].count, 2);
}

TEST_F(GroundTruthVideo, WarnsAboutTheSequence) {
  const auto file = put_all(k_line, R"({"seq-no":1,"prefix":"v","number-of-frames":5,"frames":[)"
                                    R"({"frame-no":1,"frame":"f2.jpg"},)"
                                    R"({"frame-no":"2","frame":"f1.jpg"}]})");
  const auto result = read(file, options());
  ASSERT_EQ(result.samples.size(), 2U);
  EXPECT_EQ(result.samples[0].ref, "v/f2.jpg");
  EXPECT_FALSE(result.samples[0].time_s.has_value());
  EXPECT_THAT(result.listed(),
              ElementsAre(HasSubstr("prefix 'v' does not end with '/'"),
                          HasSubstr("number-of-frames is 5, but there are 2 frames"),
                          HasSubstr("'f1.jpg' comes behind 'f2.jpg'")));
  std::string long_sequence = R"({"seq-no":1,"prefix":"v/","number-of-frames":2001,"frames":[)";
  for (int i = 0; i < 2001; ++i)
    long_sequence += (i > 0 ? "," : "") + std::string(R"({"frame-no":1,"frame":"f)") +
                     std::to_string(10000 + i) + "\"}";
  EXPECT_THAT(first_problem(put_all("{\"source-ref\":\"seq1.json\",\"x-ref-metadata\":"
                                    "{\"type\":\"groundtruth/video-object-detection\"}}",
                                    long_sequence + "]}")),
              HasSubstr("'x-ref' has metadata but no label"));
  EXPECT_THAT(read(path("in.manifest"), options()).listed(),
              testing::Contains(HasSubstr("2001 frames; Ground Truth takes at most 2000")));
}

TEST_F(GroundTruthVideo, RefusesWhatCannotBeRight) {
  const auto manifest = put_all();
  EXPECT_THAT(read(manifest).listed(), ElementsAre(HasSubstr("the sequence file "
                                                             "'s3://b/p/seq1.json' was not "
                                                             "found; --uri-map")));
  EXPECT_THAT(first_problem(put_all(std::string(k_line) +
                                    R"({"source-ref":"seq1.json","car-ref":"1/SeqLabel.json",)"
                                    R"("car-ref-metadata":{"class-map":{"2":"van"},"type":)"
                                    R"("groundtruth/video-object-tracking"}})")),
              HasSubstr("'1/SeqLabel.json' and 's3://b/job/0/SeqLabel.json' were both found as"));
  EXPECT_THAT(first_problem(put_all(k_line, "[]")), HasSubstr("is JSON, but not an object"));
  EXPECT_THAT(first_problem(put_all(k_line, "{}")), HasSubstr("has no list of 'frames'"));
  EXPECT_THAT(first_problem(put_all(k_line, k_sequence, "{}")),
              HasSubstr("has neither 'tracking-annotations' nor 'detection-annotations'"));
  const auto labels = [](const std::string& frame, const std::string& box) {
    return R"({"detection-annotations":[{"frame":")" + frame + R"(","annotations":[)" + box +
           "]}]}";
  };
  EXPECT_THAT(first_problem(put_all(k_line, k_sequence, labels("f9.jpg", ""))),
              HasSubstr("frame 'f9.jpg' is not in the sequence"));
  EXPECT_THAT(first_problem(put_all(k_line, k_sequence,
                                    labels("f1.jpg", R"({"class-id":"2","left":1,"top":1})"))),
              HasSubstr("box 1: width is missing or not a number"));
  const std::string sides = R"("left":1,"top":1,"width":2,"height":2})";
  EXPECT_THAT(
      first_problem(put_all(k_line, k_sequence, labels("f1.jpg", R"({"class-id":"9",)" + sides))),
      HasSubstr("box 1: class-id 9 is not in the line's class-map"));
  EXPECT_THAT(first_problem(put_all(k_line, k_sequence, labels("f1.jpg", "{" + sides))),
              HasSubstr("class-id is missing or not a whole number"));
  EXPECT_THAT(first_problem(put_all(k_line, k_sequence,
                                    labels("f1.jpg", R"({"class-id":"2","top":9,)" + sides))),
              HasSubstr("box 1: 'top' stands twice"));
}

} // namespace
} // namespace mlopsctl::formats
