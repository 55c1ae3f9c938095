// SPDX-License-Identifier: Apache-2.0
// Which frames are worth keeping: the words of --keep, and what a frame was judged by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::capture {

struct KeepRules {
  bool sharp = false;    ///< not blurred, beside the other frames of its scene
  bool distinct = false; ///< not like a frame that is kept
  bool still = false;    ///< not on the way from one pose to the next

  bool any() const { return sharp || distinct || still; }
};

/// \param names of --keep. \throws Error(usage) for an unknown one.
KeepRules parse_keep(const std::vector<std::string>& names);
/// "sharp,still", always in the same order; empty if nothing is asked for.
std::string to_text(const KeepRules& rules);

namespace reason {
inline constexpr const char* k_sampled = "sampled"; ///< kept: no rules were asked for
inline constexpr const char* k_kept = "kept";       ///< kept by all rules
inline constexpr const char* k_blurred = "blurred";
inline constexpr const char* k_transition = "transition";
inline constexpr const char* k_duplicate = "duplicate";
inline constexpr const char* k_at_most = "at-most"; ///< others are more different
inline constexpr const char* k_unreadable = "unreadable";
inline constexpr const char* k_spool_full = "spool-full";     ///< kept, but the store stayed away
inline constexpr const char* k_clip = "clip";                 ///< kept: frames of a stretch of time
inline constexpr const char* k_not_redacted = "not-redacted"; ///< what is in it could not be found
} // namespace reason

/// The numbers of a decision, for the journal.
struct Judgement {
  double sharpness = 0; ///< imaging::Acuteness
  double detail = 0;
  std::optional<double> sharpness_needed; ///< below both, or far below this one, is blurred
  std::optional<double> detail_needed;
  std::optional<double> motion;         ///< the lesser difference to before and after, levels
  std::optional<double> motion_allowed; ///< above it the frame is on the way between poses
  std::int64_t scene = 0;               ///< 0, 1, ...: grows at each cut
  std::optional<std::int64_t> like;     ///< frame index of the kept frame that it is like
  std::optional<double> changed;        ///< imaging::moved() from that frame
};

} // namespace mlopsctl::capture
