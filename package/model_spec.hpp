// SPDX-License-Identifier: Apache-2.0
// ModelSpec: what model.yaml says. The one place from which inference, serving, bench and templates
// know a model.
#pragma once

#include "core/value.hpp"

#include <array>
#include <map>
#include <optional>
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

std::string_view task_name(Task task);

/// \param text model.yaml's text, \param path its name for messages ("pkg/model.yaml:12: ...").
/// \param overrides "decoder.score_threshold=0.5" ... as given with --set.
/// \throws Error(input) for unknown keys (with the nearest known one), wrong types, values out of
/// range, a weights name that leaves the package; Error(usage) for an override that names no key.
ModelSpec parse_model_spec(std::string_view text, const std::string& path,
                           const std::vector<std::string>& overrides = {});
/// Back to model.yaml's text, keys in the order of the documentation, comments none.
std::string to_model_yaml(const ModelSpec& spec);

} // namespace mlopsctl::package
