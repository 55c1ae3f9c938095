// SPDX-License-Identifier: Apache-2.0
#include "bench/shards.hpp"

#include "core/text.hpp"
#include "dataset/frame_name.hpp"
#include "dataset/shard.hpp"

#include <map>
#include <utility>

namespace mlopsctl::bench {
namespace {

/// What one slice, or one video, of the truth has of predictions.
struct Slice {
  std::int64_t images = 0;
  std::int64_t missing = 0;
  std::string first; ///< that is missing
  std::string last;
};

/// "shard 3/7 (all of its 143 images)", "shard 5/7 (12 of its 140 images, such as 'a.jpg')",
/// "clip.mp4 (12 of its 60 images, 'clip.mp4#t=4' to 'clip.mp4#t=6.2')": which range of time a
/// shard of a video was depends on the whole video, which is not here.
std::string missing_text(const std::string& clip, int index, int count, const Slice& slice) {
  const std::string name = clip.empty()
                               ? "shard " + std::to_string(index) + "/" + std::to_string(count)
                               : printable(clip);
  const std::string images = " of its " + std::to_string(slice.images) + " images";
  if (slice.missing == slice.images)
    return name + " (all" + images + ")";
  const std::string which =
      clip.empty() ? "such as '" + printable(slice.first) + "'"
                   : "'" + printable(slice.first) + "' to '" + printable(slice.last) + "'";
  return name + " (" + std::to_string(slice.missing) + images + ", " + which + ")";
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
  std::map<std::pair<std::string, int>, Slice> slices; // pictures by shard, frames by their video
  const auto slice_of = [&](const std::string& ref) -> Slice& {
    const auto clip = dataset::clip_of_frame_name(ref);
    return slices[{clip, clip.empty() ? dataset::Shard::index_of(ref, count) : 0}];
  };
  for (const auto& image : truth.images)
    ++slice_of(image.ref).images;
  for (const auto image : predictions.missing) {
    const auto& ref = truth.images[static_cast<std::size_t>(image)].ref;
    Slice& slice = slice_of(ref);
    if (slice.missing++ == 0)
      slice.first = ref;
    slice.last = ref;
  }
  std::vector<std::string> names;
  for (const auto& [key, slice] : slices)
    if (slice.missing > 0)
      names.push_back(missing_text(key.first, key.second, count, slice));
  throw Error(Fault::input, "--shards: there is no prediction for " + join(names, ", "),
              "a shard without any was not given; one with some stops early: run it again");
}

} // namespace mlopsctl::bench
