// SPDX-License-Identifier: Apache-2.0
// What two sets share that should share nothing: references, files, looks, clips.
#pragma once

#include "dataset/near_duplicates.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::dataset {

/// From the strongest to the weakest.
enum class Likeness : std::uint8_t { reference, bytes, look, group };
inline constexpr std::array k_likenesses{Likeness::reference, Likeness::bytes, Likeness::look,
                                         Likeness::group};
/// "same_references", "same_bytes", "near_duplicates", "same_groups": members of reports, names in
/// --gate.
std::string_view likeness_name(Likeness likeness);

/// One image of one of the sets.
struct SetImage {
  std::uint32_t set = 0;
  std::string reference;   ///< the same text for the same image in every set (ImageKeys)
  std::string bytes;       ///< digest of the file; empty: not known, like nothing
  Fingerprint fingerprint; ///< only if has_look
  bool has_look = false;
  std::string group; ///< empty: of no group
};

/// An image and the one of an earlier set that it is like.
struct Leak {
  Likeness likeness = Likeness::reference;
  std::uint32_t image = 0;   ///< index; the one in the later set
  std::uint32_t partner = 0; ///< index; the first of those that are most like it
  int bits = 0;              ///< distance, for look

  auto operator<=>(const Leak&) const = default;
};

inline constexpr std::size_t k_most_sets = 64;

/// Every kind of likeness between an image and each set before its own: at most one leak for each
/// of the three. Sorted by image, set of the partner, likeness.
/// \param distance_bits for look. \param jobs threads; does not change the result.
/// \throws Error as near_pairs(), Error(usage) for more than k_most_sets sets.
std::vector<Leak> find_leaks(const std::vector<SetImage>& images, int distance_bits, int jobs);

} // namespace mlopsctl::dataset
