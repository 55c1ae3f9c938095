// SPDX-License-Identifier: Apache-2.0
// Classification: how many pictures got the right class.
#pragma once

#include "bench/evaluation.hpp"

namespace mlopsctl::bench {

/// What a model says about one picture: class indexes of the truth by falling score; -1 for a class
/// that the truth does not have.
using RankedClasses = std::vector<std::int32_t>;

/// The guesses for one class, the first of each picture.
struct ClassAccuracy {
  std::int64_t pictures = 0; ///< of the class
  std::int64_t guessed = 0;  ///< pictures that were taken for it
  std::int64_t right = 0;

  Metric precision() const; ///< undefined if it was never guessed
  Metric recall() const;    ///< undefined without a picture of it
  Metric f1() const;        ///< undefined with neither
};

struct AccuracyResult {
  Metric accuracy;           ///< the first guess is right, 0..1 of all pictures
  std::vector<Metric> top_k; ///< one of the first k guesses is right, for each k asked for
  Metric accuracy_balanced;  ///< mean of the classes' recalls: a rare class counts as much as a
                             ///< common one
  Metric f1_macro;           ///< mean of the classes' F1, of those that occur in the truth
  std::vector<ClassAccuracy> per_class;
};

/// \param truth class index of each picture. \param guesses one entry a picture; an empty one (no
/// prediction) is wrong. \param top_k each > 0.
AccuracyResult accuracy_metrics(const std::vector<std::int32_t>& truth,
                                const std::vector<RankedClasses>& guesses, std::int32_t class_count,
                                const std::vector<int>& top_k = {5});

/// One bin of a reliability diagram.
struct CalibrationBin {
  double low = 0;  ///< scores over this (the first bin: from this on)
  double high = 0; ///< up to this
  std::int64_t count = 0;
  std::int64_t right = 0;
  double score_sum = 0;
};

struct Calibration {
  std::vector<CalibrationBin> bins; ///< of equal width, over 0..1
  /// Expected calibration error: mean over pictures of the distance between a bin's accuracy and
  /// its mean score. Undefined without a picture that has a score, or if a score is outside 0..1.
  Metric expected_error;
  std::int64_t out_of_range = 0; ///< scores outside 0..1
};

/// \param scores of the first guess of each picture; nothing where there is none: those pictures
/// are left out. Source: Guo et al., On Calibration of Modern Neural Networks (2017), with 15 bins.
Calibration calibration(const std::vector<std::int32_t>& truth,
                        const std::vector<RankedClasses>& guesses,
                        const std::vector<Metric>& scores, int bin_count = 15);

} // namespace mlopsctl::bench
