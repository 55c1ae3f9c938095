// SPDX-License-Identifier: Apache-2.0
// What the decoders share: looking for outputs, messages about shapes, the best class of a place.
#pragma once

#include "inference/decoders.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mlopsctl::inference::detail {

using Shape = std::vector<std::int64_t>;

/// Without the sizes of 1 at the front, down to \p rank: engines differ in how many they keep.
Shape squeezed(const Shape& shape, std::size_t rank);

/// "decoder yolov8: <text>; the model has 'a' 1x2x3, 'b' ..." as Error(input).
[[noreturn]] void misfit(std::string_view kind, const std::string& text,
                         std::span<const TensorInfo> outputs, const std::string& hint = {});
/// misfit() about a count of labels.
[[noreturn]] void label_misfit(std::string_view kind, std::int64_t in_graph, std::size_t in_yaml,
                               std::span<const TensorInfo> outputs);

/// Index of the output with this name. \throws misfit if there is none.
std::size_t by_name(std::string_view kind, std::string_view name,
                    std::span<const TensorInfo> outputs);
/// \throws misfit unless \p output is \p expected (sizes of 1 at the front do not count).
void expect_shape(std::string_view kind, const TensorInfo& output, const Shape& expected,
                  std::span<const TensorInfo> outputs);
/// \throws Error(input) if \p score is above 1: the graph lacks its last layer, or the kind is
/// wrong.
void check_score(const Tensor& output, float score);

/// The label that \p value of \p output means. \throws Error(input) if it is no whole number of
/// 0..labels-1.
int label_of(const Tensor& output, float value, std::size_t labels);
/// A final object from left, top, right, bottom, times \p width and \p height.
/// \throws Error(input) if right is left of left, or bottom above top.
void add_corners(const Tensor& output, const float* corners, int label, float score, double width,
                 double height, Decoded& result);
/// Graphs promise an order at most for one class.
void best_first(Decoded& result);

/// Adds the best class of one place if it passes. \param score(class_id) 0..1; \param make_box()
/// called only then.
template <class Score, class MakeBox>
void add_best(const DecodeOptions& options, std::size_t classes, Score score, MakeBox make_box,
              Decoded& result) {
  std::size_t best = 0;
  double best_score = score(0);
  for (std::size_t id = 1; id < classes; ++id)
    if (const double value = score(id); value > best_score) {
      best = id;
      best_score = value;
    }
  if (best_score >= options.score_threshold)
    result.candidates.push_back({static_cast<int>(best), best_score, make_box()});
}

} // namespace mlopsctl::inference::detail
