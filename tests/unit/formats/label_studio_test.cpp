// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/label_studio_image.hpp"
#include "label_files.hpp"

#include <cmath>
#include <random>

namespace mlopsctl::formats {
namespace {

using dataset::Sample;
using dataset::Split;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class LabelStudio : public LabelFiles {
protected:
  static std::string region(const std::string& value, const std::string& more = "") {
    return R"({"original_width":200,"original_height":100,"image_rotation":0,"value":)" + value +
           R"(,"from_name":"label","to_name":"image","type":"rectanglelabels")" + more + "}";
  }
  static std::string task(const std::string& results, const std::string& image = "a.jpg") {
    return R"([{"id":7,"data":{"image":")" + image + R"("},"annotations":[{"result":[)" + results +
           R"(],"was_cancelled":false,"updated_at":"2026-01-02T03:04:05.678900Z"}],"predictions":[]}])";
  }
  std::vector<dataset::Annotation> boxes(const std::string& results) const {
    const auto result = read(put("x.json", task(results)));
    EXPECT_THAT(result.listed(), ElementsAre());
    return result.samples.empty() ? std::vector<dataset::Annotation>()
                                  : result.samples[0].annotations;
  }
  static dataset::Losses losses(const std::string& path, const ReadOptions& options = {}) {
    const auto reader = open_labels(path, options);
    for (Sample sample; reader->next(sample);)
      continue;
    return reader->losses();
  }
};

const char* const k_box =
    R"({"x":5,"y":20,"width":10,"height":30,"rotation":0,"rectanglelabels":["dog"]})";

TEST_F(LabelStudio, ReadsATask) {
  const auto result = read(put("x.json", task(region(k_box))));
  EXPECT_THAT(result.listed(), ElementsAre());
  EXPECT_THAT(result.classes, ElementsAre("dog"));
  ASSERT_EQ(result.samples.size(), 1U);
  const Sample& sample = result.samples[0];
  EXPECT_EQ(sample.ref, "a.jpg");
  EXPECT_EQ(sample.place, path("x.json") + ":[0] (task 7)");
  EXPECT_EQ(sample.width, 200);
  EXPECT_EQ(sample.height, 100);
  EXPECT_EQ(sample.annotations.at(0).label, "dog");
  expect_box(sample.annotations[0].box, 10, 20, 20, 30);
  EXPECT_FALSE(sample.annotations[0].score);
  const dataset::Fields metadata{{"human-annotated", "\"yes\""},
                                 {"creation-date", "\"2026-01-02T03:04:05.678900\""}};
  EXPECT_EQ(sample.label_metadata, metadata);
  EXPECT_EQ(sample.extra, (dataset::Fields{{"task_id", "7"}}));
}

TEST_F(LabelStudio, ARotatedBoxTurnsAboutItsTopLeftCorner) {
  // 40x20 px at 60, 30; a quarter turn clockwise puts it to the left of and below that corner
  const auto quarter =
      region(R"({"x":30,"y":30,"width":20,"height":20,"rotation":90,"rectanglelabels":["a"]})");
  const auto eighth =
      region(R"({"x":30,"y":30,"width":20,"height":20,"rotation":45,"rectanglelabels":["a"]})");
  const auto full =
      region(R"({"x":30,"y":30,"width":20,"height":20,"rotation":360,"rectanglelabels":["a"]})");
  const auto found = boxes(quarter + "," + eighth + "," + full);
  ASSERT_EQ(found.size(), 3U);
  expect_box(found[0].box, 40, 30, 20, 40);
  const double half = std::sqrt(0.5);
  expect_box(found[1].box, 60 - 20 * half, 30, 60 * half, 60 * half);
  expect_box(found[2].box, 60, 30, 40, 20);
  const auto lost = losses(path("x.json"));
  ASSERT_EQ(lost.size(), 1U);
  EXPECT_EQ(lost[0].field, "rotated boxes, read as the box around them");
  EXPECT_EQ(lost[0].count, 2);
  EXPECT_EQ(lost[0].first, path("x.json") + ":[0] (task 7)");
}

TEST_F(LabelStudio, OtherShapesBecomeTheBoxAroundThem) {
  const auto found = boxes(
      region(R"({"points":[[10,10],[20,50],[5,30]],"closed":true,"polygonlabels":["a"]})") + "," +
      region(R"({"x":50,"y":50,"radiusX":10,"radiusY":10,"rotation":90,"ellipselabels":["b"]})") +
      "," + region(R"({"x":5,"y":6,"width":0.3,"keypointlabels":["c"]})") + "," +
      region(R"({"format":"rle","rle":[0,1,2],"brushlabels":["d"]})"));
  ASSERT_EQ(found.size(), 2U);
  expect_box(found[0].box, 10, 10, 30, 40);
  expect_box(found[1].box, 90, 30, 20, 40); // half axes 20 and 10 px, turned by a quarter
  std::vector<std::string> fields;
  for (const auto& loss : losses(path("x.json")))
    fields.push_back(loss.field + ": " + std::to_string(loss.count));
  EXPECT_THAT(fields, ElementsAre("brush strokes, key points and other regions without a box: 2",
                                  "ellipses, read as the box around them: 1",
                                  "polygons, read as the box around them: 1"));
}

TEST_F(LabelStudio, AnImageWithBrushStrokesOnlyDoesNotLookEmpty) {
  const auto result =
      read(put("x.json", task(region(R"({"format":"rle","rle":[0],"brushlabels":["d"]})"))));
  EXPECT_THAT(result.listed(), ElementsAre(HasSubstr("label-without-boxes")));
  EXPECT_FALSE(result.samples.at(0).is_labelled);
}

TEST_F(LabelStudio, ShapeAndLabelMayBeTwoResults) {
  const std::string place = R"("x":5,"y":20,"width":10,"height":30,"rotation":0)";
  const std::string head =
      R"({"id":"r","original_width":200,"original_height":100,"to_name":"image",)";
  const auto found = boxes(head + R"("from_name":"rect","type":"rectangle","value":{)" + place +
                           "}}," + head + R"("from_name":"what","type":"labels","value":{)" +
                           place + R"(,"labels":["dog","pet"]}},)" + head +
                           R"("from_name":"breed","type":"choices","value":{)" + place +
                           R"(,"choices":["poodle"]}},)" + head +
                           R"("from_name":"age","type":"number","value":{"number":4}})");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].label, "dog");
  EXPECT_EQ(found[0].extra, (dataset::Fields{{"breed", R"(["poodle"])"}, {"age", "4"}}));
  EXPECT_EQ(losses(path("x.json")).at(0).field, "labels after the first of a box");
}

TEST_F(LabelStudio, TheAnnotationThatCounts) {
  const auto annotation = [](const std::string& label, const std::string& more) {
    return R"({"result":[{"original_width":200,"original_height":100,"type":"rectanglelabels","value":{"x":1,"y":1,"width":9,"height":9,"rectanglelabels":[")" +
           label + R"("]}}])" + more + "}";
  };
  const auto label_of = [&](const std::string& list, const char* key = "annotations") {
    const auto result = read(put("x.json", R"([{"data":{"image":"a.jpg"},")" + std::string(key) +
                                               "\":[" + list + "]}]"));
    return result.samples.at(0).is_labelled ? result.samples[0].annotations.at(0).label
                                            : "not labelled";
  };
  EXPECT_EQ(label_of(annotation("a", "") + "," + annotation("b", "")), "b");
  EXPECT_EQ(losses(path("x.json")).at(0).field, "annotations of other people or before the last");
  EXPECT_EQ(label_of(annotation("a", "") + "," + annotation("b", R"(,"was_cancelled":true)")), "a");
  EXPECT_EQ(label_of(annotation("a", R"(,"ground_truth":true)") + "," + annotation("b", "")), "a");
  EXPECT_EQ(label_of(annotation("a", R"(,"was_cancelled":true)")), "not labelled");
  EXPECT_EQ(label_of("12"), "not labelled"); // bare ids
  EXPECT_EQ(label_of(annotation("a", ""), "completions"), "a");
}

TEST_F(LabelStudio, PredictionsWhereNobodyAnnotated) {
  const std::string prediction =
      R"("predictions":[{"model_version":"m 1","score":0.4,"result":[{"original_width":200,"original_height":100,"type":"rectanglelabels","score":0.75,"value":{"x":1,"y":1,"width":9,"height":9,"rectanglelabels":["a"]}}]}])";
  const auto file =
      put("x.json",
          R"([{"data":{"image":"a.jpg"},"annotations":[],)" + prediction +
              R"(},{"data":{"image":"b.jpg"},"annotations":[{"result":[]}],)" + prediction +
              R"(},{"data":{"image":"c.jpg"},"annotations":[{"result":[],"was_cancelled":true}],)" +
              prediction + "}]");
  const auto result = read(file);
  EXPECT_THAT(result.listed(), ElementsAre(HasSubstr("annotation-cancelled at " + file + ":[2]"),
                                           HasSubstr("nobody-annotated at " + file + ":[0]: 1 ")));
  ASSERT_EQ(result.samples.size(), 3U);
  EXPECT_EQ(result.samples[0].annotations.at(0).score, 0.75);
  const dataset::Fields metadata{{"human-annotated", "\"no\""}, {"model-version", "\"m 1\""}};
  EXPECT_EQ(result.samples[0].label_metadata, metadata);
  EXPECT_TRUE(result.samples[1].is_labelled); // somebody looked, and there was nothing
  EXPECT_TRUE(result.samples[1].annotations.empty());
  EXPECT_FALSE(result.samples[2].is_labelled);
  ReadOptions options;
  options.label_attribute = "annotations";
  EXPECT_FALSE(read(file, options).samples.at(0).is_labelled);
  options.label_attribute = "predictions";
  EXPECT_EQ(read(file, options).samples.at(1).annotations.size(), 1U);
  options.label_attribute = "bb";
  EXPECT_THROW(read(file, options), Error);
}

TEST_F(LabelStudio, AConfirmedBoxIsAPersons) {
  const auto found = boxes(region(k_box, R"(,"origin":"prediction-changed","score":0.5)") + "," +
                           region(k_box, R"(,"origin":"manual","score":0.5)"));
  EXPECT_FALSE(found.at(0).score);
  EXPECT_EQ(found.at(1).score, 0.5);
}

TEST_F(LabelStudio, ChoicesAreClassesOfTheImage) {
  const auto choice = [](const std::string& control, const std::string& names) {
    return R"({"type":"choices","from_name":")" + control +
           R"(","to_name":"image","value":{"choices":[)" + names + "]}}";
  };
  const auto one =
      read(put("x.json", task(choice("weather", R"("sun")") + "," + choice("scene", R"("sea")"))));
  EXPECT_EQ(one.samples.at(0).classes.at(0).label, "sun");
  EXPECT_FALSE(one.samples[0].is_multilabel);
  EXPECT_EQ(one.samples[0].extra.back(),
            (std::pair<std::string, std::string>("scene", R"(["sea"])")));
  EXPECT_THAT(one.classes, ElementsAre("sun"));
  const auto two = read(put("x.json", task(choice("weather", R"("sun","wind")"))));
  EXPECT_TRUE(two.samples.at(0).is_multilabel);
  EXPECT_EQ(two.samples[0].classes.size(), 2U);
}

TEST_F(LabelStudio, SizesComeFromTheImageIfTheExportHasNone) {
  const auto file = put(
      "x.json",
      R"([{"data":{"image":"a.jpg"},"annotations":[{"result":[{"type":"rectanglelabels","value":{"x":10,"y":10,"width":50,"height":50,"rectanglelabels":["a"]}}]}]}])");
  EXPECT_THAT(read(file).listed(),
              ElementsAre(HasSubstr("missing-image-size at " + file + ":[0]: no original_width")));
  ReadOptions options;
  options.image_size = [](const std::string& ref) {
    return ref == "a.jpg" ? std::optional(ImageSize{50, 20, 1}) : std::nullopt;
  };
  const auto result = read(file, options);
  expect_box(result.samples.at(0).annotations.at(0).box, 5, 2, 25, 10);
}

TEST_F(LabelStudio, ReadsJsonMin) {
  const auto record = [](int task, int annotation, const std::string& label) {
    return R"({"image":"/data/upload/1/0a1b2c3d-cat%20one.jpg","lens":"wide","id":)" +
           std::to_string(task) +
           R"(,"label":[{"x":5,"y":20,"width":10,"height":30,"rotation":0,"rectanglelabels":[")" +
           label +
           R"("],"original_width":200,"original_height":100}],"choice":"sunny","annotator":1,"annotation_id":)" +
           std::to_string(annotation) +
           R"(,"created_at":"2026-01-01","updated_at":"2026-01-01","lead_time":3.5})";
  };
  const auto file = put("x.json", "[" + record(1, 1, "a") + "," + record(1, 2, "b") + "," +
                                      record(2, 3, "c") + "]");
  const auto result = read(file);
  EXPECT_THAT(result.listed(), ElementsAre());
  ASSERT_EQ(result.samples.size(), 2U); // two people annotated the first task
  EXPECT_EQ(result.samples[0].annotations.at(0).label, "b");
  EXPECT_EQ(result.samples[1].annotations.at(0).label, "c");
  EXPECT_EQ(result.samples[0].classes.at(0).label, "sunny");
  EXPECT_EQ(result.samples[0].ref, "cat one.jpg");
  EXPECT_EQ(result.samples[0].extra, (dataset::Fields{{"lens", "\"wide\""}, {"task_id", "1"}}));
  expect_box(result.samples[0].annotations[0].box, 10, 20, 20, 30);
  EXPECT_EQ(losses(file).at(0).count, 1);
}

TEST_F(LabelStudio, BadTasksAreListed) {
  const auto file = put(
      "x.json",
      "[3,{\"data\":{\"text\":\"hello\"}},{\"data\":{\"image\":\"data:image/"
      "png;base64,AAAA\"}},tru," +
          task(region(R"({"x":5,"y":"a","width":10,"height":30,"rectanglelabels":["a"]})"))
              .substr(
                  1,
                  task(region(R"({"x":5,"y":"a","width":10,"height":30,"rectanglelabels":["a"]})"))
                          .size() -
                      2) +
          "," +
          task(region(R"({"x":5,"y":5,"width":10,"height":30,"rectanglelabels":[]})"))
              .substr(1,
                      task(region(R"({"x":5,"y":5,"width":10,"height":30,"rectanglelabels":[]})"))
                              .size() -
                          2) +
          "]");
  ReadOptions options;
  options.format = "label_studio";
  const auto result = read(file, options);
  EXPECT_TRUE(result.samples.empty());
  EXPECT_THAT(result.listed(),
              ElementsAre(HasSubstr("not-a-task at " + file + ":[0]: is JSON, but not an object"),
                          HasSubstr(":[1]: no image in the data of the task (its members: text)"),
                          HasSubstr(":[2]: the image stands in the file itself ('data:image/png"),
                          HasSubstr("not-json at " + file + ":[3]"),
                          HasSubstr(":[4] (task 7): region 1: its place is incomplete"),
                          HasSubstr("region-without-label at " + file + ":[5] (task 7): box 1")));
}

TEST(StudioImage, NamesOfImages) {
  const auto ref = [](const char* image) { return ref_of_studio_image(image); };
  EXPECT_EQ(ref("/data/local-files/?d=set%201/a%2Bb.jpg"), "set 1/a+b.jpg");
  EXPECT_EQ(ref("http://localhost:8080/data/local-files/?d=a.jpg"), "a.jpg");
  EXPECT_EQ(ref("/data/upload/3/0a1B2c3d-a-b.jpg"), "a-b.jpg");
  EXPECT_EQ(ref("/data/upload/29/example.png"), "example.png");
  EXPECT_EQ(ref("s3://bucket/a b%20c.jpg"), "s3://bucket/a b%20c.jpg");
  EXPECT_EQ(ref("https://host/a%20b.jpg?X=1"), "https://host/a%20b.jpg?X=1");
  EXPECT_EQ(ref("/data/local-files/?d=%FF.jpg"), "%FF.jpg"); // no UTF-8
  EXPECT_EQ(ref("/data/local-files/?d=a%2"), "a%2");
  EXPECT_EQ(studio_image_of_ref("a b/c.jpg", "/data/local-files/?d="),
            "/data/local-files/?d=a%20b/c.jpg");
  EXPECT_EQ(studio_image_of_ref("s3://b/c d.jpg", "/data/local-files/?d="), "s3://b/c d.jpg");
  EXPECT_EQ(studio_image_of_ref("a b.jpg", ""), "a b.jpg");
}

TEST_F(LabelStudio, WritesPredictionsAndAnnotations) {
  WriteOptions options;
  options.format = "label_studio";
  options.labeling_config = path("config.xml");
  auto machine = sample("dog");
  machine.annotations[0].score = 0.5;
  machine.label_metadata = {{"model-version", "\"m 2\""}};
  auto person = sample("cat & \"co\"");
  auto nobody = sample();
  nobody.annotations.clear();
  nobody.is_labelled = false;
  write("x.json", {machine, person, nobody}, options);
  const auto text = text_of("x.json");
  EXPECT_THAT(
      text,
      HasSubstr(R"("predictions":[{"model_version":"m 2","score":0.5,"result":[{"id":"box1")"));
  EXPECT_THAT(text,
              HasSubstr(R"("annotations":[{"result":[{"id":"box1","type":"rectanglelabels")"));
  EXPECT_THAT(text, HasSubstr(R"("value":{"x":10,"y":25,"width":30,"height":50,"rotation":0)"));
  EXPECT_THAT(
      text,
      HasSubstr("{\"data\":{\"image\":\"a.jpg\",\"width\":100,\"height\":80,\"depth\":3}}\n]"));
  EXPECT_THAT(text_of("config.xml"),
              HasSubstr(R"(<Label value="cat &amp; &quot;co&quot;" background=)"));
  EXPECT_THAT(text_of("config.xml"), Not(HasSubstr("Choices")));
}

TEST_F(LabelStudio, AConfigurationNeedsClasses) {
  WriteOptions options;
  options.labeling_config = path("config.xml");
  options.format = "label_studio";
  auto nothing = sample();
  nothing.annotations.clear();
  EXPECT_THROW(write("x.json", {nothing}, options), Error);
  options.classes = {"one", "two"};
  write("y.json", {nothing}, options);
  EXPECT_THAT(text_of("config.xml"), HasSubstr("<Label value=\"two\""));
  nothing.classes = {{"day", -1, std::nullopt}};
  options.existing = Existing::replace;
  options.classes = {};
  write("z.json", {nothing}, options);
  EXPECT_THAT(text_of("config.xml"), HasSubstr("choice=\"single\""));
  EXPECT_THAT(text_of("config.xml"), Not(HasSubstr("RectangleLabels")));
}

TEST_F(LabelStudio, ThereAndBackWithEverythingASampleKnows) {
  std::mt19937 random(7);
  const auto pick = [&](int limit) {
    return static_cast<int>(random() % static_cast<unsigned>(limit));
  };
  std::vector<Sample> samples;
  for (int i = 0; i < 200; ++i) {
    Sample one;
    one.ref = i % 3 == 0 ? "s3://b/x y " + std::to_string(i) + ".jpg"
                         : "d/f r%20" + std::to_string(i) + ".jpg";
    one.width = 40 + pick(5000);
    one.height = 40 + pick(5000);
    one.depth = 1 + pick(3);
    one.split = static_cast<Split>(pick(4));
    one.group = pick(2) == 0 ? "" : "clip " + std::to_string(pick(9));
    if (pick(2) == 0)
      one.time_s = pick(1000) / 7.0;
    one.extra = {{"lens", "\"wide\""}, {"site", R"({"id":3})"}};
    one.label_attribute = pick(2) == 0 ? "" : "bb";
    one.is_labelled = pick(8) != 0;
    const bool is_machine = pick(2) == 0;
    if (one.is_labelled)
      one.label_metadata = {{"human-annotated", is_machine ? "\"no\"" : "\"yes\""},
                            {"job-name", "\"j\""}};
    for (int k = one.is_labelled ? pick(4) : 0; k > 0; --k) {
      auto& annotation = one.annotations.emplace_back();
      annotation.label = "class " + std::to_string(pick(5));
      const double scale = pick(2) == 0 ? 1.0 : 1 / 3.0;
      annotation.box = {pick(20) * scale, pick(20) * scale, (1 + pick(20)) * scale,
                        (1 + pick(20)) * scale};
      if (is_machine)
        annotation.score = pick(1001) / 1000.0;
      annotation.is_crowd = pick(5) == 0;
      annotation.is_difficult = pick(5) == 0;
      annotation.is_truncated = pick(5) == 0;
      if (pick(2) == 0)
        annotation.extra = {{"pose", "\"left\""}};
    }
    if (one.is_labelled && pick(3) == 0)
      one.classes = {{"day", -1, std::nullopt}};
    one.is_multilabel = one.is_labelled && pick(4) == 0;
    samples.push_back(one);
  }
  for (const char* url : {"", "/data/local-files/?d=", "http://h:1/"}) {
    WriteOptions options;
    options.format = "label_studio";
    options.image_url = url;
    options.existing = Existing::replace;
    write("x.json", samples, options);
    const auto result = read(path("x.json"));
    ASSERT_EQ(result.samples.size(), samples.size());
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const Sample& was = samples[i];
      const Sample& is = result.samples[i];
      EXPECT_EQ(is.ref, was.ref);
      EXPECT_EQ(std::tie(is.width, is.height, is.depth, is.split, is.group, is.time_s),
                std::tie(was.width, was.height, was.depth, was.split, was.group, was.time_s));
      EXPECT_EQ(is.extra, was.extra);
      EXPECT_EQ(is.label_metadata, was.label_metadata);
      EXPECT_EQ(std::tie(is.is_labelled, is.is_multilabel, is.label_attribute),
                std::tie(was.is_labelled, was.is_multilabel, was.label_attribute));
      ASSERT_EQ(is.classes.size(), was.classes.size());
      ASSERT_EQ(is.annotations.size(), was.annotations.size());
      for (std::size_t k = 0; k < was.annotations.size(); ++k) {
        const auto& a = was.annotations[k];
        const auto& b = is.annotations[k];
        expect_box(b.box, a.box.left, a.box.top, a.box.width, a.box.height);
        EXPECT_EQ(std::tie(b.label, b.score, b.is_crowd, b.is_difficult, b.is_truncated, b.extra),
                  std::tie(a.label, a.score, a.is_crowd, a.is_difficult, a.is_truncated, a.extra));
      }
    }
  }
}

TEST_F(LabelStudio, ListsOfOtherToolsAreNotTaken) {
  const auto format_of = [&](const std::string& text) {
    return recognise(open_label_input(put("x.json", text))).name;
  };
  EXPECT_EQ(format_of(task(region(k_box))), "label_studio");
  EXPECT_EQ(format_of(R"([{"data":{"image":"a.jpg"}}])"), "label_studio");
  EXPECT_EQ(format_of(R"([{"id":1,"image":"a.jpg","annotator":1,"annotation_id":2}])"),
            "label_studio");
  // a control or a member named like those of other formats
  EXPECT_EQ(format_of(R"([{"data":{"image":"a.jpg","detections":3},"annotations":[]}])"),
            "label_studio");
  EXPECT_EQ(
      format_of(
          R"([{"image":"a.jpg","annotations":[{"label":"a","coordinates":{"x":1,"y":1,"width":1,"height":1}}]}])"),
      "createml");
  EXPECT_EQ(format_of(R"([{"imagefilename":"a.jpg","annotation":[]}])"), "createml");
  EXPECT_EQ(format_of(R"([{"image_id":1,"category_id":1,"bbox":[1,1,1,1],"score":1}])"),
            "coco_results");
  EXPECT_EQ(format_of(R"({"images":[],"annotations":[],"categories":[]})"), "coco");
  EXPECT_EQ(format_of(R"({"image":"a.jpg","width":4,"height":4,"detections":[]})"), "predictions");
  EXPECT_EQ(format_of("<annotations><image/></annotations>"), "cvat");
  EXPECT_EQ(format_of("<annotation><filename>a.jpg</filename></annotation>"), "voc");
}

} // namespace
} // namespace mlopsctl::formats
