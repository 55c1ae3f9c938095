// SPDX-License-Identifier: Apache-2.0
// FastestDet (github.com/dog-qiuqiu/FastestDet, example/onnx-runtime): one output
// 1 x (5 + classes) x rows x columns: objectness, box, class probabilities.
#include "inference/decoders/detail.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::inference {
namespace {

constexpr std::int64_t k_head_planes = 5; // objectness and the box

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  if (outputs.size() != 1)
    detail::misfit("fastestdet", "needs a graph with one output", outputs);
  const auto shape = detail::squeezed(outputs[0].shape, 3);
  if (shape.size() != 3)
    detail::misfit("fastestdet", "needs an output 1x(5 + classes)xROWSxCOLUMNS", outputs);
  const auto labels = static_cast<std::int64_t>(spec.labels.size());
  if (shape[0] != k_head_planes + labels)
    detail::label_misfit("fastestdet", shape[0] - k_head_planes, spec.labels.size(), outputs);
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  const Tensor& output = outputs[0];
  const auto shape = detail::squeezed(output.shape, 3);
  const auto rows = static_cast<std::size_t>(shape[1]),
             columns = static_cast<std::size_t>(shape[2]);
  const std::size_t area = rows * columns;
  for (std::size_t cell = 0; cell < area; ++cell) {
    const auto plane = [&](std::size_t number) {
      return static_cast<double>(output.data[number * area + cell]);
    };
    detail::check_score(output, output.data[cell]);
    // Class probabilities are at most 1, so this is the most that the cell can reach.
    const double objectness = std::pow(std::max(plane(0), 0.0), 0.6);
    if (objectness < options.score_threshold)
      continue;
    const auto score = [&](std::size_t id) {
      return objectness * std::pow(std::max(plane(5 + id), 0.0), 0.4);
    };
    const auto box = [&] {
      const double column = static_cast<double>(cell % columns);
      const double row = static_cast<double>(cell / columns);
      const double x = (column + std::tanh(plane(1))) / static_cast<double>(columns);
      const double y = (row + std::tanh(plane(2))) / static_cast<double>(rows);
      const double width = sigmoid(plane(3)), height = sigmoid(plane(4));
      return dataset::Box{(x - width / 2) * spec.input.width, (y - height / 2) * spec.input.height,
                          width * spec.input.width, height * spec.input.height};
    };
    detail::add_best(options, spec.labels.size(), score, box, result);
  }
}

} // namespace

extern const Decoder fastestdet;
const Decoder fastestdet{"fastestdet", "one output 1x(5+classes)xROWSxCOLUMNS",
                         package::Task::detection, check, decode};

} // namespace mlopsctl::inference
