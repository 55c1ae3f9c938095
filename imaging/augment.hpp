// SPDX-License-Identifier: Apache-2.0
// Pictures changed together with their boxes, to have more to train on.
#pragma once

#include "dataset/sample.hpp"
#include "imaging/image.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mlopsctl::imaging {

/// One step. Turns and flips are exact: half-open boxes map onto half-open boxes, pixels only
/// change their place.
struct Operation {
  enum class Kind {
    flip_x,   ///< left and right change places
    flip_y,   ///< top and bottom change places
    rotate90, ///< clockwise
    rotate180,
    rotate270,
    transpose,  ///< x and y change places
    brightness, ///< every value * v
    contrast,   ///< 128 + (value - 128) * v
    blur,       ///< Gaussian of standard deviation v px
    noise,      ///< of standard deviation v (of 255), another one for every image
    crop,       ///< a part of v * width and v * height at a random place
    scale       ///< both sides * v
  };
  Kind kind = Kind::flip_x;
  double value = 0;
};

/// Steps one after the other: "flip-x", "flip-x+brightness:1.2".
struct Augmentation {
  std::string text;
  std::vector<Operation> steps;
  /// For file names: "flip-x_brightness-1.2".
  std::string name() const;
  bool moves() const;   ///< something is at another place in the end (not only other values)
  bool mirrors() const; ///< left and right are exchanged in the end (turns do not do that)
};

/// \throws Error(usage) for unknown names (with the nearest) and values out of range.
Augmentation parse_augmentation(const std::string& text);

struct AugmentRules {
  double min_visible = 0.3;                 ///< a box that keeps less of its area goes
  std::map<std::string, std::string> swaps; ///< classes that change names when mirrored, both ways
  std::uint64_t seed = 1;
};

struct Augmented {
  Image image;
  dataset::Sample sample;          ///< ref, split and group as in the parent
  std::int64_t dropped_boxes = 0;  ///< not visible enough any more
  std::int64_t dropped_places = 0; ///< see dataset/other_places.hpp; none where nothing moved
};

/// \param sample its width and height are those of \p image. Random choices depend on the seed, the
/// reference and the text of the augmentation only.
Augmented augment(const Image& image, const dataset::Sample& sample,
                  const Augmentation& augmentation, const AugmentRules& rules);

/// Where a box of a picture of width x height lies after a turn or flip. \throws Error(internal)
/// for any other kind.
dataset::Box turned(const dataset::Box& box, Operation::Kind kind, double width, double height);

} // namespace mlopsctl::imaging
