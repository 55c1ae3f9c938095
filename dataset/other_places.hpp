// SPDX-License-Identifier: Apache-2.0
// What a sample says about places in its picture beside its boxes. It cannot follow when picture
// and boxes are turned or cut, and would be wrong afterwards.
#pragma once

#include "dataset/sample.hpp"

#include <cstdint>

namespace mlopsctl::dataset {

enum class OtherLabels : std::uint8_t {
  keep_classes, ///< labels of the whole image and verdicts stay: they know no place
  drop_all      ///< also those: class names change too
};

/// Leaves out polygons, key points, areas and lists of numbers of the objects, and the other labels
/// of a Ground Truth line ("x" with "x-metadata") with their boxes and masks. \return how many
/// members went, a label and its metadata counted as one.
std::int64_t drop_other_places(Sample& sample, OtherLabels labels = OtherLabels::keep_classes);

} // namespace mlopsctl::dataset
