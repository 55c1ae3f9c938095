// SPDX-License-Identifier: Apache-2.0
// Which lines of a manifest name a picture that an earlier line named: in bounded memory, whatever
// the number of lines.
#pragma once

#include "core/io.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

namespace mlopsctl::formats {

class RepeatedRefs {
public:
  struct Repeat {
    std::int64_t line = 0;
    std::int64_t first_line = 0; ///< that named the same picture
  };

  /// \param hash of the reference, 64 bits that are evenly spread. Two different references of one
  /// hash (1 in 10^7 for a million lines) are taken for the same.
  void add(std::uint64_t hash, std::int64_t line);
  void clear();
  /// By line. Of one picture that stands in many lines, each after the first.
  std::vector<Repeat> repeats();

private:
  static constexpr std::size_t k_buckets = 256;
  struct Entry {
    std::uint64_t hash = 0;
    std::int64_t line = 0;
  };
  struct Bucket { ///< entries whose hashes begin with the same 8 bits
    std::vector<Entry> held;
    std::vector<std::uint64_t> spilled; ///< offsets in the spool, k_held entries each
  };
  std::array<Bucket, k_buckets> buckets_;
  std::unique_ptr<Spool> spool_; ///< made when a bucket is full
};

} // namespace mlopsctl::formats
