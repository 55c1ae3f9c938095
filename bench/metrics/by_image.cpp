// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/by_image.hpp"

#include <algorithm>
#include <numeric>

namespace mlopsctl::bench {
namespace {

template <class Row>
void take(const std::vector<const Row*>& from, std::size_t begin, std::size_t end,
          std::vector<const Row*>& to) {
  to.assign(from.begin() + static_cast<std::ptrdiff_t>(begin),
            from.begin() + static_cast<std::ptrdiff_t>(end));
}

} // namespace

template <class Row, class Keep>
ImageGroups::Grouped<Row> ImageGroups::grouped(std::span<const Row> all, std::int32_t images,
                                               const Keep& keep) {
  Grouped<Row> out;
  out.begins.assign(static_cast<std::size_t>(images) + 1, 0);
  for (const auto& row : all)
    if (keep(row))
      ++out.begins[static_cast<std::size_t>(row.image) + 1];
  std::partial_sum(out.begins.begin(), out.begins.end(), out.begins.begin());
  out.rows.resize(out.begins.back());
  auto next = out.begins;
  for (const auto& row : all)
    if (keep(row))
      out.rows[next[static_cast<std::size_t>(row.image)]++] = &row;
  return out;
}

ImageGroups::ImageGroups(const Evaluation& evaluation, double score_threshold)
    : image_count_(evaluation.image_count), class_count_(evaluation.class_count),
      truths_(grouped(evaluation.truths, image_count_, [](const TruthBox&) { return true; })),
      detections_(
          grouped(evaluation.detections, image_count_, [score_threshold](const ScoredBox& row) {
            return row.score >= score_threshold;
          })) {}

void ImageGroups::load(std::int32_t image, ImageRows& rows) const {
  const auto i = static_cast<std::size_t>(image);
  take(truths_.rows, truths_.begins[i], truths_.begins[i + 1], rows.truths);
  take(detections_.rows, detections_.begins[i], detections_.begins[i + 1], rows.detections);
  std::sort(rows.detections.begin(), rows.detections.end(), [](const auto* a, const auto* b) {
    return a->score != b->score ? a->score > b->score : a < b;
  });
  rows.overlaps.clear();
  for (const auto* detection : rows.detections)
    for (const auto* truth : rows.truths)
      rows.overlaps.push_back(dataset::iou(detection->box, truth->box));
}

double share_inside(const dataset::Box& detection, const dataset::Box& crowd) {
  const double width =
      std::min(detection.right(), crowd.right()) - std::max(detection.left, crowd.left);
  const double height =
      std::min(detection.bottom(), crowd.bottom()) - std::max(detection.top, crowd.top);
  const double area = detection.area();
  return width <= 0 || height <= 0 || area <= 0 ? 0 : width * height / area;
}

bool is_in_crowd(const ScoredBox& detection, const std::vector<const TruthBox*>& truths,
                 double min_iou) {
  return std::any_of(truths.begin(), truths.end(), [&](const TruthBox* truth) {
    return truth->is_crowd && truth->label == detection.label &&
           share_inside(detection.box, truth->box) >= min_iou;
  });
}

} // namespace mlopsctl::bench
