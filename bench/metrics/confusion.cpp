// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/confusion.hpp"

#include "bench/metrics/by_image.hpp"

#include <algorithm>
#include <cstddef>

namespace mlopsctl::bench {
namespace {

struct Pair {
  double iou = 0;
  std::size_t detection = 0;
  std::size_t truth = 0;
};

class ImageConfusion {
public:
  ImageConfusion(const ConfusionOptions& options, ConfusionMatrix& matrix)
      : options_(options), matrix_(matrix) {}

  void add(const std::vector<const TruthBox*>& truths,
           const std::vector<const ScoredBox*>& detections) {
    find_pairs(truths, detections);
    is_truth_found_.assign(truths.size(), 0);
    is_detection_used_.assign(detections.size(), 0);
    for (const auto& pair : pairs_) {
      char& is_found = is_truth_found_[pair.truth];
      char& is_used = is_detection_used_[pair.detection];
      if (is_found != 0 || is_used != 0)
        continue;
      is_found = is_used = 1;
      const auto& truth = *truths[pair.truth];
      if (!is_left_out(truth))
        ++matrix_.counts[{truth.label, detections[pair.detection]->label}];
    }
    for (std::size_t t = 0; t < truths.size(); ++t)
      if (is_truth_found_[t] == 0 && !truths[t]->is_crowd && !is_left_out(*truths[t]))
        ++matrix_.counts[{truths[t]->label, matrix_.background()}];
    for (std::size_t d = 0; d < detections.size(); ++d)
      if (is_detection_used_[d] == 0 && !is_in_crowd(*detections[d], truths, options_.min_iou))
        ++matrix_.counts[{matrix_.background(), detections[d]->label}];
  }

private:
  bool is_left_out(const TruthBox& truth) const {
    return truth.is_difficult && options_.is_difficult_left_out;
  }

  void find_pairs(const std::vector<const TruthBox*>& truths,
                  const std::vector<const ScoredBox*>& detections) {
    pairs_.clear();
    for (std::size_t d = 0; d < detections.size(); ++d)
      for (std::size_t t = 0; t < truths.size(); ++t) {
        if (truths[t]->is_crowd)
          continue;
        const double iou = dataset::iou(detections[d]->box, truths[t]->box);
        if (iou >= options_.min_iou)
          pairs_.push_back({iou, d, t});
      }
    // Detections come by falling score, so a stable sort leaves equal overlaps in that order.
    std::stable_sort(pairs_.begin(), pairs_.end(),
                     [](const Pair& a, const Pair& b) { return a.iou > b.iou; });
  }

  ConfusionOptions options_;
  ConfusionMatrix& matrix_;
  std::vector<Pair> pairs_;
  std::vector<char> is_truth_found_;
  std::vector<char> is_detection_used_;
};

} // namespace

std::int64_t ConfusionMatrix::at(std::int32_t truth, std::int32_t predicted) const {
  const auto entry = counts.find({truth, predicted});
  return entry == counts.end() ? 0 : entry->second;
}

ConfusionMatrix confusion_matrix(const Evaluation& evaluation, const ConfusionOptions& options) {
  ConfusionMatrix matrix;
  matrix.class_count = evaluation.class_count;
  ImageConfusion image(options, matrix);
  for_each_image(
      evaluation, options.score_threshold,
      [&](const auto& truths, const auto& detections) { image.add(truths, detections); });
  return matrix;
}

} // namespace mlopsctl::bench
