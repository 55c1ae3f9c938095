// SPDX-License-Identifier: Apache-2.0
// What is known of an object that was written.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace mlopsctl::storage {

struct WrittenObject {
  std::uint64_t size_bytes = 0;
  std::string digest; ///< "sha256:..."
};

/// What a folder holds, by name.
using WrittenFiles = std::map<std::string, WrittenObject>;

} // namespace mlopsctl::storage
