// SPDX-License-Identifier: Apache-2.0
// What is planted in a pattern's film, by the clock: blur, standstills, and moves between poses.
#pragma once

#include "imaging/image.hpp"

#include <cstdint>

namespace mlopsctl::imaging {

/// What was planted in one frame: the truth for whoever looks for it.
struct Planted {
  bool is_blurred = false;
  bool is_transition = false;   ///< at least a quarter of the way from the pose before and behind
  std::int64_t standstill = -1; ///< frames of one number show the same, but for noise; -1: it moves
};

/// Parts of the time, 0..0.8, in every two seconds once, at a moment that follows from the seed.
struct PlantedParts {
  double blur = 0;       ///< out of focus, or smeared sideways as by a camera that is turned
  double freeze = 0;     ///< one picture is held while the film goes on behind it
  double transition = 0; ///< the film stands still but for quick moves that take this part

  bool any() const { return blur > 0 || freeze > 0 || transition > 0; }
};

class PatternPlan {
public:
  /// \throws std::invalid_argument outside 0..0.8, or for freeze with transition.
  PatternPlan(const PlantedParts& parts, std::uint64_t seed);

  Planted planted(std::int64_t time_us) const;
  /// The moment of the unplanted film that is shown. \param time_us >= 0.
  std::int64_t film_us(std::int64_t time_us) const;
  /// Blurs \p image if it is blurred at that time. \param image 3 channels.
  void blur(Image& image, std::int64_t time_us) const;

private:
  /// Where an event lies in its two seconds.
  struct Event {
    std::int64_t cell;     ///< 0, 1, ...
    std::int64_t since_us; ///< since the event began; negative: it is still to come
    std::int64_t length_us;

    bool is_on() const { return since_us >= 0 && since_us < length_us; }
    bool is_over() const { return since_us >= length_us; }
  };
  Event event(double part, std::uint64_t salt, std::int64_t time_us) const;

  PlantedParts parts_;
  std::uint64_t seed_;
};

} // namespace mlopsctl::imaging
