// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/by_image.hpp"

#include "core/interrupt.hpp"

#include <algorithm>
#include <cstddef>

namespace mlopsctl::bench {
namespace {

/// Rows of image i are at begins[i] .. begins[i + 1].
template <class Row> struct Grouped {
  std::vector<std::size_t> begins;
  std::vector<const Row*> rows;
};

template <class Row, class Keep>
Grouped<Row> grouped(std::span<const Row> all, std::int32_t images, const Keep& keep) {
  Grouped<Row> out;
  out.begins.assign(static_cast<std::size_t>(images) + 1, 0);
  for (const auto& row : all)
    if (keep(row))
      ++out.begins[static_cast<std::size_t>(row.image) + 1];
  for (std::size_t i = 1; i < out.begins.size(); ++i)
    out.begins[i] += out.begins[i - 1];
  out.rows.resize(out.begins.back());
  auto next = out.begins;
  for (const auto& row : all)
    if (keep(row))
      out.rows[next[static_cast<std::size_t>(row.image)]++] = &row;
  return out;
}

template <class Row>
void take(const Grouped<Row>& from, std::size_t i, std::vector<const Row*>& to) {
  to.assign(from.rows.begin() + static_cast<std::ptrdiff_t>(from.begins[i]),
            from.rows.begin() + static_cast<std::ptrdiff_t>(from.begins[i + 1]));
}

} // namespace

void for_each_image(const Evaluation& evaluation, double score_threshold, const VisitImage& visit) {
  const auto truths =
      grouped(evaluation.truths, evaluation.image_count, [](const TruthBox&) { return true; });
  const auto detections =
      grouped(evaluation.detections, evaluation.image_count,
              [&](const ScoredBox& row) { return row.score >= score_threshold; });
  std::vector<const TruthBox*> truths_here;
  std::vector<const ScoredBox*> detections_here;
  for (std::size_t i = 0; i < static_cast<std::size_t>(evaluation.image_count); ++i) {
    check_interrupt();
    take(truths, i, truths_here);
    take(detections, i, detections_here);
    std::stable_sort(detections_here.begin(), detections_here.end(),
                     [](const auto* a, const auto* b) { return a->score > b->score; });
    visit(truths_here, detections_here);
  }
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
