// SPDX-License-Identifier: Apache-2.0
// One value a label. Probabilities stay; raw scores go through softmax.
#include "inference/decoders/detail.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::inference {
namespace {

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  if (outputs.size() != 1)
    detail::misfit("classification", "needs a graph with one output", outputs);
  std::int64_t count = 1;
  for (const auto size : outputs[0].shape)
    count *= size;
  if (count != static_cast<std::int64_t>(spec.labels.size()))
    detail::label_misfit("classification", count, spec.labels.size(), outputs);
}

bool are_probabilities(std::span<const float> values) {
  constexpr double k_rounding = 1e-3;
  double sum = 0;
  for (const float value : values) {
    if (value < 0)
      return false;
    sum += static_cast<double>(value);
  }
  return std::abs(sum - 1) <= k_rounding;
}

void decode(const package::ModelSpec&, std::span<const Tensor> outputs, const DecodeOptions&,
            Decoded& result) {
  const auto values = outputs[0].data;
  std::vector<double> scores(values.begin(), values.end());
  if (!are_probabilities(values)) {
    const double most = *std::max_element(scores.begin(), scores.end());
    double sum = 0;
    for (double& score : scores)
      sum += score = std::exp(score - most);
    for (double& score : scores)
      score /= sum;
  }
  for (std::size_t id = 0; id < scores.size(); ++id)
    result.classes.push_back({static_cast<int>(id), scores[id]});
}

} // namespace

extern const Decoder classification;
const Decoder classification{"classification",
                             "one output, one value a label: probabilities or raw scores",
                             package::Task::classification, check, decode};

} // namespace mlopsctl::inference
