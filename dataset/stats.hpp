// SPDX-License-Identifier: Apache-2.0
// Counting a data set: images, objects, classes, sizes. Constant memory.
#pragma once

#include "dataset/histogram.hpp"
#include "dataset/sample.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mlopsctl::dataset {

struct ClassStats {
  std::string label;
  std::int64_t images = 0; ///< with at least one object of it, or of that class as a whole
  std::int64_t objects = 0;
  std::int64_t whole_images = 0; ///< that are of that class as a whole
  double smallest_px = 0;        ///< square root of the area: the side of a square of that size
  double largest_px = 0;
  double sum_px = 0;
};

/// COCO's bounds: an object is small below 32 x 32 px, medium below 96 x 96.
inline constexpr double k_small_area_px = 32.0 * 32.0;
inline constexpr double k_medium_area_px = 96.0 * 96.0;

class Stats {
public:
  void add(const Sample& sample);

  std::int64_t images = 0;
  std::int64_t unlabelled = 0; ///< nobody looked
  std::int64_t empty = 0;      ///< looked, nothing there
  std::int64_t objects = 0;
  std::int64_t most_objects = 0;         ///< in one image
  std::array<std::int64_t, 3> by_size{}; ///< small, medium, large
  std::map<std::pair<int, int>, std::int64_t>
      image_sizes; ///< at most k_most_sizes different ones; {0, 0}: the rest
  std::map<Split, std::int64_t> splits;
  std::map<std::pair<Split, std::string>, std::int64_t> by_split; ///< objects and whole images
  std::int64_t with_class = 0; ///< images that have a class as a whole
  LogHistogram sides_px;       ///< of the squares of the boxes' areas
  LogHistogram aspects;        ///< width / height
  LogHistogram parts;          ///< of the picture's area, where its size is known
  LogHistogram objects_an_image;
  const std::vector<ClassStats>& classes() const { return classes_; } ///< first seen first

private:
  ClassMap map_;
  std::vector<ClassStats> classes_;
};

inline constexpr std::size_t k_most_sizes = 10'000;

} // namespace mlopsctl::dataset
