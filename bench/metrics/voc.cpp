// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/voc.hpp"

#include "core/interrupt.hpp"

#include <algorithm>
#include <cstddef>

namespace mlopsctl::bench {
namespace {

struct Curve {
  std::vector<double> recall;
  std::vector<double> precision;
};

bool is_left_out(const TruthBox& truth) {
  return truth.is_difficult || truth.is_crowd;
}

/// Truth rows of one class by image: rows of image i are at begins[i] .. begins[i + 1].
struct ByImage {
  std::vector<std::size_t> begins;
  std::vector<const TruthBox*> truths;
};

ByImage group_by_image(const Evaluation& evaluation, const std::vector<std::int32_t>& rows) {
  ByImage groups;
  groups.begins.assign(static_cast<std::size_t>(evaluation.image_count) + 1, 0);
  for (const auto row : rows) {
    const auto& truth = evaluation.truths[static_cast<std::size_t>(row)];
    groups.truths.push_back(&truth);
    ++groups.begins[static_cast<std::size_t>(truth.image) + 1];
  }
  for (std::size_t i = 1; i < groups.begins.size(); ++i)
    groups.begins[i] += groups.begins[i - 1];
  std::stable_sort(groups.truths.begin(), groups.truths.end(),
                   [](const TruthBox* a, const TruthBox* b) { return a->image < b->image; });
  return groups;
}

Curve curve_of_class(const Evaluation& evaluation, const std::vector<std::int32_t>& truth_rows,
                     std::vector<std::int32_t> detection_rows, std::size_t wanted, double min_iou) {
  const auto& all = evaluation.detections;
  std::sort(detection_rows.begin(), detection_rows.end(), [&](std::int32_t a, std::int32_t b) {
    const auto& x = all[static_cast<std::size_t>(a)];
    const auto& y = all[static_cast<std::size_t>(b)];
    if (x.score != y.score)
      return x.score > y.score;
    return x.image != y.image ? x.image < y.image : a < b;
  });
  const ByImage groups = group_by_image(evaluation, truth_rows);
  std::vector<char> found(groups.truths.size(), 0);
  Curve curve;
  double hits = 0;
  double misses = 0;
  for (const auto row : detection_rows) {
    const auto& detection = all[static_cast<std::size_t>(row)];
    const auto image = static_cast<std::size_t>(detection.image);
    double best_iou = 0;
    std::size_t best = 0;
    for (std::size_t g = groups.begins[image]; g < groups.begins[image + 1]; ++g)
      if (const double iou = iou_inclusive(detection.box, groups.truths[g]->box); iou > best_iou) {
        best_iou = iou;
        best = g;
      }
    const bool is_near = best_iou >= min_iou;
    if (is_near && is_left_out(*groups.truths[best]))
      continue;
    const bool is_hit = is_near && found[best] == 0;
    if (is_hit)
      found[best] = 1;
    (is_hit ? hits : misses) += 1;
    curve.recall.push_back(hits / static_cast<double>(wanted));
    curve.precision.push_back(hits / (hits + misses));
  }
  return curve;
}

double area_under(const Curve& curve) {
  double area = 0;
  double best = 0; // precision from here on
  for (std::size_t i = curve.recall.size(); i-- > 0;) {
    best = std::max(best, curve.precision[i]);
    area += (curve.recall[i] - (i > 0 ? curve.recall[i - 1] : 0)) * best;
  }
  return area;
}

double eleven_points(const Curve& curve) {
  double sum = 0;
  for (const double wanted : linspace(0, 1, 11)) {
    double best = 0;
    for (std::size_t i = 0; i < curve.recall.size(); ++i)
      if (curve.recall[i] >= wanted)
        best = std::max(best, curve.precision[i]);
    sum += best;
  }
  return sum / 11;
}

} // namespace

double iou_inclusive(const dataset::Box& a, const dataset::Box& b) {
  const double width = std::min(a.right(), b.right()) - std::max(a.left, b.left) + 1;
  const double height = std::min(a.bottom(), b.bottom()) - std::max(a.top, b.top) + 1;
  if (width <= 0 || height <= 0)
    return 0;
  const double intersection = width * height;
  return intersection /
         ((a.width + 1) * (a.height + 1) + (b.width + 1) * (b.height + 1) - intersection);
}

VocResult voc_metrics(const Evaluation& evaluation, VocCurve curve, double min_iou) {
  const auto truths = truths_by_class(evaluation);
  const auto detections = detections_by_class(evaluation);
  VocResult result;
  for (std::size_t i = 0; i < truths.size(); ++i) {
    check_interrupt();
    const auto wanted =
        static_cast<std::size_t>(std::count_if(truths[i].begin(), truths[i].end(), [&](auto row) {
          return !is_left_out(evaluation.truths[static_cast<std::size_t>(row)]);
        }));
    if (wanted == 0) {
      result.per_class.emplace_back();
      continue;
    }
    const Curve points = curve_of_class(evaluation, truths[i], detections[i], wanted, min_iou);
    result.per_class.emplace_back(curve == VocCurve::all_points ? area_under(points)
                                                                : eleven_points(points));
  }
  result.map = mean_of_defined(result.per_class);
  return result;
}

} // namespace mlopsctl::bench
