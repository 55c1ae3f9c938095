// SPDX-License-Identifier: Apache-2.0
// Detection AP by PASCAL VOC's rules, with the area under the curve (2010 on) or 11 recall points
// (2007).
#pragma once

#include "bench/evaluation.hpp"

namespace mlopsctl::bench {

enum class VocCurve { all_points, eleven_points };

struct VocResult {
  Metric map;
  std::vector<Metric> per_class; ///< by class index; undefined without a truth box to find
};

/// Overlap of pixels that belong to both boxes, both edges counted: one pixel is added to every
/// width and height. Source: VOC devkit, VOCevaldet.m.
double iou_inclusive(const dataset::Box& a, const dataset::Box& b);

/// A detection is right if the truth box it overlaps most (of the first among equals) is at least
/// \p min_iou and not yet found; a second one on the same box is wrong. Truth boxes marked
/// difficult (or crowd) count neither for nor against.
/// \param min_iou > 0, <= 1. \return values 0..1. Source: VOC devkit, VOCevaldet.m, VOCap.m.
VocResult voc_metrics(const Evaluation& evaluation, VocCurve curve, double min_iou);

} // namespace mlopsctl::bench
