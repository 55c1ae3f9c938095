// SPDX-License-Identifier: Apache-2.0
// YOLO with its suppression in the graph. YOLOv10 and later: one output 1 x n x 6; a row is left,
// top, right, bottom in px of the input, score, class. YOLOv7 --end2end: n x 7; batch, left, top,
// right, bottom, class, score.
#include "inference/decoders/detail.hpp"

namespace mlopsctl::inference {
namespace {

void check(const package::ModelSpec&, std::span<const TensorInfo> outputs) {
  const auto shape = outputs.size() == 1 ? detail::squeezed(outputs[0].shape, 2) : detail::Shape{};
  if (shape.size() != 2 || (shape[1] != 6 && shape[1] != 7))
    detail::misfit("yolo-end2end", "needs one output 1xNx6, or Nx7", outputs);
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  const Tensor& output = outputs[0];
  const bool is_seven = output.shape.back() == 7;
  const std::size_t step = is_seven ? 7 : 6;
  for (std::size_t at = 0; at + step <= output.data.size(); at += step) {
    const float* corners = output.data.data() + at + (is_seven ? 1 : 0);
    const float score = is_seven ? corners[5] : corners[4];
    const float label = is_seven ? corners[4] : corners[5];
    detail::check_score(output, score);
    if (static_cast<double>(score) < options.score_threshold)
      continue;
    detail::add_corners(output, corners, detail::label_of(output, label, spec.labels.size()), score,
                        1, 1, result);
  }
  detail::best_first(result);
}

} // namespace

extern const Decoder yolo_end2end;
const Decoder yolo_end2end{"yolo-end2end",
                           "one output 1xNx6 (YOLOv10) or Nx7 (YOLOv7), after NMS",
                           package::Task::detection,
                           check,
                           decode,
                           true};

} // namespace mlopsctl::inference
