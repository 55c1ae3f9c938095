// SPDX-License-Identifier: Apache-2.0
#include "package/graph.hpp"

#include "core/error.hpp"
#include "formats/model/onnx.hpp"

namespace mlopsctl::package {
namespace {

GraphTensor to_graph_tensor(const formats::OnnxTensor& tensor) {
  GraphTensor result{tensor.name, tensor.type, {}};
  for (const auto& axis : tensor.shape)
    result.shape.push_back(axis.size && *axis.size > 0 ? *axis.size : -1);
  return result;
}

} // namespace

Graph read_graph(std::string_view weights, const std::string& name) {
  const auto model = formats::read_onnx(weights, name);
  if (!model.external_files.empty())
    throw Error(Fault::input,
                name + ": numbers are in another file, '" + model.external_files.front() + "'",
                "save the model as one file: onnx.save_model(model, path)");
  Graph graph;
  for (const auto& input : model.inputs)
    graph.inputs.push_back(to_graph_tensor(input));
  for (const auto& output : model.outputs)
    graph.outputs.push_back(to_graph_tensor(output));
  if (const auto opset = model.opsets.find(""); opset != model.opsets.end())
    graph.opset = opset->second;
  return graph;
}

} // namespace mlopsctl::package
