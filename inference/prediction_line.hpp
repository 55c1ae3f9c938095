// SPDX-License-Identifier: Apache-2.0
// A prediction as one line of JSON, and as boxes on its picture.
#pragma once

#include "imaging/image.hpp"
#include "inference/model.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::inference {

struct LineOptions {
  /// Times differ from run to run: without them, equal predictions are equal bytes.
  bool with_timing = true;
  /// Clip and moment of the picture, handed on so that labels made from the line know them.
  std::string group{};              ///< empty: not written
  std::optional<double> time_s{};   ///< nothing: not written
  std::optional<double> queue_ms{}; ///< of a service: a part of timing_ms
};

/// {"image", "width", "height", "group"?, "time_s"?, "detections", "classes" or
/// "embedding", or "outputs" of decoder raw, "timing_ms"?}
/// without a line break. Scores to 1e-6, pixels to 0.001, times to 1 us. \param image the reference
/// as it was given. \param width,height px of the picture.
std::string prediction_line(const std::string& image, int width, int height,
                            const Prediction& prediction, const package::ModelSpec& spec,
                            const LineOptions& options);

/// The classes that people look at: those at or above decoder.score_threshold, and always the best.
std::vector<Classification> shown_classes(const std::vector<Classification>& classes,
                                          const package::ModelSpec& spec);

/// Boxes with labels, or the best class as a caption.
void draw_prediction(imaging::Image& image, const Prediction& prediction,
                     const package::ModelSpec& spec);

} // namespace mlopsctl::inference
