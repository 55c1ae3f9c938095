// SPDX-License-Identifier: Apache-2.0
// The module media.so, loaded on first use.
#pragma once

#include "imaging/media/media_api.h"

#include <array>

namespace mlopsctl::imaging::detail {

using MediaMessage = std::array<char, MLOPSCTL_MEDIA_MESSAGE_BYTES>;

/// \throws Error(internal) if it is missing or of another version.
const MlopsctlMediaApi& media_api();

} // namespace mlopsctl::imaging::detail
