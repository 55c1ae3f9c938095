// SPDX-License-Identifier: Apache-2.0
// DETR: 'logits' (or 'pred_logits') 1 x n x (classes + 1), the last column is "no object";
// 'pred_boxes' 1 x n x 4, centre and size relative to the input. One object a query, no
// suppression. Source: facebookresearch/detr, models/detr.py (PostProcess).
#include "inference/decoders/detail.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::inference {
namespace {

template <class Output> std::size_t logits_of(std::span<const Output> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].name == "logits" || outputs[i].name == "pred_logits")
      return i;
  return outputs.size();
}
template <class Output> std::size_t boxes_of(std::span<const Output> outputs) {
  std::size_t i = 0;
  while (i < outputs.size() && outputs[i].name != "pred_boxes")
    ++i;
  return i;
}

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  const auto logits = logits_of(outputs);
  if (logits == outputs.size())
    detail::misfit("detr", "needs an output 'logits' or 'pred_logits'", outputs);
  const auto& boxes = outputs[detail::by_name("detr", "pred_boxes", outputs)];
  const auto shape = detail::squeezed(outputs[logits].shape, 2);
  if (shape.size() != 2)
    detail::misfit("detr", "needs 'logits' as 1xNx(classes + 1)", outputs);
  if (shape[1] != 1 + static_cast<std::int64_t>(spec.labels.size()))
    detail::label_misfit("detr", shape[1] - 1, spec.labels.size(), outputs);
  detail::expect_shape("detr", boxes, {shape[0], 4}, outputs);
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  const Tensor& logits = outputs[logits_of(outputs)];
  const Tensor& boxes = outputs[boxes_of(outputs)];
  const std::size_t classes = spec.labels.size();
  const std::size_t count = boxes.data.size() / 4;
  for (std::size_t i = 0; i < count; ++i) {
    const float* row = logits.data.data() + i * (classes + 1);
    const auto most = static_cast<double>(*std::max_element(row, row + classes + 1));
    double sum = 0;
    for (std::size_t id = 0; id <= classes; ++id)
      sum += std::exp(static_cast<double>(row[id]) - most);
    const auto score = [&](std::size_t id) {
      return std::exp(static_cast<double>(row[id]) - most) / sum;
    };
    const float* place = boxes.data.data() + i * 4;
    const auto box = [&] {
      const double width = static_cast<double>(place[2]) * spec.input.width;
      const double height = static_cast<double>(place[3]) * spec.input.height;
      return dataset::Box{static_cast<double>(place[0]) * spec.input.width - width / 2,
                          static_cast<double>(place[1]) * spec.input.height - height / 2, width,
                          height};
    };
    detail::add_best(options, classes, score, box, result);
  }
  detail::best_first(result);
}

} // namespace

extern const Decoder detr;
const Decoder detr{"detr",
                   "'logits' 1xNx(classes+1) and 'pred_boxes' 1xNx4, centre and size",
                   package::Task::detection,
                   check,
                   decode,
                   true};

} // namespace mlopsctl::inference
