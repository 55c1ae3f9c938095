// SPDX-License-Identifier: Apache-2.0
// Growing parts of a data set, each contained in the next: for curves over the number of images.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace mlopsctl::dataset {

/// Every set has of each group about the share that the whole has of it (systematic sampling), so
/// that sets of different sizes differ in size and not in kind. Depends on the images and the seed,
/// not on their order. Keeps 32 bytes an image.
class NestedSets {
public:
  /// \param sizes images, rising.
  NestedSets(std::vector<std::int64_t> sizes, std::uint64_t seed)
      : sizes_(std::move(sizes)), seed_(seed) {}

  /// \param index of the sample in its stream. \param order shuffled(seed, ref).
  void add(std::size_t index, std::uint64_t order, const std::string& group);
  /// Then once. \throws Error(input) if a set is to be larger than what was added. \param what for
  /// the message, such as "the test split".
  void choose(const std::string& what);
  /// The first (smallest) set that holds the sample; it is in all that follow. sizes().size(): in
  /// none.
  std::size_t first_set_of(std::size_t index) const;
  const std::vector<std::int64_t>& sizes() const { return sizes_; }

private:
  struct Entry {
    std::size_t index;
    std::uint64_t order;
    std::uint32_t group;
    double place; ///< 0..1 in the order of drawing
  };
  std::vector<std::int64_t> sizes_;
  std::uint64_t seed_;
  std::vector<Entry> entries_;
  std::unordered_map<std::string, std::uint32_t> groups_;
  std::vector<double> offsets_; ///< by group, 0..1
  std::unordered_map<std::size_t, std::size_t> sets_;
};

} // namespace mlopsctl::dataset
