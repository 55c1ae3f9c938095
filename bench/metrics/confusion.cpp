// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/confusion.hpp"

#include <algorithm>
#include <cstddef>

namespace mlopsctl::bench {

std::int64_t ConfusionMatrix::at(std::int32_t truth, std::int32_t predicted) const {
  const auto entry = counts.find({truth, predicted});
  return entry == counts.end() ? 0 : entry->second;
}

void ConfusionMatrix::add(const ConfusionMatrix& other) {
  class_count = other.class_count;
  for (const auto& [pair, count] : other.counts)
    counts[pair] += count;
}

std::vector<ConfusedPair> most_confused(const ConfusionMatrix& matrix, std::size_t most) {
  std::vector<ConfusedPair> pairs;
  for (const auto& [classes, count] : matrix.counts)
    if (classes.first != classes.second)
      pairs.push_back({classes.first, classes.second, count});
  std::stable_sort(pairs.begin(), pairs.end(),
                   [](const auto& a, const auto& b) { return a.count > b.count; });
  pairs.resize(std::min(pairs.size(), most));
  return pairs;
}

ConfusionCounter::ConfusionCounter(std::int32_t class_count, const ConfusionOptions& options)
    : options_(options), missed_(static_cast<std::size_t>(class_count)),
      imagined_(static_cast<std::size_t>(class_count)) {
  matrix_.class_count = class_count;
}

void ConfusionCounter::add(const ImageRows& rows) {
  find_pairs(rows);
  is_truth_found_.assign(rows.truths.size(), 0);
  is_detection_used_.assign(rows.detections.size(), 0);
  for (const auto& pair : pairs_) {
    char& is_found = is_truth_found_[pair.truth];
    char& is_used = is_detection_used_[pair.detection];
    if (is_found != 0 || is_used != 0)
      continue;
    is_found = is_used = 1;
    const auto& truth = *rows.truths[pair.truth];
    if (!is_left_out(truth))
      ++matrix_.counts[{truth.label, rows.detections[pair.detection]->label}];
  }
  for (std::size_t t = 0; t < rows.truths.size(); ++t)
    if (is_truth_found_[t] == 0 && !rows.truths[t]->is_crowd && !is_left_out(*rows.truths[t]))
      ++missed_[static_cast<std::size_t>(rows.truths[t]->label)];
  for (std::size_t d = 0; d < rows.detections.size(); ++d)
    if (is_detection_used_[d] == 0 &&
        !is_in_crowd(*rows.detections[d], rows.truths, options_.min_iou))
      ++imagined_[static_cast<std::size_t>(rows.detections[d]->label)];
}

ConfusionMatrix ConfusionCounter::finish() {
  for (std::size_t i = 0; i < missed_.size(); ++i) {
    const auto label = static_cast<std::int32_t>(i);
    if (missed_[i] > 0)
      matrix_.counts[{label, matrix_.background()}] = missed_[i];
    if (imagined_[i] > 0)
      matrix_.counts[{matrix_.background(), label}] = imagined_[i];
  }
  return std::move(matrix_);
}

bool ConfusionCounter::is_left_out(const TruthBox& truth) const {
  return truth.is_difficult && options_.is_difficult_left_out;
}

void ConfusionCounter::find_pairs(const ImageRows& rows) {
  pairs_.clear();
  for (std::size_t d = 0; d < rows.detections.size(); ++d)
    for (std::size_t t = 0; t < rows.truths.size(); ++t)
      if (const double iou = rows.iou(d, t); iou >= options_.min_iou && !rows.truths[t]->is_crowd)
        pairs_.push_back({iou, d, t});
  // Detections come by falling score, so a stable sort leaves equal overlaps in that order.
  std::stable_sort(pairs_.begin(), pairs_.end(),
                   [](const Pair& a, const Pair& b) { return a.iou > b.iou; });
}

} // namespace mlopsctl::bench
