// SPDX-License-Identifier: Apache-2.0
// MXNet's layers as ONNX nodes, with the shape of everything on the way. For mxnet_ssd.cpp.
#pragma once

#include "formats/model/mxnet_params.hpp"
#include "formats/model/mxnet_symbol.hpp"
#include "formats/model/onnx_writer.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::formats {

using MxShape = std::vector<std::int64_t>;

/// "1x3x512x512".
std::string mx_shape_text(const MxShape& shape);

class MxLayers {
public:
  /// \param input of the variable that has no weights ("data"). The arguments are kept, not copied.
  MxLayers(const MxSymbol& symbol, std::span<const MxArray> weights, MxShape input,
           const std::string& name);

  /// Translates the nodes that are marked, in order. \throws Error(input) naming the node.
  void translate(const std::vector<char>& is_needed);
  /// Of the first output of a translated node.
  const MxShape& shape(std::size_t node) const;
  /// Name of that output in the ONNX file.
  const std::string& tensor(std::size_t node) const { return tensors_[node]; }
  /// For nodes behind the translated ones.
  OnnxWriter& onnx() { return onnx_; }
  /// \param outputs nodes and the names that they get. \return the ONNX file.
  std::string finish(const std::vector<std::pair<std::size_t, std::string>>& outputs,
                     std::int64_t opset);

private:
  struct Layer;
  using Translate = void (MxLayers::*)(const Layer&);
  static const std::map<std::string, Translate, std::less<>>& table();

  void variable(std::size_t index);
  void pass(const Layer& layer);
  void convolution(const Layer& layer);
  void batch_norm(const Layer& layer);
  void activation(const Layer& layer);
  void leaky(const Layer& layer);
  void pooling(const Layer& layer);
  void flatten(const Layer& layer);
  void transpose(const Layer& layer);
  void concat(const Layer& layer);
  void reshape(const Layer& layer);
  void add(const Layer& layer);
  void multiply(const Layer& layer);
  void l2_normalization(const Layer& layer);

  void binary(const Layer& layer, const std::string& op);
  void emit(const Layer& layer, const std::string& op, MxShape shape,
            const std::vector<OnnxWriter::Attribute>& attributes = {});
  void use_weights(const Layer& layer, std::size_t input, const MxShape& expected,
                   bool is_ones = false);

  const MxSymbol& symbol_;
  std::map<std::string, const MxArray*, std::less<>> weights_;
  MxShape input_shape_;
  std::string name_;
  OnnxWriter onnx_;
  std::vector<MxShape> shapes_;
  std::vector<std::string> tensors_; ///< name of each node's first output
  std::vector<char> is_written_;     ///< weights that are in the file
};

} // namespace mlopsctl::formats
