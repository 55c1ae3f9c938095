// SPDX-License-Identifier: Apache-2.0
// A page about predictions: curves of the classes, and the pictures that came out worst.
#pragma once

#include "bench/score.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mlopsctl::report {

/// A picture and what is wrong on it.
struct WorstImage {
  std::size_t image = 0;   ///< of the truth
  std::int64_t wrong = 0;  ///< detections from the score threshold on that are no hit at IoU 0.5
  std::int64_t missed = 0; ///< objects that nothing found
};
/// Those with most errors, the first ones of equal; at most \p count, none without an error.
std::vector<WorstImage> worst_images(const bench::Truth& truth,
                                     const bench::Predictions& predictions, double score_threshold,
                                     std::size_t count);

struct ScorePage {
  std::string title;
  double score_threshold = 0;
  std::vector<WorstImage> worst;
  /// JPEG bytes of a thumbnail, empty if there is none and then why.
  std::function<std::string(std::size_t image, std::string& why_missing)> picture;
};

/// The curves, the classes and the worst pictures of score_page(), to stand in another page.
std::string score_sections(const bench::Truth& truth, const bench::Predictions& predictions,
                           const bench::Score& score, const ScorePage& page);

/// \param score with details. Detection truths only.
std::string score_page(const bench::Truth& truth, const bench::Predictions& predictions,
                       const bench::Score& score, const ScorePage& page);

} // namespace mlopsctl::report
