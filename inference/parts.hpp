// SPDX-License-Identifier: Apache-2.0
// Where a picture is looked at, so that what is small in it is found, too.
#pragma once

#include <vector>

namespace mlopsctl::inference {

struct Part {
  int left = 0; ///< px
  int top = 0;
  int width = 0;
  int height = 0;
};

/// The whole picture first; and where it is more than twice the model's input in a direction, parts
/// of about twice that input which overlap by a quarter, at most 4 in each direction. All sizes in
/// px, > 0.
std::vector<Part> parts_to_look_at(int width, int height, int input_width, int input_height);

} // namespace mlopsctl::inference
