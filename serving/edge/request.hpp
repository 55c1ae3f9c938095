// SPDX-License-Identifier: Apache-2.0
// What others ask of an edge device over MQTT: to begin a capture, to look at a picture that lies
// in its buffer. Nothing of it is trusted.
#pragma once

#include "capture/sampling.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::serving {

/// How much of the camera a start takes.
struct CapturePlan {
  capture::Selection selection; ///< with a duration_s
  std::optional<std::int64_t> frames;
};

struct StartRequest {
  std::string id; ///< as the sender chose it; empty: it did not
  CapturePlan plan;
  std::vector<std::string> cores; ///< that are meant; empty: all
};

/// An object of which any part may be missing, or nothing at all: {"id": text, "duration": seconds
/// or "10s", "fps": number, "frames": count, "cores": [names]}. Other keys are passed over.
/// \param defaults for what is missing. \param longest_s of a duration.
/// \throws Error(input).
StartRequest parse_start(std::string_view payload, const CapturePlan& defaults, double longest_s);

/// {"filepath": path}. \return nothing for what another edge device said there: it has a "core".
/// \throws Error(input).
std::optional<std::string> parse_picture_request(std::string_view payload);

/// \param path absolute, or relative to \p folder. \return without links, "." and "..".
/// \throws Error(input) if that is not a plain file in \p folder.
std::filesystem::path resolve_inside(const std::filesystem::path& folder, const std::string& path);

} // namespace mlopsctl::serving
