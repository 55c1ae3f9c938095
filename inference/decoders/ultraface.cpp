// SPDX-License-Identifier: Apache-2.0
// Ultra-Light-Fast-Generic-Face-Detector
// (github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB): 'scores' 1 x n x (1 + classes),
// column 0 is the background; 'boxes' 1 x n x 4, corners relative to the picture.
#include "inference/decoders/detail.hpp"

namespace mlopsctl::inference {
namespace {

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  const auto& scores = outputs[detail::by_name("ultraface", "scores", outputs)];
  const auto& boxes = outputs[detail::by_name("ultraface", "boxes", outputs)];
  const auto shape = detail::squeezed(scores.shape, 2);
  if (shape.size() != 2)
    detail::misfit("ultraface", "needs 'scores' as 1xNx(1 + classes)", outputs);
  if (shape[1] != 1 + static_cast<std::int64_t>(spec.labels.size()))
    detail::label_misfit("ultraface", shape[1] - 1, spec.labels.size(), outputs);
  detail::expect_shape("ultraface", boxes, {shape[0], 4}, outputs);
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  const bool scores_first = outputs[0].name == "scores";
  const Tensor& scores = outputs[scores_first ? 0 : 1];
  const Tensor& boxes = outputs[scores_first ? 1 : 0];
  const std::size_t labels = spec.labels.size();
  const std::size_t count = boxes.data.size() / 4;
  for (std::size_t i = 0; i < count; ++i) {
    const float* row = scores.data.data() + i * (labels + 1);
    const float* corners = boxes.data.data() + i * 4;
    const auto score = [&](std::size_t id) {
      detail::check_score(scores, row[id + 1]);
      return static_cast<double>(row[id + 1]);
    };
    const auto box = [&] {
      const double left = static_cast<double>(corners[0]), top = static_cast<double>(corners[1]);
      return dataset::Box{left * spec.input.width, top * spec.input.height,
                          (static_cast<double>(corners[2]) - left) * spec.input.width,
                          (static_cast<double>(corners[3]) - top) * spec.input.height};
    };
    detail::add_best(options, labels, score, box, result);
  }
}

} // namespace

extern const Decoder ultraface;
const Decoder ultraface{"ultraface", "'scores' 1xNx(1+classes) and 'boxes' 1xNx4",
                        package::Task::detection, check, decode};

} // namespace mlopsctl::inference
