// SPDX-License-Identifier: Apache-2.0
// What is made of a frame's picture: the stored size, what the rules see, the report's small one.
#pragma once

#include "capture/frame_source.hpp"
#include "imaging/glance.hpp"

#include <memory>
#include <string>
#include <utility>

namespace mlopsctl::capture {

/// The picture and its boxes. \param size px, width and height.
void resize(Picture& picture, const std::pair<int, int>& size);

/// The one place where the rules see pixels.
std::shared_ptr<const imaging::Glance> glance_of(const Picture& picture);

/// \return JPEG, its longer side 160 px.
std::string thumbnail_of(Picture& picture);

} // namespace mlopsctl::capture
