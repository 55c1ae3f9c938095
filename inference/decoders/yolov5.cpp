// SPDX-License-Identifier: Apache-2.0
// YOLOv5 (and v3, v4, v7 without NMS in the graph): one output 1 x n x (5 + classes); a row is
// centre x, centre y, width, height in px of the input, how likely there is an object, then a score
// a class given that there is one. Source: ultralytics/yolov5, models/yolo.py (Detect.forward).
#include "inference/decoders/detail.hpp"

namespace mlopsctl::inference {
namespace {

constexpr std::size_t k_head = 5; // of a row, before the classes

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  if (outputs.size() != 1)
    detail::misfit("yolov5", "needs a graph with one output", outputs,
                   "export it without the raw heads (opset 12, not --train)");
  const auto shape = detail::squeezed(outputs[0].shape, 2);
  if (shape.size() != 2)
    detail::misfit("yolov5", "needs an output 1xNx(5 + classes)", outputs);
  const auto head = static_cast<std::int64_t>(k_head);
  if (shape[1] != head + static_cast<std::int64_t>(spec.labels.size()))
    detail::label_misfit("yolov5", shape[1] - head, spec.labels.size(), outputs);
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  const Tensor& output = outputs[0];
  const std::size_t classes = spec.labels.size();
  const std::size_t step = k_head + classes;
  for (std::size_t at = 0; at + step <= output.data.size(); at += step) {
    const float* row = output.data.data() + at;
    detail::check_score(output, row[4]);
    const auto objectness = static_cast<double>(row[4]);
    if (objectness < options.score_threshold) // no class can be above it
      continue;
    const auto score = [&](std::size_t id) {
      detail::check_score(output, row[k_head + id]);
      return objectness * static_cast<double>(row[k_head + id]);
    };
    const auto box = [&] {
      const auto width = static_cast<double>(row[2]), height = static_cast<double>(row[3]);
      return dataset::Box{static_cast<double>(row[0]) - width / 2,
                          static_cast<double>(row[1]) - height / 2, width, height};
    };
    if (!options.is_multi_label) {
      detail::add_best(options, classes, score, box, result);
      continue;
    }
    for (std::size_t id = 0; id < classes; ++id)
      if (const double value = score(id); value >= options.score_threshold)
        result.candidates.push_back({static_cast<int>(id), value, box()});
  }
}

} // namespace

extern const Decoder yolov5;
const Decoder yolov5{"yolov5", "one output 1xNx(5+classes), as YOLOv5 and YOLOv7 export it",
                     package::Task::detection, check, decode};

} // namespace mlopsctl::inference
