// SPDX-License-Identifier: Apache-2.0
// SSD as MXNet ends it: _contrib_MultiBoxDetection of MXNet 1.7 (multibox_detection.cc), in its own
// precision. Not the same as other SSD heads: an anchor has one class, the best of the foreground,
// and an overlap that equals the threshold suppresses.
// Outputs of format mxnet-ssd: 'cls_pred' 1 x (1 + classes) x N and 'loc_pred' 1 x 4N, to be put
// together with the anchors. Of the ONNX file that package deployable makes: 'cls_prob' 1 x N x
// (1 + classes) and 'boxes' 1 x N x 4, corners relative to the picture.
#include "core/error.hpp"
#include "inference/decoders/detail.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mlopsctl::inference {
namespace {

constexpr std::string_view k_kind = "mxnet-ssd";

struct Found {
  int label = 0;
  float score = 0;
  std::array<float, 4> corners{}; ///< relative to the picture
};

bool has_boxes(const std::string& name) {
  return name == "boxes" || name == "cls_prob";
}

void check_boxes(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  const auto& scores = outputs[detail::by_name(k_kind, "cls_prob", outputs)];
  const auto& boxes = outputs[detail::by_name(k_kind, "boxes", outputs)];
  const auto shape = detail::squeezed(scores.shape, 2);
  if (shape.size() != 2)
    detail::misfit(k_kind, "needs 'cls_prob' as 1xNx(1 + classes)", outputs);
  if (shape[1] != 1 + static_cast<std::int64_t>(spec.labels.size()))
    detail::label_misfit(k_kind, shape[1] - 1, spec.labels.size(), outputs);
  detail::expect_shape(k_kind, boxes, {shape[0], 4}, outputs);
}

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  if (!outputs.empty() && has_boxes(outputs[0].name))
    return check_boxes(spec, outputs);
  const auto& classes = outputs[detail::by_name(k_kind, "cls_pred", outputs)];
  const auto& boxes = outputs[detail::by_name(k_kind, "loc_pred", outputs)];
  const auto shape = detail::squeezed(classes.shape, 2);
  if (shape.size() != 2)
    detail::misfit(k_kind, "needs 'cls_pred' as 1x(1 + classes)xN", outputs);
  if (shape[0] != 1 + static_cast<std::int64_t>(spec.labels.size()))
    detail::label_misfit(k_kind, shape[0] - 1, spec.labels.size(), outputs);
  detail::expect_shape(k_kind, boxes, {4 * shape[1]}, outputs);
}

/// The best class of the foreground by softmax over all; the background is not compared with it.
Found best_class(const float* logits, std::size_t classes, std::size_t anchors,
                 std::size_t anchor) {
  const auto at = [&](std::size_t row) { return logits[row * anchors + anchor]; };
  float most = at(0);
  for (std::size_t row = 1; row < classes; ++row)
    most = std::max(most, at(row));
  float sum = 0;
  Found found;
  float best = -1;
  for (std::size_t row = 0; row < classes; ++row) {
    const float power = std::exp(at(row) - most);
    sum += power;
    if (row > 0 && power > best) {
      best = power;
      found.label = static_cast<int>(row) - 1;
    }
  }
  found.score = best / sum;
  return found;
}

std::array<float, 4> place(const std::array<float, 4>& anchor, const float* offsets,
                           const package::SsdModel& ssd) {
  const float width = anchor[2] - anchor[0], height = anchor[3] - anchor[1];
  const float x = (anchor[0] + anchor[2]) * 0.5F, y = (anchor[1] + anchor[3]) * 0.5F;
  const auto variance = [&](std::size_t i) { return static_cast<float>(ssd.variances[i]); };
  const float middle_x = offsets[0] * variance(0) * width + x;
  const float middle_y = offsets[1] * variance(1) * height + y;
  const float half_width = std::exp(offsets[2] * variance(2)) * width / 2;
  const float half_height = std::exp(offsets[3] * variance(3)) * height / 2;
  std::array<float, 4> corners{middle_x - half_width, middle_y - half_height, middle_x + half_width,
                               middle_y + half_height};
  if (ssd.is_clipped)
    for (float& corner : corners)
      corner = std::clamp(corner, 0.0F, 1.0F);
  return corners;
}

float overlap(const std::array<float, 4>& a, const std::array<float, 4>& b) {
  const float width = std::max(0.0F, std::min(a[2], b[2]) - std::max(a[0], b[0]));
  const float height = std::max(0.0F, std::min(a[3], b[3]) - std::max(a[1], b[1]));
  const float shared = width * height;
  const float all = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared;
  return all <= 0 ? 0 : shared / all;
}

/// \param found by falling score.
std::vector<Found> suppressed(const std::vector<Found>& found, const package::NmsSpec& rules) {
  if (rules.iou <= 0 || rules.iou > 1)
    return found;
  std::vector<Found> kept;
  for (const auto& candidate : found) {
    const bool is_covered = std::any_of(kept.begin(), kept.end(), [&](const Found& better) {
      return (!rules.per_class || better.label == candidate.label) &&
             overlap(better.corners, candidate.corners) >= static_cast<float>(rules.iou);
    });
    if (!is_covered)
      kept.push_back(candidate);
  }
  return kept;
}

/// All places that pass, put together from what the trunk gives.
std::vector<Found> from_trunk(const package::SsdModel& ssd, std::span<const Tensor> outputs,
                              std::size_t classes, double least) {
  const bool classes_first = outputs[0].name == "cls_pred";
  const Tensor& logits = outputs[classes_first ? 0 : 1];
  const Tensor& boxes = outputs[classes_first ? 1 : 0];
  const std::size_t count = boxes.data.size() / 4;
  if (count != ssd.anchors.size())
    throw Error(Fault::internal, "mxnet-ssd: " + std::to_string(count) + " boxes for " +
                                     std::to_string(ssd.anchors.size()) + " anchors");
  std::vector<Found> found;
  for (std::size_t i = 0; i < count; ++i) {
    Found candidate = best_class(logits.data.data(), classes, count, i);
    if (static_cast<double>(candidate.score) < least)
      continue;
    candidate.corners = place(ssd.anchors[i], boxes.data.data() + i * 4, ssd);
    found.push_back(candidate);
  }
  return found;
}

/// All places that pass, of a graph that puts them together itself.
std::vector<Found> from_boxes(std::span<const Tensor> outputs, std::size_t classes, double least) {
  const bool scores_first = outputs[0].name == "cls_prob";
  const Tensor& scores = outputs[scores_first ? 0 : 1];
  const Tensor& boxes = outputs[scores_first ? 1 : 0];
  std::vector<Found> found;
  for (std::size_t i = 0; i < boxes.data.size() / 4; ++i) {
    const float* row = scores.data.data() + i * classes;
    const float* best = std::max_element(row + 1, row + classes); // row[0] is the background
    detail::check_score(scores, *best);
    if (static_cast<double>(*best) < least)
      continue;
    Found candidate{static_cast<int>(best - row) - 1, *best, {}};
    std::copy_n(boxes.data.data() + i * 4, 4, candidate.corners.begin());
    found.push_back(candidate);
  }
  return found;
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  const bool is_trunk = !has_boxes(outputs[0].name);
  if (is_trunk && !options.ssd)
    throw Error(Fault::input,
                "model.yaml: decoder.kind mxnet-ssd is for format mxnet-ssd, and for the ONNX file "
                "that 'package deployable' makes",
                "an SSD in ONNX has other outputs; see 'mlopsctl engines' for the kinds");
  const std::size_t classes = spec.labels.size() + 1;
  auto found = is_trunk ? from_trunk(*options.ssd, outputs, classes, options.score_threshold)
                        : from_boxes(outputs, classes, options.score_threshold);
  // An ONNX file does not say how many go into the suppression: as many as may come out.
  const std::int64_t topk = is_trunk ? options.ssd->nms_topk : spec.decoder.nms.max_detections;
  std::stable_sort(found.begin(), found.end(),
                   [](const Found& a, const Found& b) { return a.score > b.score; });
  if (topk > 0 && found.size() > static_cast<std::size_t>(topk))
    found.resize(static_cast<std::size_t>(topk));
  for (const auto& object : suppressed(found, spec.decoder.nms)) {
    const auto edge = [&](std::size_t i, int size) {
      return static_cast<double>(object.corners[i]) * size;
    };
    const int width = spec.input.width, height = spec.input.height;
    result.candidates.push_back({object.label,
                                 static_cast<double>(object.score),
                                 {edge(0, width), edge(1, height), edge(2, width) - edge(0, width),
                                  edge(3, height) - edge(1, height)}});
  }
}

} // namespace

extern const Decoder mxnet_ssd;
const Decoder mxnet_ssd{k_kind,
                        "SSD of MXNet and of SageMaker's object detection (also made ONNX)",
                        package::Task::detection,
                        check,
                        decode,
                        true};

} // namespace mlopsctl::inference
