// SPDX-License-Identifier: Apache-2.0
// The kinds of labels of the Ground Truth guide beside boxes, each there and back.
#include "core/value.hpp"
#include "tests/unit/formats/label_files.hpp"

namespace mlopsctl::formats {
namespace {

using dataset::Sample;
using testing::ElementsAre;
using testing::HasSubstr;

class GroundTruthKinds : public LabelFiles {
protected:
  static std::string metadata(const std::string& type, const std::string& date,
                              const std::string& more = "") {
    return R"({"type":"groundtruth/)" + type + R"(","job-name":"labeling-job/x",)" +
           R"("human-annotated":"yes","creation-date":")" + date + "\"" + more + "}";
  }
  static std::string line(const std::string& members) {
    return R"({"source-ref":"s3://b/a.jpg",)" + members + "}\n";
  }
  static std::string boxes(const std::string& name, const std::string& date, int left,
                           const std::string& more = "") {
    return "\"" + name +
           R"(":{"image_size":[{"width":500,"height":400,"depth":3}],"annotations":)" +
           R"([{"class_id":0,"left":)" + std::to_string(left) +
           R"(,"top":1,"width":6,"height":8}]},")" + name + "-metadata\":" +
           metadata("object-detection", date,
                    R"(,"class-map":{"0":"dog"},"objects":[{"confidence":0.5}])" + more);
  }
  static std::string
  a_class(const std::string& value = "0", const std::string& date = "2020",
          const std::string& more = R"(,"class-name":"football","confidence":0.7)") {
    return R"("sport":)" + value + R"(,"sport-metadata":)" +
           metadata("image-classification", date, more);
  }

  ReadBack read_text(const std::string& text, const ReadOptions& options = {}) const {
    return read(put("in.manifest", text), options);
  }
  /// Of one line: read, written with the ids of the source, compared as JSON (members in any
  /// order).
  void expect_back(const std::string& text) const {
    const auto result = read_text(text);
    ASSERT_EQ(result.samples.size(), 1U) << text;
    WriteOptions options;
    options.keep_source_ids = true;
    options.existing = Existing::replace;
    write("out.manifest", result.samples, options);
    EXPECT_EQ(sorted(text_of("out.manifest")), sorted(text));
  }
  static std::string sorted(const std::string& text) {
    return to_json(sorted(parse_json(text, "x")));
  }
  static Value sorted(const Value& value) {
    Value out = value;
    std::sort(out.members.begin(), out.members.end(),
              [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& member : out.members)
      member.second = sorted(member.second);
    for (auto& item : out.items)
      item = sorted(item);
    return out;
  }
  std::string first_problem(const std::string& text) const {
    const auto listed = read_text(text).listed();
    return listed.empty() ? "" : listed.front();
  }
};

TEST_F(GroundTruthKinds, AClassOfTheImage) {
  const auto result = read_text(line(a_class() + R"(,"more":[1])"));
  ASSERT_EQ(result.samples.size(), 1U);
  const Sample& sample = result.samples[0];
  ASSERT_EQ(sample.classes.size(), 1U);
  EXPECT_EQ(sample.classes[0].label, "football");
  EXPECT_EQ(sample.classes[0].source_id, 0);
  EXPECT_EQ(sample.classes[0].score, 0.7);
  EXPECT_FALSE(sample.is_multilabel);
  EXPECT_TRUE(sample.annotations.empty());
  EXPECT_EQ(sample.label_attribute, "sport");
  EXPECT_THAT(result.classes, ElementsAre("football"));
}

TEST_F(GroundTruthKinds, ThereAndBack) {
  expect_back(line(a_class()));
  expect_back(line(a_class("\"12\"", "2020", R"(,"class-name":"a \"b\"","confidence":0)")));
  expect_back(line(R"("labels":[1,0,8],"labels-metadata":)" +
                   metadata("image-classification-multilabel", "2020",
                            R"(,"class-map":{"1":"bicycle","0":"person","8":"car"},)"
                            R"("confidence-map":{"1":0.95,"0":0.77,"8":0.5},"odd":{"a":null})")));
  expect_back(line(R"("labels":[],"labels-metadata":)" +
                   metadata("image-classification-multilabel", "2020",
                            R"(,"class-map":{},"confidence-map":{})")));
  expect_back(line(R"("city-streets-ref":"s3://b/mask.png","city-streets-ref-metadata":)" +
                   metadata("semantic-segmentation", "2020",
                            R"(,"internal-color-map":{"0":{"class-name":"BACKGROUND",)"
                            R"("hex-color":"#ffffff","confidence":0.9},"1":{"class-name":"sky",)"
                            R"("hex-color":"#2acf59","confidence":0.9}})")));
  expect_back(line(boxes("bb", "2020", 7, R"(,"adjustment-status":"adjusted")") +
                   R"(,"verify-bb":"1","verify-bb-metadata":)" +
                   metadata("label-verification", "2021",
                            R"(,"class-name":"bad","worker-feedback":[{"comment":"low"}])")));
  expect_back(line(R"("bb":{"note":"x","image_size":[{"width":5,"height":4,"depth":1}],)"
                   R"("annotations":[]},"bb-metadata":)" +
                   metadata("object-detection", "2020", R"(,"class-map":{},"objects":[])")));
}

TEST_F(GroundTruthKinds, OfTwoKindsBoxesAreRead) {
  const auto both = line(a_class("0", "2022") + "," + boxes("bb", "2020", 7));
  const auto result = read_text(both);
  EXPECT_EQ(result.samples.at(0).annotations.size(), 1U);
  EXPECT_TRUE(result.samples.at(0).classes.empty());
  EXPECT_EQ(result.samples.at(0).extra.size(), 2U); // the class and its metadata
  EXPECT_THAT(result.problems, testing::IsEmpty());
  ReadOptions options;
  options.label_attribute = "sport";
  EXPECT_EQ(read_text(both, options).samples.at(0).classes.size(), 1U);
  expect_back(both);
}

TEST_F(GroundTruthKinds, TheNewestOfAdjustmentsIsRead) {
  const auto chain = line(boxes("first", "2020-01-01T00:00:00", 1) + "," +
                          boxes("third", "2022-01-01T00:00:00.5", 3) + "," +
                          boxes("second", "2021-01-01T00:00:00", 2));
  EXPECT_EQ(read_text(chain).samples.at(0).annotations.at(0).box.left, 3);
  expect_back(chain);
}

TEST_F(GroundTruthKinds, AFailedNewestFallsBackToTheOneBefore) {
  const auto result =
      read_text(line(boxes("bb", "2020", 7) + R"(,"bb2":"","bb2-metadata":)" +
                     metadata("object-detection", "2021", R"(,"failure-reason":"no answer")")));
  EXPECT_EQ(result.samples.at(0).label_attribute, "bb");
}

TEST_F(GroundTruthKinds, FailedObjectsAreNotNegatives) {
  for (const std::string value : {"null", "\"\"", "{}"}) {
    const auto text = line(R"("bb":)" + value + R"(,"bb-metadata":)" +
                           metadata("object-detection", "2021", R"(,"failure-reason":"dark")"));
    const auto result = read_text(text);
    ASSERT_EQ(result.samples.size(), 1U) << value;
    EXPECT_FALSE(result.samples[0].is_labelled);
    EXPECT_THAT(result.listed(), ElementsAre(HasSubstr("'bb' has metadata but no label: dark")));
    expect_back(text);
  }
}

TEST_F(GroundTruthKinds, VerdictsLeaveImagesOut) {
  const auto verified = [](const std::string& verdict, const std::string& date) {
    return "\"v" + date + R"(":"1","v)" + date + "-metadata\":" +
           metadata("label-verification", date, R"(,"class-name":")" + verdict + "\"");
  };
  const auto file =
      put("in.manifest", line(boxes("bb", "2019", 1) + "," + verified("good", "2020")) +
                             line(boxes("bb", "2019", 2) + "," + verified("bad", "2020")) +
                             line(boxes("bb", "2019", 3) + "," + verified("bad", "2020") + "," +
                                  verified("good", "2021")));
  ReadOptions options;
  options.discard_verified = {"bad", "unsure"};
  const auto reader = open_labels(file, options);
  std::vector<double> lefts;
  for (Sample sample; reader->next(sample);)
    lefts.push_back(sample.annotations.at(0).box.left);
  EXPECT_THAT(lefts, ElementsAre(1, 3));
  EXPECT_EQ(reader->left_out(), 1);
  ASSERT_EQ(reader->losses().size(), 1U);
  EXPECT_EQ(reader->losses()[0].count, 1);
  EXPECT_EQ(reader->losses()[0].first, file + ":2");
  std::vector<std::string> texts;
  for (const auto& problem : reader->problems())
    if (problem.rule == "no-such-verdict")
      texts.push_back(problem.text);
  EXPECT_THAT(texts, ElementsAre("no line was verified as 'unsure', but there is 'bad', 'good'"));
}

TEST_F(GroundTruthKinds, RefusesWhatHasTwoMeanings) {
  EXPECT_THAT(
      first_problem(line(R"("bb":{"image_size":[{"width":50,"height":40,"depth":3}],)"
                         R"("annotations":[{"class_id":0,"left":1,"left":9,"top":1,)"
                         R"("width":6,"height":8}]},"bb-metadata":)" +
                         metadata("object-detection", "2020", R"(,"class-map":{"0":"dog"})"))),
      HasSubstr("duplicate-key at " + path("in.manifest") +
                ":1: box 1: 'left' stands "
                "twice"));
  EXPECT_THAT(first_problem(line(boxes("bb", "2020", 1, R"(,"class-map":{"0":"cat"})"))),
              HasSubstr("'class-map' stands twice in 'bb-metadata'"));
  EXPECT_THAT(first_problem(line(boxes("bb", "2020", 1, R"(,"odd":1,"odd":2)"))),
              HasSubstr("'odd' stands twice in 'bb-metadata'"));
  EXPECT_THAT(first_problem(line(R"("l":[0],"l-metadata":)" +
                                 metadata("image-classification-multilabel", "2020",
                                          R"(,"class-map":{"0":"a","00":"b"})"))),
              HasSubstr("class-map gives id 0 twice, as 'a' and as 'b'"));
  EXPECT_THAT(
      first_problem(line(a_class("0")) + line(a_class("0", "2020", R"(,"class-name":"chess")"))),
      HasSubstr("class id 0 is 'chess' here and 'football' in an earlier line"));
}

TEST_F(GroundTruthKinds, ObjectsOfAnotherLengthAreTold) {
  const auto result =
      read_text(line(R"("bb":{"image_size":[{"width":50,"height":40,"depth":3}],"annotations":[)"
                     R"({"class_id":0,"left":1,"top":1,"width":6,"height":8},)"
                     R"({"class_id":0,"left":2,"top":1,"width":6,"height":8}]},"bb-metadata":)" +
                     metadata("object-detection", "2020",
                              R"(,"class-map":{"0":"dog"},"objects":[{"confidence":0.5}])")));
  EXPECT_THAT(result.listed(), ElementsAre(HasSubstr("objects has 1 entries for 2 boxes")));
  EXPECT_EQ(result.samples.at(0).annotations.at(0).score, 0.5);
  EXPECT_FALSE(result.samples.at(0).annotations.at(1).score.has_value());
}

TEST_F(GroundTruthKinds, ManyMembersAndLongOnes) {
  std::string many;
  for (int i = 0; i < 1500; ++i)
    many += "\"m" + std::to_string(i) + "\":1,";
  EXPECT_EQ(read_text(line(many + "\"last\":1")).samples.at(0).extra.size(), 1501U);
  EXPECT_THAT(first_problem(line(many + "\"m7\":1")), HasSubstr("'m7' stands twice"));
  EXPECT_THAT(first_problem(line("\"note\":\"" + std::string(20'001, 'x') + "\"")),
              HasSubstr("'note' has 20003 characters; Ground Truth takes at most 20000"));
}

TEST_F(GroundTruthKinds, RefusesBrokenLabels) {
  EXPECT_THAT(first_problem(line(a_class("\"ball\""))), HasSubstr("is not a class id"));
  EXPECT_THAT(first_problem(line(a_class("0", "2020", ""))), HasSubstr("with a class-name"));
  EXPECT_THAT(first_problem(line(R"("l":7,"l-metadata":)" +
                                 metadata("image-classification-multilabel", "2020"))),
              HasSubstr("'l' is not a list of class ids"));
  EXPECT_THAT(first_problem(
                  line(R"("l":[3],"l-metadata":)" + metadata("image-classification-multilabel",
                                                             "2020", R"(,"class-map":{"0":"a"})"))),
              HasSubstr("class id 3 is not in the line's class-map"));
  EXPECT_THAT(first_problem(line(R"("m-ref":7,"m-ref-metadata":)" +
                                 metadata("semantic-segmentation", "2020"))),
              HasSubstr("'m-ref' is not the reference of a mask"));
  ReadOptions options;
  options.format = "ground_truth";
  const auto video = read_text(
      line(R"("t":"x","t-metadata":)" + metadata("video-object-tracking", "2020")), options);
  EXPECT_THAT(video.listed(), ElementsAre(HasSubstr("--from ground_truth_video reads it")));
}

TEST_F(GroundTruthKinds, KindsOfOneSampleGetNamesOfTheirOwn) {
  Sample sample = LabelFiles::sample();
  sample.label_attribute = "category"; // the name that classes would get
  sample.classes = {{"indoor", -1, 0.25}};
  sample.mask_ref = "m.png";
  write("out.manifest", {sample});
  const auto text = text_of("out.manifest");
  EXPECT_THAT(text, HasSubstr(R"("category":{"image_size")"));
  EXPECT_THAT(text, HasSubstr(R"("category-label":1,"category-label-metadata":{"class-name":)"
                              R"("indoor","confidence":0.25,)"));
  EXPECT_THAT(text, HasSubstr(R"("segmentation-ref":"m.png","segmentation-ref-metadata":{)"));
}

TEST_F(GroundTruthKinds, NamesMustFitTheKind) {
  WriteOptions options;
  options.label_attribute = "x-ref";
  EXPECT_THROW(write("a.manifest", {sample()}, options), Error);
  Sample masked = sample();
  masked.annotations.clear();
  masked.mask_ref = "m.png";
  EXPECT_NO_THROW(write("b.manifest", {masked}, options));
  options.label_attribute = "x";
  EXPECT_THROW(write("c.manifest", {masked}, options), Error);
}

TEST_F(GroundTruthKinds, OneClassOnlyUnlessItIsAList) {
  Sample guessed = sample();
  guessed.annotations.clear();
  guessed.classes = {{"a", -1, 0.9}, {"b", -1, 0.1}};
  const auto losses = write("a.manifest", {guessed});
  ASSERT_EQ(losses.size(), 1U);
  EXPECT_EQ(losses[0].field, "classes after the first of an image");
  guessed.is_multilabel = true;
  EXPECT_TRUE(write("b.manifest", {guessed}).empty());
  EXPECT_EQ(read(path("b.manifest")).samples.at(0).classes.size(), 2U);
}

} // namespace
} // namespace mlopsctl::formats
