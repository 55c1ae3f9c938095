// SPDX-License-Identifier: Apache-2.0
// Where a YOLO data set keeps its class names, images and label files: Ultralytics data.yaml,
// Darknet obj.data, or images/ + labels/ + classes.txt.
#pragma once

#include "core/error.hpp"
#include "core/io.hpp"
#include "dataset/sample.hpp"

#include <string>
#include <vector>

namespace mlopsctl::formats {

struct YoloEntry {
  std::string ref;   ///< of the image, relative to the folder
  std::string label; ///< file in the folder; empty: none, an image without objects
  dataset::Split split = dataset::Split::none;
};

struct YoloLayout {
  std::vector<std::string> names; ///< by class id
  std::vector<YoloEntry> entries;
  Problems problems;
};

/// \param description data.yaml or obj.data inside \p folder; empty: look for it.
/// \throws Error(input) if there are no class names or no labels.
YoloLayout find_yolo_layout(const Folder& folder, const std::string& description);

/// ".../images/a.jpg" -> ".../labels/a.txt" (the LAST images/), otherwise the extension only.
std::string yolo_label_path(const std::string& image);

} // namespace mlopsctl::formats
