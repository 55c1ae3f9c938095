// SPDX-License-Identifier: Apache-2.0
#include "bench/shards.hpp"

#include "core/text.hpp"
#include "dataset/shard.hpp"

#include <map>

namespace mlopsctl::bench {
namespace {

/// "shard 3/7 (all of its 143 images)", "shard 5/7 (12 of its 140 images, such as 'a.jpg')".
std::string missing_shard(int index, int count, std::int64_t missing, std::int64_t images,
                          const std::string& first) {
  const std::string name = "shard " + std::to_string(index) + "/" + std::to_string(count);
  if (missing == images)
    return name + " (all of its " + std::to_string(images) + " images)";
  return name + " (" + std::to_string(missing) + " of its " + std::to_string(images) +
         " images, such as '" + printable(first) + "')";
}

} // namespace

void refuse_missing_shards(int count, const Truth& truth, const Predictions& predictions) {
  if (!predictions.left_out.repeated_images.empty())
    throw Error(Fault::input,
                "--shards: '" + printable(predictions.left_out.repeated_images.front()) + "' and " +
                    std::to_string(predictions.left_out.repeated_images.size() - 1) +
                    " other images have more than one prediction",
                "give each shard's file once");
  if (predictions.missing.empty())
    return;
  struct Slice {
    std::int64_t images = 0;
    std::int64_t missing = 0;
    std::string first;
  };
  std::map<int, Slice> slices;
  for (const auto& image : truth.images)
    ++slices[dataset::Shard::index_of(image.ref, count)].images;
  for (const auto image : predictions.missing) {
    const auto& ref = truth.images[static_cast<std::size_t>(image)].ref;
    Slice& slice = slices[dataset::Shard::index_of(ref, count)];
    if (slice.missing++ == 0)
      slice.first = ref;
  }
  std::vector<std::string> names;
  for (const auto& [index, slice] : slices)
    if (slice.missing > 0)
      names.push_back(missing_shard(index, count, slice.missing, slice.images, slice.first));
  throw Error(Fault::input, "--shards: there is no prediction for " + join(names, ", "),
              "a shard without any was not given; one with some stops early: run it again");
}

} // namespace mlopsctl::bench
