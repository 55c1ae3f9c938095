// SPDX-License-Identifier: Apache-2.0
// Which class was taken for which, background included.
#pragma once

#include "bench/metrics/by_image.hpp"

#include <cstddef>
#include <map>
#include <vector>

namespace mlopsctl::bench {

/// Counts by (class of the truth, class that was predicted). The index behind the last class is
/// background: as a truth, a detection of nothing; as a prediction, an object that was missed.
/// Only pairs that occur are held: thousands of classes need no square of memory.
struct ConfusionMatrix {
  std::int32_t class_count = 0;
  std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> counts;

  std::int32_t background() const { return class_count; }
  std::int64_t at(std::int32_t truth, std::int32_t predicted) const;
  void add(const ConfusionMatrix& other);
};

struct ConfusedPair {
  std::int32_t truth = 0;
  std::int32_t predicted = 0;
  std::int64_t count = 0;
};
/// The pairs of unlike classes, the most frequent first, equal ones in the order of the classes.
std::vector<ConfusedPair> most_confused(const ConfusionMatrix& matrix, std::size_t most);

struct ConfusionOptions {
  double min_iou = 0.5; ///< continuous
  bool is_difficult_left_out = false;
};

/// Pairs of a detection and a truth box, of any classes, in the order of falling IoU (then of
/// falling score, then of position), each box in one pair. A crowd takes detections of its class
/// that found no other and lie in it by min_iou of their area; crowds, and what is left out as
/// difficult, are not counted.
class ConfusionCounter {
public:
  ConfusionCounter(std::int32_t class_count, const ConfusionOptions& options);
  void add(const ImageRows& rows);
  ConfusionMatrix finish();

private:
  struct Pair {
    double iou = 0;
    std::size_t detection = 0;
    std::size_t truth = 0;
  };
  bool is_left_out(const TruthBox& truth) const;
  void find_pairs(const ImageRows& rows);

  ConfusionOptions options_;
  ConfusionMatrix matrix_;
  std::vector<std::int64_t> missed_;   ///< by class; the two frequent ones need no look-up
  std::vector<std::int64_t> imagined_; ///< by class
  std::vector<Pair> pairs_;
  std::vector<char> is_truth_found_;
  std::vector<char> is_detection_used_;
};

} // namespace mlopsctl::bench
