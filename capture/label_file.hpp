// SPDX-License-Identifier: Apache-2.0
// labels.manifest of a capture, from the journal, so that it covers exactly the frames that are
// kept.
#pragma once

#include "capture/capture.hpp"
#include "capture/capture_folder.hpp"

#include <string>
#include <vector>

namespace mlopsctl::capture {

/// The boxes that the source knows, as "shapes". \param classes in the order of their ids.
void write_box_labels(const CaptureFolder& folder, const std::vector<std::string>& classes,
                      const CreateLabels& create_labels);
/// The class of each frame of a session, as "class".
void write_class_labels(const CaptureFolder& folder, const std::vector<std::string>& classes,
                        const CreateLabels& create_labels);

} // namespace mlopsctl::capture
