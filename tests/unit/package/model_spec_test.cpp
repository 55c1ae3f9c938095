// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "package/model_spec.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::package {
namespace {

using testing::HasSubstr;

constexpr const char* k_good = R"(schema: mlopsctl.model/1
name: shapes-detector
version: "3"
task: detection
weights: model.onnx
format: onnx
input: {name: images, width: 320, height: 240, color: bgr, resize: letterbox-center,
        pad_value: 114, interpolation: area, scale: 0.5, mean: [1, 2, 3], std: 4}
decoder: {kind: yolov8, score_threshold: 0.25, nms: {iou: 0.4, per_class: false}}
labels: [circle, square]
licence: Apache-2.0
training: {dataset: "sha256:1", figures: {map_50: 0.97}}
)";

Error error_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  try {
    parse_model_spec(text, "m.yaml", overrides);
  } catch (const Error& error) {
    return error;
  }
  return Error(Fault::internal, "nothing was thrown");
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = k_good;
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(ModelSpec, ReadsEveryValueAndDefaults) {
  const auto spec = parse_model_spec(k_good, "m.yaml");
  EXPECT_EQ(spec.name, "shapes-detector");
  EXPECT_EQ(spec.input.width, 320);
  EXPECT_EQ(spec.input.height, 240);
  EXPECT_EQ(spec.input.color, ColorOrder::bgr);
  EXPECT_EQ(spec.input.resize, Resize::letterbox_center);
  EXPECT_EQ(spec.input.interpolation, Interpolation::area);
  EXPECT_EQ(spec.input.mean, (std::array<double, 3>{1, 2, 3}));
  EXPECT_EQ(spec.input.std, (std::array<double, 3>{4, 4, 4}));
  EXPECT_EQ(spec.decoder.kind, "yolov8");
  EXPECT_EQ(spec.decoder.eval_score_threshold, 0.001);
  EXPECT_FALSE(spec.decoder.nms.per_class);
  EXPECT_EQ(spec.decoder.nms.max_detections, 300);
  EXPECT_EQ(spec.labels, (std::vector<std::string>{"circle", "square"}));
}

TEST(ModelSpec, RoundTrip) {
  const auto spec = parse_model_spec(k_good, "m.yaml");
  const auto text = to_model_yaml(spec);
  const auto again = parse_model_spec(text, "again.yaml");
  EXPECT_EQ(to_model_yaml(again), text);
  EXPECT_EQ(again.labels, spec.labels);
  EXPECT_EQ(again.input.mean, spec.input.mean);
  EXPECT_EQ(again.version, "3");
}

TEST(ModelSpec, UnknownKeysNameLineAndNearest) {
  EXPECT_THAT(error_of(with("color: bgr", "colour: bgr")).what(),
              HasSubstr("m.yaml:7: unknown key 'colour' in input, did you mean 'color'?"));
  EXPECT_THAT(error_of(std::string(k_good) + "label: [x]\n").what(),
              HasSubstr("m.yaml:13: unknown key 'label', did you mean 'labels'?"));
}

TEST(ModelSpec, RefusesWithPlaceAndValue) {
  const std::vector<std::array<std::string, 3>> cases{
      {"width: 320", "width: 0", "m.yaml:7: input.width: 0 is outside 1..16384"},
      {"width: 320", "width: 16385", "input.width: 16385 is outside"},
      {"width: 320", "width: wide", "input.width: is text, a whole number"},
      {"std: 4", "std: [1, 0, 1]", "input.std: holds 0"},
      {"std: 4", "std: [1, 2]", "input.std: has 2 numbers"},
      {"scale: 0.5", "scale: 0", "input.scale: is 0"},
      {"pad_value: 114", "pad_value: 256", "input.pad_value: 256 is outside 0..255"},
      {"iou: 0.4", "iou: 1.5", "decoder.nms.iou: 1.5 is outside 0..1"},
      {"score_threshold: 0.25", "score_threshold: -1", "decoder.score_threshold: -1"},
      {"kind: yolov8", "kind: yolo8", "'yolo8' is none of"},
      {"kind: yolov8", "kind: embedding", "'embedding' is for task embedding"},
      {"kind: yolov8, ", "", "decoder.kind: is missing"},
      {"labels: [circle, square]", "labels: []", "m.yaml:10: labels: is missing or empty"},
      {"[circle, square]", "[circle, circle]", "'circle' occurs twice (again as class 1)"},
      {"[circle, square]", "[circle, \"\"]", "label 1 is empty"},
      {"[circle, square]", "[1, 2]", "labels: holds a whole number"},
      {"weights: model.onnx", "weights: ../model.onnx", "'../model.onnx' contains '..'"},
      {"weights: model.onnx", "weights: /etc/passwd", "'/etc/passwd' is absolute"},
      {"weights: model.onnx", "weights: 'a\\b'", "backslash"},
      {"mlopsctl.model/1", "mlopsctl.model/2", "'mlopsctl.model/2' is not mlopsctl.model/1"},
      {"task: detection", "task: detektion", "did you mean 'detection'?"},
      {"name: shapes-detector", "name: FILL IN the name", "m.yaml:2: name: is still to be filled"},
      {"licence: Apache-2.0", "digests: {model.onnx: 12}", "not a digest like sha256:"},
      {"licence: Apache-2.0", "digests: {../x: 12}", "'../x' contains '..'"},
  };
  for (const auto& [from, to, want] : cases)
    EXPECT_THAT(error_of(with(from, to)).what(), HasSubstr(want)) << to;
  EXPECT_THAT(error_of("").what(), HasSubstr("a mapping was expected"));
  EXPECT_THAT(error_of("[]").what(), HasSubstr("a mapping was expected"));
}

TEST(ModelSpec, OverridesKeepTypesAndAreChecked) {
  const auto spec = parse_model_spec(k_good, "m.yaml",
                                     {"decoder.score_threshold=0.5", "decoder.nms.max_detections=7",
                                      "input.mean=9", "input.std=[1,2,3]", "labels=a, b ,c",
                                      "decoder.nms.per_class=true"});
  EXPECT_EQ(spec.decoder.score_threshold, 0.5);
  EXPECT_EQ(spec.decoder.nms.max_detections, 7);
  EXPECT_EQ(spec.input.mean[2], 9);
  EXPECT_EQ(spec.input.std[2], 3);
  EXPECT_EQ(spec.labels.size(), 3U);
  EXPECT_TRUE(spec.decoder.nms.per_class);

  const std::vector<std::pair<std::string, std::string>> cases{
      {"decoder.score_treshold=0.5", "did you mean 'decoder.score_threshold'?"},
      {"decoder.nms.max_detections=many", "'many' is not a whole number"},
      {"decoder=1", "is not a key of model.yaml that takes a value"},
      {"digests.model.onnx=1", "is not a key"},
      {"novalue", "KEY=VALUE was expected"},
      {"=1", "KEY=VALUE was expected"},
  };
  for (const auto& [text, want] : cases) {
    const auto error = error_of(k_good, {text});
    EXPECT_THAT(error.what(), HasSubstr(want)) << text;
    EXPECT_EQ(error.fault(), Fault::usage) << text;
  }
  EXPECT_STREQ(error_of(k_good, {"decoder.nms.iou=3"}).what(),
               "--set: decoder.nms.iou: 3 is outside 0..1");
}

TEST(ModelSpec, EmbeddingsNeedNoLabels) {
  const auto spec = parse_model_spec("schema: mlopsctl.model/1\nname: f\ntask: embedding\n"
                                     "weights: m.onnx\ninput: {name: x, width: 112, height: 112}\n",
                                     "m.yaml");
  EXPECT_EQ(spec.decoder.kind, "embedding");
  EXPECT_TRUE(spec.labels.empty());
}

} // namespace
} // namespace mlopsctl::package
