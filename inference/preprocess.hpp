// SPDX-License-Identifier: Apache-2.0
// From a picture to the input tensor as model.yaml says, and from boxes on the tensor back to the
// picture.
#pragma once

#include "dataset/sample.hpp"
#include "imaging/image.hpp"
#include "package/model_spec.hpp"

#include <optional>
#include <vector>

namespace mlopsctl::inference {

/// Where the picture lies on the input: picture = (input - pad) * picture_per_input + origin, for x
/// and y alone. All in px.
struct Mapping {
  double pad_left = 0; ///< of the input, not covered by the picture
  double pad_top = 0;
  double picture_per_input_x = 1;
  double picture_per_input_y = 1;
  double origin_left = 0; ///< of the picture, cut away by crop-center
  double origin_top = 0;
  int picture_width = 0;
  int picture_height = 0;

  /// \param box px of the input. \return px of the picture, clipped to it; nothing if no part of it
  /// is inside.
  std::optional<dataset::Box> to_picture(const dataset::Box& box) const;
};

/// Fills tensors for one model; buffers are used again.
class Preprocessor {
public:
  explicit Preprocessor(const package::InputSpec& spec);

  /// \param image RGB or grey, not empty.
  /// \param tensor becomes 1 x channels() x height x width, planes in the order of spec.color.
  Mapping run(const imaging::Image& image, std::vector<float>& tensor);
  int channels() const; ///< 3, or 1 for grey

private:
  package::InputSpec spec_;
  std::vector<float> lookup_; ///< 256 values a plane: (x * scale - mean) / std
};

} // namespace mlopsctl::inference
