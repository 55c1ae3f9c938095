// SPDX-License-Identifier: Apache-2.0
// Which fingerprints are alike: every pair within a Hamming distance, and the clusters they form.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace mlopsctl::dataset {

/// What a picture looks like, in 128 bits (imaging/hash.hpp makes them). Two are alike within a
/// distance if EACH half differs in at most that many bits.
struct Fingerprint {
  std::uint64_t across = 0; ///< steps from left to right
  std::uint64_t down = 0;   ///< steps from top to bottom

  auto operator<=>(const Fingerprint&) const = default;
};

/// Bits that differ in the half that differs more, 0..64.
int distance(const Fingerprint& a, const Fingerprint& b);

inline constexpr int k_max_distance = 16; ///< beyond it chance alone makes pairs
inline constexpr int k_default_distance = 10;

/// Takes pairs from several threads at once, in no order: what becomes of them must not depend on
/// it.
class PairVisitor {
public:
  virtual ~PairVisitor() = default;
  /// Each pair once. \param a,b indices, a != b. \param bits the distance of the two.
  virtual void visit(std::uint32_t a, std::uint32_t b, int bits) = 0;
  /// True: pairs between these two lists would change nothing, so they need not be found.
  virtual bool is_settled(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) = 0;
};

/// Every pair within \p distance_bits, exactly: no sampling, no probability. Pigeonhole: of four
/// 16-bit quarters at least one differs in no more than a few bits, so only buckets of nearly equal
/// quarters are compared. Memory: about 30 bytes a fingerprint, whatever the number of pairs.
/// \param distance_bits 0..k_max_distance. \param jobs threads; does not change which pairs.
/// \throws Error(usage) for another distance, Error(input) for more than 2^31 fingerprints.
void near_pairs(std::span<const Fingerprint> fingerprints, int distance_bits, int jobs,
                PairVisitor& visitor);

/// Clusters: fingerprints that a chain of pairs within the distance connects (connected
/// components), so that no pair is ever divided. The ends of a chain may be further apart.
/// \return for each fingerprint the smallest index of its cluster (its own if it is alone).
std::vector<std::uint32_t> near_clusters(std::span<const Fingerprint> fingerprints,
                                         int distance_bits, int jobs);

} // namespace mlopsctl::dataset
