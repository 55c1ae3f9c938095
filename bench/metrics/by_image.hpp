// SPDX-License-Identifier: Apache-2.0
// Truths and detections of one image at a time, all classes together.
#pragma once

#include "bench/evaluation.hpp"

#include <cstddef>

namespace mlopsctl::bench {

/// Rows of one image and how much they overlap.
struct ImageRows {
  std::vector<const TruthBox*> truths;      ///< by position
  std::vector<const ScoredBox*> detections; ///< by falling score, then by position
  std::vector<double> overlaps;             ///< continuous IoU, by detection, then by truth

  double iou(std::size_t detection, std::size_t truth) const {
    return overlaps[detection * truths.size() + truth];
  }
};

/// The rows of an evaluation by image; any thread may load. The evaluation must outlive it.
class ImageGroups {
public:
  /// \param score_threshold detections below it are left out.
  ImageGroups(const Evaluation& evaluation, double score_threshold);

  std::int32_t image_count() const { return image_count_; }
  std::int32_t class_count() const { return class_count_; }
  /// \param rows overwritten; its memory is reused.
  void load(std::int32_t image, ImageRows& rows) const;

private:
  /// Rows of image i are at begins[i] .. begins[i + 1].
  template <class Row> struct Grouped {
    std::vector<std::size_t> begins;
    std::vector<const Row*> rows;
  };
  template <class Row, class Keep>
  static Grouped<Row> grouped(std::span<const Row> all, std::int32_t images, const Keep& keep);

  std::int32_t image_count_;
  std::int32_t class_count_;
  Grouped<TruthBox> truths_;
  Grouped<ScoredBox> detections_;
};

/// Share of \p detection's area that lies in \p crowd: COCO's overlap with a crowd.
double share_inside(const dataset::Box& detection, const dataset::Box& crowd);

/// Of any crowd of its class, at least \p min_iou of the detection lies in it.
bool is_in_crowd(const ScoredBox& detection, const std::vector<const TruthBox*>& truths,
                 double min_iou);

} // namespace mlopsctl::bench
