// SPDX-License-Identifier: Apache-2.0
// Detectors that end with boxes, classes and scores, suppression done. Class 0 is the background
// and has no label: class 1 is the first label.
//   torchvision: 'boxes' N x 4 in px of the input (left, top, right, bottom), 'labels' N, 'scores'
//   N. ssd: 'bboxes' 1 x N x 4 relative to the input, 'labels', 'scores' (ONNX model zoo, ssd-12),
//   or
//        'detection_boxes' 1 x N x 4 (top, left, bottom, right), 'detection_classes',
//        'detection_scores' (TensorFlow object detection).
#include "core/error.hpp"
#include "inference/decoders/detail.hpp"

namespace mlopsctl::inference {
namespace {

struct Names {
  std::string_view boxes, labels, scores;
  bool is_top_first;
};
constexpr Names k_torchvision{"boxes", "labels", "scores", false};
constexpr Names k_zoo{"bboxes", "labels", "scores", false};
constexpr Names k_tensorflow{"detection_boxes", "detection_classes", "detection_scores", true};

template <class Output> const Output* find(std::string_view name, std::span<const Output> outputs) {
  for (const auto& output : outputs)
    if (output.name == name)
      return &output;
  return nullptr;
}

template <class Output> const Names& ssd_names(std::span<const Output> outputs) {
  return find(k_tensorflow.boxes, outputs) ? k_tensorflow : k_zoo;
}

void check_names(std::string_view kind, const Names& names, std::span<const TensorInfo> outputs) {
  const auto& boxes = outputs[detail::by_name(kind, names.boxes, outputs)];
  const auto shape = detail::squeezed(boxes.shape, 2);
  if (shape.size() != 2 || shape[1] != 4)
    detail::misfit(kind, "needs '" + std::string(names.boxes) + "' as Nx4", outputs);
  for (const auto& name : {names.labels, names.scores})
    detail::expect_shape(kind, outputs[detail::by_name(kind, name, outputs)], {shape[0]}, outputs);
}

void decode_named(const package::ModelSpec& spec, const Names& names, double width, double height,
                  std::span<const Tensor> outputs, double least, Decoded& result) {
  const Tensor& boxes = *find(names.boxes, outputs);
  const Tensor& labels = *find(names.labels, outputs);
  const Tensor& scores = *find(names.scores, outputs);
  for (std::size_t i = 0; i < scores.data.size(); ++i) {
    detail::check_score(scores, scores.data[i]);
    if (static_cast<double>(scores.data[i]) < least || labels.data[i] < 1) // 0: padding
      continue;
    const float* from = boxes.data.data() + i * 4;
    const float turned[4] = {from[1], from[0], from[3], from[2]};
    detail::add_corners(boxes, names.is_top_first ? turned : from,
                        detail::label_of(labels, labels.data[i] - 1, spec.labels.size()),
                        scores.data[i], width, height, result);
  }
  detail::best_first(result);
}

void check_torchvision(const package::ModelSpec&, std::span<const TensorInfo> outputs) {
  check_names("torchvision", k_torchvision, outputs);
}
void decode_torchvision(const package::ModelSpec& spec, std::span<const Tensor> outputs,
                        const DecodeOptions& options, Decoded& result) {
  decode_named(spec, k_torchvision, 1, 1, outputs, options.score_threshold, result);
}

void check_ssd(const package::ModelSpec&, std::span<const TensorInfo> outputs) {
  check_names("ssd", ssd_names(outputs), outputs);
}
void decode_ssd(const package::ModelSpec& spec, std::span<const Tensor> outputs,
                const DecodeOptions& options, Decoded& result) {
  decode_named(spec, ssd_names(outputs), spec.input.width, spec.input.height, outputs,
               options.score_threshold, result);
}

} // namespace

extern const Decoder torchvision, ssd;
const Decoder torchvision{"torchvision",
                          "'boxes' Nx4 in px, 'labels' N from 1, 'scores' N",
                          package::Task::detection,
                          check_torchvision,
                          decode_torchvision,
                          true};
const Decoder ssd{"ssd",
                  "relative 'bboxes' 1xNx4, 'labels', 'scores' (or TensorFlow's detection_...)",
                  package::Task::detection,
                  check_ssd,
                  decode_ssd,
                  true};

} // namespace mlopsctl::inference
