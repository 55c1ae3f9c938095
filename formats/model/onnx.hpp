// SPDX-License-Identifier: Apache-2.0
// What an ONNX file says about itself: inputs, outputs, operators, metadata. Weights are passed
// over, never copied.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::formats {

/// One axis: a size, or a name ("batch") or nothing where it is only known at run time.
struct OnnxAxis {
  std::optional<std::int64_t> size;
  std::string symbol;
};

struct OnnxTensor {
  std::string name;
  std::string type; ///< "float32", "uint8" ...; "type 99" if unknown
  std::vector<OnnxAxis> shape;
  bool has_shape = false; ///< false: the file does not say even the number of axes
};

struct OnnxModel {
  std::int64_t ir_version = 0;
  std::string producer;                       ///< "pytorch 1.11.0"
  std::map<std::string, std::int64_t> opsets; ///< by domain; "" is ONNX's own
  std::vector<OnnxTensor> inputs;             ///< without those that are initializers
  std::vector<OnnxTensor> outputs;
  std::map<std::string, std::int64_t> operators; ///< type -> how often, subgraphs included
  std::vector<std::pair<std::string, std::string>> metadata;
  std::vector<std::string> external_files; ///< weights that live in other files, sorted, each once
  std::int64_t nodes = 0;
  std::int64_t parameters = 0; ///< numbers in all initializers

  const OnnxTensor* input(std::string_view name) const; ///< null pointer if there is none
  const std::string* metadata_value(std::string_view key) const;
};

/// "1x3x320x320", "batchx10", "?" for axes without a size.
std::string shape_text(const OnnxTensor& tensor);

/// \param bytes the whole file, such as a mapped one; nothing of it is kept.
/// \param name for messages.
/// \throws Error(input) with the position if it is empty, cut short, over 2 GiB (where protobuf
/// ends), or not ONNX.
OnnxModel read_onnx(std::string_view bytes, const std::string& name);

} // namespace mlopsctl::formats
