// SPDX-License-Identifier: Apache-2.0
// What goes into a model's graph and what comes out, for rooms that know packages and no formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::package {

struct GraphTensor {
  std::string name;
  std::string type;                ///< "float32"
  std::vector<std::int64_t> shape; ///< -1: open until it runs; empty: the file does not say
};

struct Graph {
  std::vector<GraphTensor> inputs;  ///< without weights
  std::vector<GraphTensor> outputs; ///< in the order of the file
  std::int64_t opset = 0;           ///< 0 if the file does not say
};

/// \param weights an ONNX file's bytes. \param name for messages. \throws Error(input) if they are
/// no ONNX model, stop early, or keep numbers in other files.
Graph read_graph(std::string_view weights, const std::string& name);

} // namespace mlopsctl::package
