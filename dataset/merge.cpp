// SPDX-License-Identifier: Apache-2.0
#include "dataset/merge.hpp"

#include <algorithm>

namespace mlopsctl::dataset {
namespace {

/// Boxes that are about one object.
struct Heap {
  Annotation merged;
  double score_sum = 0;
  double left_sum = 0, top_sum = 0, right_sum = 0, bottom_sum = 0; ///< weighted by score
  std::size_t count = 0;

  void add(const Annotation& annotation, double score, bool average) {
    const Box& box = annotation.box;
    ++count;
    score_sum += score;
    left_sum += score * box.left;
    top_sum += score * box.top;
    right_sum += score * box.right();
    bottom_sum += score * box.bottom();
    if (average && score_sum > 0)
      merged.box = {left_sum / score_sum, top_sum / score_sum, (right_sum - left_sum) / score_sum,
                    (bottom_sum - top_sum) / score_sum};
  }
};

double score_of(const Annotation& annotation) {
  return annotation.score.value_or(1);
}

void by_falling_score(std::vector<Annotation>& annotations) {
  std::stable_sort(annotations.begin(), annotations.end(),
                   [](const auto& a, const auto& b) { return score_of(a) > score_of(b); });
}

} // namespace

std::vector<Annotation> merge_detections(const std::vector<std::vector<Annotation>>& sources,
                                         MergeMethod method, double iou_threshold) {
  std::vector<Annotation> all;
  for (const auto& source : sources)
    all.insert(all.end(), source.begin(), source.end());
  by_falling_score(all);
  const bool average = method == MergeMethod::weighted;
  std::vector<Heap> heaps;
  for (const auto& annotation : all) {
    Heap* best = nullptr;
    double best_iou = iou_threshold;
    for (auto& heap : heaps) {
      if (heap.merged.label != annotation.label)
        continue;
      const double overlap = iou(heap.merged.box, annotation.box);
      if (overlap > best_iou) {
        best = &heap;
        best_iou = overlap;
      }
    }
    if (!best) {
      best = &heaps.emplace_back();
      best->merged = annotation;
    }
    best->add(annotation, score_of(annotation), average);
  }
  std::vector<Annotation> merged;
  for (auto& heap : heaps) {
    const auto seen = static_cast<double>(std::min(heap.count, sources.size()));
    heap.merged.score = average ? heap.score_sum / static_cast<double>(heap.count) * seen /
                                      static_cast<double>(sources.size())
                                : score_of(heap.merged);
    merged.push_back(std::move(heap.merged));
  }
  by_falling_score(merged);
  return merged;
}

} // namespace mlopsctl::dataset
