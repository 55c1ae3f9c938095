// SPDX-License-Identifier: Apache-2.0
// Detections of a class by falling score, each right or wrong under rules that can be chosen one by
// one; curves and average precision over them.
#pragma once

#include "bench/evaluation.hpp"

#include <cstddef>

namespace mlopsctl::bench {

enum class Overlap {
  continuous, ///< areas of the boxes as they are (COCO)
  inclusive   ///< both edges counted: one pixel more in width and height (VOC)
};
enum class Partner {
  free_one, ///< the truth it overlaps most among those that are not found yet (COCO)
  nearest   ///< the truth it overlaps most; a second one on it is wrong (VOC)
};
enum class CrowdRule {
  region,   ///< takes any detection half of which lies in it; counts neither way (COCO)
  left_out, ///< like a difficult object: by IoU, counts neither way (VOC)
  counts,   ///< an object like any other
  dropped   ///< as if it were not in the truth: a detection on it is wrong
};

/// When a detection is right.
struct Rules {
  double min_iou = 0.5; ///< > 0, <= 1
  Overlap overlap = Overlap::continuous;
  Partner partner = Partner::free_one;
  CrowdRule crowd = CrowdRule::region;
  bool is_difficult_left_out = false;
  std::size_t most_detections = 100; ///< of an image and class, the best; 0: all
  bool are_ties_reversed = false;    ///< equal scores in the opposite order of images and positions

  bool operator==(const Rules&) const = default;
};
Rules coco_rules(double min_iou);
Rules voc_rules(double min_iou);

struct RankedDetection {
  double score = 0;
  std::int32_t image = 0;
  bool is_hit = false;

  bool operator==(const RankedDetection&) const = default;
};

/// One class: detections that count, by falling score, and the image of every truth to be found.
struct Ranking {
  std::vector<RankedDetection> detections;
  std::vector<std::int32_t> truth_images;
};

/// By class index. \param jobs threads; one task is one class, and the result does not depend on
/// their number.
std::vector<Ranking> rank_detections(const Evaluation& evaluation, const Rules& rules,
                                     int jobs = 1);

/// A point of a precision-recall curve, at a hit.
struct CurvePoint {
  double recall = 0;
  double precision = 0;
  double score = 0;
};
/// One point a hit. \param weights how often each image counts; null: once. Empty without a truth.
std::vector<CurvePoint> curve_points(const Ranking& ranking,
                                     const std::vector<std::int32_t>* weights = nullptr);
/// Every precision becomes the best one at that recall or higher.
void make_envelope(std::vector<CurvePoint>& points);

/// How a curve becomes one number.
enum class Summary {
  points_101,       ///< mean of the envelope at recall 0, 0.01 ... 1 (COCO)
  points_11,        ///< at 0, 0.1 ... 1 as numpy.linspace gives them (VOC 2007)
  points_11_tenths, ///< at exactly 0/10, 1/10 ... : recall 9/15 reaches 6/10
  area,             ///< area under the envelope (VOC 2010 on)
  area_of_steps     ///< area under the curve itself, without envelope
};
/// \param weights how often each image counts; copies of an image lie together where scores are
/// equal. \return 0..1; undefined if there is no truth to be found.
Metric average_precision(const Ranking& ranking, Summary summary,
                         const std::vector<std::int32_t>* weights = nullptr);

} // namespace mlopsctl::bench
