// SPDX-License-Identifier: Apache-2.0
// Builds an ONNX file: nodes, weights, inputs and outputs as protobuf bytes.
// Source: onnx.proto of ONNX 1.12, whose field numbers these are.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mlopsctl::formats {

class OnnxWriter {
public:
  struct Attribute {
    std::string name;
    enum class Kind { integer, real, integers } kind = Kind::integer;
    std::int64_t integer = 0;
    float real = 0;
    std::vector<std::int64_t> integers;
  };
  static Attribute integer(std::string name, std::int64_t value);
  static Attribute real(std::string name, float value);
  static Attribute integers(std::string name, std::vector<std::int64_t> values);

  /// float32. A size below 0 is open.
  void add_input(const std::string& name, const std::vector<std::int64_t>& shape);
  void add_output(const std::string& name, const std::vector<std::int64_t>& shape);
  void add_weights(const std::string& name, const std::vector<std::int64_t>& shape,
                   std::span<const float> values);
  void add_integers(const std::string& name, std::span<const std::int64_t> values);
  void add_node(const std::string& op, const std::string& name,
                const std::vector<std::string>& inputs, const std::string& output,
                const std::vector<Attribute>& attributes = {});

  /// \param opset of ONNX's own operators.
  std::string finish(const std::string& graph_name, std::int64_t opset) const;

private:
  std::string nodes_;
  std::string weights_;
  std::string inputs_;
  std::string outputs_;
};

} // namespace mlopsctl::formats
