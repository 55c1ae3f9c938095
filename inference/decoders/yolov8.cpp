// SPDX-License-Identifier: Apache-2.0
// YOLOv8 and what shares its head (Ultralytics v8 to v11, no NMS in the graph): one output
// 1 x (4 + classes) x n; rows are centre x, centre y, width, height in px of the input, then a
// score a class, 0..1.
#include "inference/decoders/detail.hpp"

#include <algorithm>

namespace mlopsctl::inference {
namespace {

constexpr std::int64_t k_box_rows = 4;

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  if (outputs.size() != 1)
    detail::misfit("yolov8", "needs a graph with one output", outputs);
  const auto shape = detail::squeezed(outputs[0].shape, 2);
  if (shape.size() != 2)
    detail::misfit("yolov8", "needs an output 1x(4 + classes)xN", outputs);
  const auto labels = static_cast<std::int64_t>(spec.labels.size());
  if (shape[0] != k_box_rows + labels)
    detail::label_misfit("yolov8", shape[0] - k_box_rows, spec.labels.size(), outputs);
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  const Tensor& output = outputs[0];
  const std::size_t classes = spec.labels.size();
  const std::size_t count = output.data.size() / (4 + classes);
  const float* rows = output.data.data();
  // Class by class over all places: the memory's order. most[i] is the best score of place i.
  std::vector<float> most(rows + 4 * count, rows + 5 * count);
  for (std::size_t id = 1; id < classes; ++id)
    for (std::size_t i = 0; i < count; ++i)
      most[i] = std::max(most[i], rows[(4 + id) * count + i]);
  for (std::size_t i = 0; i < count; ++i) {
    detail::check_score(output, most[i]);
    if (static_cast<double>(most[i]) < options.score_threshold)
      continue;
    const auto score = [&](std::size_t id) {
      return static_cast<double>(rows[(4 + id) * count + i]);
    };
    const auto row = [&](std::size_t number) {
      return static_cast<double>(rows[number * count + i]);
    };
    const auto box = [&] {
      return dataset::Box{row(0) - row(2) / 2, row(1) - row(3) / 2, row(2), row(3)};
    };
    if (!options.is_multi_label) {
      detail::add_best(options, classes, score, box, result);
      continue;
    }
    for (std::size_t id = 0; id < classes; ++id)
      if (score(id) >= options.score_threshold)
        result.candidates.push_back({static_cast<int>(id), score(id), box()});
  }
}

} // namespace

extern const Decoder yolov8;
const Decoder yolov8{"yolov8", "one output 1x(4+classes)xN, as Ultralytics YOLOv8 exports it",
                     package::Task::detection, check, decode};

} // namespace mlopsctl::inference
