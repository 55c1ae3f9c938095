// SPDX-License-Identifier: Apache-2.0
// One picture of a clip, for models that look at pictures.
#pragma once

#include "imaging/image.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::imaging {

struct MiddleFrame {
  Image image;
  std::optional<double> time_s; ///< since the first frame; nothing if the clip has no times
};

/// The frame that is shown when half of the clip is over; only it and what it refers to are
/// decoded. \param path of a file on this machine. \param name of it, for messages. \throws
/// Error(input) if it is no video or has no frame.
MiddleFrame middle_frame(const std::string& path, const std::string& name);

/// Which of frames shown from \p times_s (rising) on that is: the last is shown as long as the one
/// before it. \return 0 for none. Without times (all 0) the one in the middle of the row.
std::size_t middle_of(const std::vector<double>& times_s);

} // namespace mlopsctl::imaging
