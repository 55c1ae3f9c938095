// SPDX-License-Identifier: Apache-2.0
// The configuration of a Label Studio project ("Settings > Labeling Interface > Code") for the
// tasks that we write.
#pragma once

#include <string>
#include <vector>

namespace mlopsctl::formats {

struct StudioConfig {
  std::vector<std::string> box_classes;   ///< in the order of the keys 1, 2, 3 ...
  std::vector<std::string> image_classes; ///< of the whole image
  bool is_multilabel = false;             ///< any number of the image classes
};

std::string to_xml(const StudioConfig& config);

} // namespace mlopsctl::formats
