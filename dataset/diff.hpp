// SPDX-License-Identifier: Apache-2.0
// What differs between two data sets over the same images.
#pragma once

#include "dataset/sample.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mlopsctl::dataset {

enum class Change {
  image_added,
  image_removed,
  box_added,
  box_removed,
  box_moved, ///< same class, overlap from the threshold to 1
  relabelled,
  class_added, ///< of the whole image
  class_removed,
  labelled_changed, ///< nobody looked / somebody did
  split_changed,
  size_changed
};
inline constexpr std::size_t k_change_count = 11;
/// "image-added", "box-moved" ...
std::string_view change_name(Change change);

struct Difference {
  Change change = Change::image_added;
  std::string ref;
  std::string text; ///< "'dog' 10 x 20 at 3, 4: now 10 x 21 at 3, 4 (IoU 0.952)"
};

/// \param iou_threshold 0..1: boxes that overlap at least so much are the same box.
/// \return in the order: size, split, classes, boxes of \p before, boxes of \p after.
std::vector<Difference> compare(const Sample& before, const Sample& after, double iou_threshold);

/// Keeps the first data set in memory and meets the samples of the second one.
class Differ {
public:
  /// \param by_name images are the same if their file names are, whatever the folder or bucket.
  Differ(double iou_threshold, bool by_name) : iou_threshold_(iou_threshold), by_name_(by_name) {}

  void add_before(Sample sample);
  std::vector<Difference> add_after(const Sample& sample);
  /// Images of the first that the second did not have, in the order of the first.
  std::vector<Difference> finish();
  std::int64_t matched_images() const { return matched_; }

private:
  /// The reference or file name, and which of its occurrences it is.
  std::string key_of(const Sample& sample,
                     std::unordered_map<std::string, std::int64_t>& occurrences) const;

  double iou_threshold_;
  bool by_name_;
  std::vector<Sample> before_;
  std::vector<char> is_matched_;
  std::unordered_map<std::string, std::size_t> index_;
  std::unordered_map<std::string, std::int64_t> seen_before_;
  std::unordered_map<std::string, std::int64_t> seen_after_;
  std::int64_t matched_ = 0;
};

} // namespace mlopsctl::dataset
