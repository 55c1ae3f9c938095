// SPDX-License-Identifier: Apache-2.0
#include "dataset/shard.hpp"

#include "core/digest.hpp"

#include <cstdint>

namespace mlopsctl::dataset {

int Shard::index_of(const std::string& ref, int count) {
  const std::string digest = sha256(ref); // "sha256:<hex>": 15 digits of it are a number < 2^60
  std::uint64_t value = 0;
  for (const char c : digest.substr(7, 15))
    value = value * 16 + static_cast<std::uint64_t>(c <= '9' ? c - '0' : c - 'a' + 10);
  return static_cast<int>(value % static_cast<std::uint64_t>(count)) + 1;
}

bool Shard::has(const std::string& ref) const {
  return count == 1 || index_of(ref, count) == index;
}

} // namespace mlopsctl::dataset
