// SPDX-License-Identifier: Apache-2.0
// ModelSpec: what model.yaml says. The one place from which inference, serving, bench and templates
// know a model.
#pragma once

#include "core/value.hpp"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace mlopsctl::package {

enum class Task { detection, classification, embedding };
enum class Resize { stretch, letterbox_center, letterbox_topleft, crop_center };
enum class Interpolation { linear, area };
enum class ColorOrder { rgb, bgr, grey };

/// How a picture becomes the input tensor: resized, in this colour order, then (x * scale - mean) /
/// std with x = 0..255.
struct InputSpec {
  std::string name; ///< tensor name in the graph
  int width = 0;    ///< px, > 0
  int height = 0;   ///< px, > 0
  ColorOrder color = ColorOrder::rgb;
  Resize resize = Resize::stretch;
  int pad_value = 0; ///< 0..255, for the letterbox
  Interpolation interpolation = Interpolation::linear;
  double scale = 1;
  std::array<double, 3> mean{0, 0, 0};
  std::array<double, 3> std{1, 1, 1};
};

struct NmsSpec {
  double iou = 0.45; ///< boxes above this overlap are one object
  bool per_class = true;
  int max_detections = 300; ///< per picture, after NMS
};

struct DecoderSpec {
  std::string kind;                    ///< a name from inference's decoder table
  double score_threshold = 0.3;        ///< for everything people look at
  double eval_score_threshold = 0.001; ///< for average precision
  NmsSpec nms;
};

struct ModelSpec {
  std::string name;
  std::string version;
  Task task = Task::detection;
  std::string weights; ///< file name inside the package
  std::string format;  ///< onnx | mxnet-ssd
  InputSpec input;
  DecoderSpec decoder;
  std::vector<std::string> labels; ///< index = class id
  std::string licence;
  Value training;                             ///< kept as it came: {dataset, figures}
  std::map<std::string, std::string> digests; ///< file name -> "sha256:..."
};

inline constexpr const char* k_model_yaml = "model.yaml";
inline constexpr const char* k_model_schema = "mlopsctl.model/1";
inline constexpr std::string_view k_raw = "raw"; ///< decoder.kind: outputs as they are
/// Text that 'package describe' leaves where only a person knows the value; refused when read.
inline constexpr std::string_view k_fill_in = "FILL IN";

std::string_view task_name(Task task);
std::string_view resize_name(Resize resize);
std::string_view interpolation_name(Interpolation interpolation);
std::string_view color_name(ColorOrder color);
/// Every decoder that model.yaml may name, in the order of the documentation.
const std::vector<std::string>& decoder_kinds();

/// What a key of model.yaml holds. `free`: anything, kept as it came.
enum class KeyType { text, integer, number, boolean, numbers, texts, group, free };

/// One key of model.yaml by its dotted path, such as "decoder.nms.iou".
struct ModelKey {
  std::string path;
  KeyType type = KeyType::text;
};

/// Every key that parse_model_spec() knows; the JSON Schema is tested against it.
const std::vector<ModelKey>& model_keys();

/// \param text model.yaml's text, \param path its name for messages ("pkg/model.yaml:12: ...").
/// \param overrides "decoder.score_threshold=0.5" ... as given with --set.
/// \throws Error(input) for unknown keys (with the nearest known one), wrong types, values out of
/// range, a weights name that leaves the package; Error(usage) for an override that names no key.
ModelSpec parse_model_spec(std::string_view text, const std::string& path,
                           const std::vector<std::string>& overrides = {});
/// Sets "decoder.score_threshold=0.5" ... in \p root, keeping each key's type.
/// \throws Error(usage) for a path that names no key or a value of another type.
void apply_overrides(Value& root, const std::vector<std::string>& overrides);
/// Back to model.yaml's text, keys in the order of the documentation, comments none.
std::string to_model_yaml(const ModelSpec& spec);

} // namespace mlopsctl::package
