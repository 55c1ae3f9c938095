// SPDX-License-Identifier: Apache-2.0
// What the journal of a folder says of a session.
#pragma once

#include "capture/capture_folder.hpp"
#include "capture/session.hpp"
#include "core/error.hpp"

#include <string>
#include <vector>

namespace mlopsctl::capture {

/// Frames that are kept, of each of \p classes.
Session::Counts classes_in(const CaptureFolder& folder, const std::vector<std::string>& classes);

/// What became of a session whose source has ended. \param source for the message.
Problems missing_classes(const SessionOptions& options, const Session::Counts& counts,
                         const std::string& source);

} // namespace mlopsctl::capture
