// SPDX-License-Identifier: Apache-2.0
// The picture source `pattern:shapes`: moving circles, squares and triangles with exact labels, the
// same everywhere.
#pragma once

#include "imaging/image.hpp"
#include "imaging/pattern_plan.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace mlopsctl::imaging {

/// What decides every pixel of a pattern, together with the frame's index.
struct PatternOptions {
  std::uint64_t seed = 1; ///< any value; background, colours, shapes and their paths follow from it
  int width = 640;        ///< px, 16..8192
  int height = 480;       ///< px, 16..8192
  double fps = 30;        ///< frames per second, > 0
  double seconds = 10;    ///< length, > 0
  int max_shapes = 5;     ///< 0..5; draws only the rearmost shapes, 0 leaves the bare background
  PlantedParts planted{}; ///< faults to be found again; none
};

/// One labelled shape of a frame.
///
/// The box is the smallest one that holds every pixel of the shape inside the image, whether or not
/// a nearer shape hides some of them. A pixel is the shape's when at least 1/8 of it is covered;
/// pixels covered less are not painted at all, so the box is exact to the pixel: its sides are
/// whole numbers.
struct PatternShape {
  int kind;                        ///< index in pattern_kinds()
  double left, top, width, height; ///< px, half-open, clipped to the image
};

struct PatternFrame {
  Image image;                      ///< RGB
  std::vector<PatternShape> shapes; ///< rearmost first
};

/// Names of the kinds, by class id: circle, square, triangle.
std::span<const std::string_view> pattern_kinds();

/// A scene of three to five shapes over a textured background, as a film of which any frame can be
/// had at any time.
///
/// Some shapes bounce inside the image, others cross it and come back as another kind and size;
/// squares and triangles turn. Colour says nothing about the kind. A shape is labelled if at least
/// a quarter of its area is visible: inside the image and not hidden by a nearer shape. The nearest
/// one always is, so no frame is empty.
///
/// Only integer arithmetic and single, correctly rounded floating-point operations decide the
/// pixels: the same options give the same bytes on every machine. Time, not the frame's index,
/// moves the shapes.
class Pattern {
public:
  /// \throws std::invalid_argument if an option is outside the range written beside it.
  explicit Pattern(const PatternOptions& options);

  /// fps * seconds to the nearest whole number, at least 1.
  std::int64_t frame_count() const { return frame_count_; }

  /// The frame shown at index / fps seconds. Safe to call from several threads.
  /// \throws std::out_of_range if index is not in 0..frame_count()-1.
  PatternFrame frame(std::int64_t index) const;
  /// What is planted in it.
  Planted planted(std::int64_t index) const { return plan_.planted(time_us(index)); }

private:
  static constexpr int k_slots = 5;
  using Rgb = std::array<int, 3>;
  /// A place in the drawing order: one shape that bounces, or a sequence of shapes that cross.
  struct Slot {
    bool bounces = false;
    std::uint64_t seed = 0;                 // of what changes from one crossing to the next
    Rgb colour{};                           // at the middle of the shape
    int shade = 0;                          // added to the colour towards the lower edge
    std::int64_t phase_us = 0, spin_us = 1; // a full turn takes spin_us
    bool anticlockwise = false;
    std::int64_t cross_us = 1; // from outside to outside; a pause of half as long follows
    std::int64_t speed_x = 1, speed_y = 1; // bouncing: 1/1000 of the shorter side per second
    std::int64_t phase_x_us = 0, phase_y_us = 0;
  };
  struct Body;

  std::int64_t time_us(std::int64_t index) const;
  void make_slots(const Rgb& middle);
  void paint_background(const Rgb& middle);
  static std::uint64_t first_generation(const Slot& slot);
  Body body_of(int slot, std::uint64_t generation, std::int64_t time_us) const;
  bool place(int slot, std::int64_t time_us, Body& body) const;
  void add_noise(Image& image, std::int64_t index) const;

  PatternOptions options_;
  PatternPlan plan_;
  std::int64_t frame_count_ = 0;
  int slot_count_ = 0;
  int kind_offset_ = 0;
  int noise_ = 0; // largest change of a byte from one frame to the next
  std::array<Slot, k_slots> slots_{};
  Image background_;
};

} // namespace mlopsctl::imaging
