// SPDX-License-Identifier: Apache-2.0
#include "inference/decoders/detail.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::inference::detail {

Shape squeezed(const Shape& shape, std::size_t rank) {
  Shape result = shape;
  while (result.size() > rank && result.front() == 1)
    result.erase(result.begin());
  return result;
}

void misfit(std::string_view kind, const std::string& text, std::span<const TensorInfo> outputs,
            const std::string& hint) {
  std::vector<std::string> all;
  for (const auto& output : outputs)
    all.push_back("'" + output.name + "' " + shape_text(output.shape));
  throw Error(Fault::input,
              "decoder " + std::string(kind) + ": " + text + "; the graph has " + join(all, ", "),
              hint.empty() ? "is decoder.kind in model.yaml right for this model?" : hint);
}

void label_misfit(std::string_view kind, std::int64_t in_graph, std::size_t in_yaml,
                  std::span<const TensorInfo> outputs) {
  misfit(kind,
         "the graph has " + std::to_string(in_graph) + " classes, model.yaml names " +
             std::to_string(in_yaml) + " labels",
         outputs, "list the labels in the order of the training");
}

std::size_t by_name(std::string_view kind, std::string_view name,
                    std::span<const TensorInfo> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i)
    if (outputs[i].name == name)
      return i;
  misfit(kind, "needs an output '" + std::string(name) + "'", outputs);
}

void expect_shape(std::string_view kind, const TensorInfo& output, const Shape& expected,
                  std::span<const TensorInfo> outputs) {
  if (squeezed(output.shape, expected.size()) != expected)
    misfit(kind,
           "output '" + output.name + "' is " + shape_text(output.shape) + ", not " +
               shape_text(expected),
           outputs, "do input.width and height, and the labels, in model.yaml fit the graph?");
}

void check_score(const Tensor& output, float score) {
  constexpr float k_most = 1.001F; // rounding of a sigmoid or softmax in float
  if (score > k_most)
    throw Error(Fault::input,
                "output '" + output.name + "' holds a score of " +
                    number(static_cast<double>(score)) + ", which is above 1",
                "is decoder.kind in model.yaml right, and does the graph end in its sigmoid?");
}

int label_of(const Tensor& output, float value, std::size_t labels) {
  if (std::trunc(value) != value || value < 0 || value >= static_cast<float>(labels))
    throw Error(Fault::input,
                "output '" + output.name + "' names class " + number(static_cast<double>(value)) +
                    ", and model.yaml has " + std::to_string(labels) + " labels",
                "list the labels in the order of the training");
  return static_cast<int>(value);
}

void add_corners(const Tensor& output, const float* corners, int label, float score, double width,
                 double height, Decoded& result) {
  const auto at = [&](std::size_t i, double by) { return static_cast<double>(corners[i]) * by; };
  if (corners[2] < corners[0] || corners[3] < corners[1])
    throw Error(Fault::input,
                "output '" + output.name + "' has a box from " + number(at(0, 1)) + ", " +
                    number(at(1, 1)) + " to " + number(at(2, 1)) + ", " + number(at(3, 1)),
                "is decoder.kind in model.yaml right for this model?");
  result.candidates.push_back(
      {label,
       static_cast<double>(score),
       {at(0, width), at(1, height), at(2, width) - at(0, width), at(3, height) - at(1, height)}});
}

void best_first(Decoded& result) {
  std::stable_sort(result.candidates.begin(), result.candidates.end(),
                   [](const auto& a, const auto& b) { return a.score > b.score; });
}

} // namespace mlopsctl::inference::detail
