// SPDX-License-Identifier: Apache-2.0
#include "dataset/stats.hpp"

#include <algorithm>
#include <cmath>
#include <set>

namespace mlopsctl::dataset {

void Stats::add(const Sample& sample) {
  ++images;
  ++splits[sample.split];
  unlabelled += sample.is_labelled ? 0 : 1;
  const bool says_nothing =
      sample.annotations.empty() && sample.classes.empty() && sample.mask_ref.empty();
  empty += sample.is_labelled && says_nothing ? 1 : 0;
  most_objects = std::max(most_objects, static_cast<std::int64_t>(sample.annotations.size()));
  const std::pair size{sample.width, sample.height};
  ++image_sizes[image_sizes.size() < k_most_sizes || image_sizes.contains(size) ? size
                                                                                : std::pair{0, 0}];

  std::set<int> seen;
  const auto id_of = [this](const std::string& label) {
    const int id = map_.add(label);
    if (static_cast<std::size_t>(id) == classes_.size())
      classes_.push_back({label, 0, 0, 0, 0, 0, 0});
    return id;
  };
  for (const auto& image_class : sample.classes) {
    const int id = id_of(image_class.label);
    auto& stats = classes_[static_cast<std::size_t>(id)];
    stats.images += seen.insert(id).second ? 1 : 0;
    ++stats.whole_images;
    ++by_split[{sample.split, image_class.label}];
  }
  with_class += sample.classes.empty() ? 0 : 1;
  if (sample.is_labelled)
    objects_an_image.add(static_cast<double>(sample.annotations.size()));
  for (const auto& annotation : sample.annotations) {
    const int id = id_of(annotation.label);
    ClassStats& stats = classes_[static_cast<std::size_t>(id)];
    const double area = annotation.box.area();
    const double side = std::sqrt(std::max(area, 0.0));
    stats.smallest_px = stats.objects == 0 ? side : std::min(stats.smallest_px, side);
    stats.largest_px = std::max(stats.largest_px, side);
    stats.sum_px += side;
    ++stats.objects;
    stats.images += seen.insert(id).second ? 1 : 0;
    ++objects;
    ++by_split[{sample.split, annotation.label}];
    sides_px.add(side);
    aspects.add(annotation.box.height > 0 ? annotation.box.width / annotation.box.height : 0);
    if (sample.width > 0 && sample.height > 0)
      parts.add(area / (double(sample.width) * sample.height));
    ++by_size[area < k_small_area_px ? 0 : area < k_medium_area_px ? 1 : 2];
  }
}

} // namespace mlopsctl::dataset
