// SPDX-License-Identifier: Apache-2.0
#include "dataset/merge_streams.hpp"

#include "core/interrupt.hpp"

#include <unordered_map>

namespace mlopsctl::dataset {
namespace {

struct Image {
  Sample sample;                              ///< of the first source, without annotations
  std::vector<std::vector<Annotation>> boxes; ///< by source
};

void check_same_size(const Sample& first, const Sample& other) {
  if (first.width <= 0 || other.width <= 0 ||
      (first.width == other.width && first.height == other.height))
    return;
  const auto text = [](const Sample& sample) {
    return std::to_string(sample.width) + "x" + std::to_string(sample.height);
  };
  throw Error(Fault::input,
              other.place + ": '" + other.ref + "' is " + text(other) + " here and " + text(first) +
                  " in " + first.place,
              "boxes of pictures of two sizes cannot be merged");
}

} // namespace

std::int64_t merge_streams(const std::vector<std::unique_ptr<SampleReader>>& sources,
                           const MergeOptions& options, SampleWriter& writer) {
  std::vector<Image> images;
  std::unordered_map<std::string, std::size_t> by_ref;
  std::int64_t read = 0;
  Sample sample;
  for (std::size_t source = 0; source < sources.size(); ++source)
    while (sources[source]->next(sample)) {
      check_interrupt();
      ++read;
      if (!sample.is_labelled)
        continue;
      if (options.transform)
        options.transform(source, sample);
      const auto [entry, is_new] = by_ref.emplace(sample.ref, images.size());
      if (is_new)
        images.push_back({{}, std::vector<std::vector<Annotation>>(sources.size())});
      Image& image = images[entry->second];
      auto& boxes = image.boxes[source];
      boxes.insert(boxes.end(), sample.annotations.begin(), sample.annotations.end());
      sample.annotations.clear();
      if (is_new)
        image.sample = std::move(sample);
      else
        check_same_size(image.sample, sample);
    }
  for (auto& image : images) {
    check_interrupt();
    image.sample.annotations = merge_detections(image.boxes, options.method, options.iou_threshold);
    std::erase_if(image.sample.annotations, [&](const auto& annotation) {
      return annotation.score.value_or(1) < options.min_score;
    });
    image.sample.label_metadata = {{"human-annotated", "\"no\""}};
    writer.write(image.sample);
  }
  return read;
}

} // namespace mlopsctl::dataset
