// SPDX-License-Identifier: Apache-2.0
// One vector that says how a picture looks, made as long as 1: likeness is then the inner product.
#include "core/error.hpp"
#include "inference/decoders/detail.hpp"

#include <cmath>

namespace mlopsctl::inference {
namespace {

void check(const package::ModelSpec&, std::span<const TensorInfo> outputs) {
  if (outputs.size() != 1 || detail::squeezed(outputs[0].shape, 1).size() != 1)
    detail::misfit("embedding", "needs a graph with one output, 1xN", outputs);
}

void decode(const package::ModelSpec&, std::span<const Tensor> outputs, const DecodeOptions&,
            Decoded& result) {
  double squares = 0;
  for (const float value : outputs[0].data)
    squares += static_cast<double>(value) * static_cast<double>(value);
  if (squares <= 0)
    throw Error(Fault::input,
                "output '" + outputs[0].name + "' is all zeros, which is no direction",
                "do input.scale, mean and std in model.yaml fit the model?");
  const double length = std::sqrt(squares);
  for (const float value : outputs[0].data)
    result.embedding.push_back(static_cast<double>(value) / length);
}

} // namespace

extern const Decoder embedding;
const Decoder embedding{"embedding", "one output 1xN: how a picture looks, for comparing pictures",
                        package::Task::embedding, check, decode};

} // namespace mlopsctl::inference
