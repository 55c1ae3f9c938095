// SPDX-License-Identifier: Apache-2.0
// The inputs and outputs of an ONNX file, read without building the graph: engines name them badly
// or not at all when something is wrong.
#pragma once

#include "inference/engine.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::inference {

struct OnnxOutline {
  std::vector<TensorInfo> inputs;  ///< without the initializers that old exports list there
  std::vector<TensorInfo> outputs; ///< in the order of the file
  std::int64_t opset = 0;          ///< of the default domain; 0 if the file does not say
};

/// \param place for messages. \throws Error(input) if the bytes are no ONNX model, stop early, or
/// keep weights in other files.
OnnxOutline read_onnx_outline(std::string_view bytes, const std::string& place);

} // namespace mlopsctl::inference
