// SPDX-License-Identifier: Apache-2.0
// A function's zip on disk, as Lambda unpacks it.
#pragma once

#include <filesystem>
#include <string>

namespace mlopsctl::serving {

/// \param folder there, and empty. \throws Error(input) for what Lambda would not take: no zip, no
/// executable `bootstrap` at its top, more than 250 MB unpacked, unsafe names.
void unpack_function(const std::string& zip, const std::filesystem::path& folder);

} // namespace mlopsctl::serving
