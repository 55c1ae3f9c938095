// SPDX-License-Identifier: Apache-2.0
// schemas/model.json and parse_model_spec() say the same.
#include "core/error.hpp"
#include "core/io.hpp"
#include "package/model_spec.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include <set>

namespace mlopsctl::package {
namespace {

const nlohmann::json& schema_document() {
  static const auto document = nlohmann::json::parse(
      read_file(std::string(MLOPSCTL_SOURCE) + "/schemas/model.json", 1 << 20));
  return document;
}

void collect(const nlohmann::json& node, const std::string& prefix, std::set<std::string>& out) {
  if (!node.contains("properties"))
    return;
  for (const auto& [key, child] : node["properties"].items()) {
    out.insert(prefix + key);
    collect(child, prefix + key + ".", out);
  }
}

bool fits_schema(const std::string& yaml) {
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_document()), schema);
  const auto document = nlohmann::json::parse(to_json(parse_yaml(yaml, "m")));
  valijson::Validator validator;
  return validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
}

bool parses(const std::string& yaml) {
  try {
    parse_model_spec(yaml, "m");
    return true;
  } catch (const Error&) {
    return false;
  }
}

TEST(ModelSchema, HasTheKeysThatTheReaderKnows) {
  std::set<std::string> in_schema;
  collect(schema_document(), "", in_schema);
  std::set<std::string> in_reader;
  for (const auto& key : model_keys())
    in_reader.insert(key.path);
  EXPECT_EQ(in_schema, in_reader);
}

TEST(ModelSchema, NamesEveryDecoder) {
  const auto kinds = schema_document()["properties"]["decoder"]["properties"]["kind"]["enum"]
                         .get<std::vector<std::string>>();
  EXPECT_EQ(kinds, decoder_kinds());
}

TEST(ModelSchema, AgreesWithTheReaderOnDocuments) {
  const std::string good = R"(schema: mlopsctl.model/1
name: n
version: "3"
task: detection
weights: sub/model.onnx
format: onnx
input: {name: images, width: 320, height: 240, color: bgr, resize: crop-center, pad_value: 114,
        interpolation: area, scale: 0.5, mean: [1, 2, 3], std: 4}
decoder: {kind: yolov8, score_threshold: 0.25, eval_score_threshold: 0,
          nms: {iou: 0.4, per_class: false, max_detections: 10}}
labels: [circle, square]
licence: Apache-2.0
training: {dataset: "sha256:1"}
)";
  EXPECT_TRUE(fits_schema(good));
  EXPECT_TRUE(parses(good));
  const std::string digest = "sha256:" + std::string(64, 'a');
  const std::vector<std::pair<std::string, std::string>> also_good{
      {"mean: [1, 2, 3]", "mean: 1"},
      {"mean: [1, 2, 3]", "mean: [1]"},
      {"licence: Apache-2.0", "digests: {sub/model.onnx: \"" + digest + "\"}"},
      {"labels: [circle, square]\n", "labels: [one]\n"},
      {"weights: sub/model.onnx", "weights: ..model..onnx"},
  };
  const std::vector<std::pair<std::string, std::string>> bad{
      {"mlopsctl.model/1", "mlopsctl.model/2"},
      {"name: n\n", ""},
      {"name: n\n", "name: \"\"\n"},
      {"version: \"3\"", "version: 3"},
      {"task: detection\n", ""},
      {"task: detection", "task: classification"}, // its decoder is for detection
      {"weights: sub/model.onnx", "weights: ../model.onnx"},
      {"weights: sub/model.onnx", "weights: sub/.."},
      {"weights: sub/model.onnx", "weights: /model.onnx"},
      {"weights: sub/model.onnx", "weights: sub//model.onnx"},
      {"format: onnx", "format: tflite"},
      {"width: 320", "width: 0"},
      {"height: 240", "height: 16385"},
      {"color: bgr", "colour: bgr"},
      {"pad_value: 114", "pad_value: 300"},
      {"scale: 0.5", "scale: 0"},
      {"mean: [1, 2, 3]", "mean: [1, 2]"},
      {"std: 4", "std: a"},
      {"kind: yolov8, ", ""},
      {"kind: yolov8", "kind: yolov80"},
      {"iou: 0.4", "iou: 1.4"},
      {"per_class: false", "per_class: no"},
      {"max_detections: 10", "max_detections: 0"},
      {"labels: [circle, square]\n", ""},
      {"labels: [circle, square]\n", "labels: []\n"},
      {"labels: [circle, square]\n", "labels: [a, a]\n"},
      {"labels: [circle, square]\n", "labels: [a, 1]\n"},
      {"licence: Apache-2.0", "digests: {model.onnx: abc}"},
      {"licence: Apache-2.0", "digests: {../x: \"" + digest + "\"}"},
      {"licence: Apache-2.0", "license: Apache-2.0"},
  };
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const auto& [from, to] : also_good) {
    EXPECT_TRUE(fits_schema(with(from, to))) << to;
    EXPECT_TRUE(parses(with(from, to))) << to;
  }
  for (const auto& [from, to] : bad) {
    EXPECT_FALSE(parses(with(from, to))) << from << " -> " << to;
    const bool is_beyond = to == "task: classification"; // that a decoder fits its task
    EXPECT_EQ(fits_schema(with(from, to)), is_beyond) << from << " -> " << to;
  }
}

} // namespace
} // namespace mlopsctl::package
