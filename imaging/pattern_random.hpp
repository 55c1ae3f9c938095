// SPDX-License-Identifier: Apache-2.0
// Numbers by chance for patterns: the same on every machine.
#pragma once

#include <cstdint>

namespace mlopsctl::imaging::pattern_detail {

inline std::uint64_t mix(std::uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// splitmix64: its numbers are fixed by its few lines, those of <random>'s distributions are not.
class Random {
public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15U); }
  /// Uniform in low..high, both included; high - low < 2^31.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    const auto count = static_cast<std::uint64_t>(high - low + 1);
    return low + static_cast<std::int64_t>(((next() >> 32) * count) >> 32);
  }
  int level(int low, int high) { return static_cast<int>(between(low, high)); }

private:
  std::uint64_t state_;
};

/// Of one seed any number of others.
inline std::uint64_t hash(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  return mix(mix(seed + a * 0x9e3779b97f4a7c15U) + b * 0xd1b54a32d192ed03U);
}

} // namespace mlopsctl::imaging::pattern_detail
