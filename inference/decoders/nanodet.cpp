// SPDX-License-Identifier: Apache-2.0
// NanoDet (github.com/RangiLyu/nanodet, the first version with one pair of outputs a stride):
// class scores 1 x n x classes (sigmoid inside) and the distances of the four sides as
// distributions 1 x n x (4 * bins), n = places of the stride. Names differ from export to export,
// so outputs are told apart by their shapes.
#include "inference/decoders/detail.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mlopsctl::inference {
namespace {

constexpr std::array<int, 4> k_strides{8, 16, 32, 64};
constexpr std::size_t k_none = static_cast<std::size_t>(-1);

/// The outputs of one stride.
struct Level {
  int stride = 0;
  std::size_t rows = 0, columns = 0;
  std::size_t classes = k_none; ///< index of the output
  std::size_t sides = k_none;
};

std::size_t places(int size, int stride) {
  return static_cast<std::size_t>((size + stride - 1) / stride);
}

/// Takes the pair of outputs with this many places, the classes first if both could be them.
void assign(Level& level, const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto shape = detail::squeezed(outputs[i].shape, 2);
    if (shape.size() != 2 || shape[0] != static_cast<std::int64_t>(level.rows * level.columns))
      continue;
    if (shape[1] == static_cast<std::int64_t>(spec.labels.size()) && level.classes == k_none)
      level.classes = i;
    else if (shape[1] % 4 == 0 && shape[1] >= 8)
      level.sides = i;
  }
}

/// \throws Error(input) unless every output belongs to one stride.
std::vector<Level> levels(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  std::vector<Level> found;
  for (const int stride : k_strides) {
    Level level{stride, places(spec.input.height, stride), places(spec.input.width, stride)};
    assign(level, spec, outputs);
    if (level.classes != k_none && level.sides != k_none)
      found.push_back(level);
    else if (level.sides != k_none)
      detail::misfit("nanodet",
                     "no output of stride " + std::to_string(stride) + " has " +
                         std::to_string(level.rows * level.columns) + " places and " +
                         std::to_string(spec.labels.size()) + " classes, as model.yaml's labels",
                     outputs, "list the labels in the order of the training");
  }
  if (found.empty() || found.size() * 2 != outputs.size())
    detail::misfit("nanodet",
                   "needs two outputs a stride (1xNxclasses and 1xNx(4*bins)) for a " +
                       std::to_string(spec.input.width) + "x" + std::to_string(spec.input.height) +
                       " input, N = width/stride * height/stride",
                   outputs);
  return found;
}

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  levels(spec, outputs);
}

/// Expected value of the softmax of \p bins values, in strides.
double distance(const float* bins, std::size_t count) {
  const double most = static_cast<double>(*std::max_element(bins, bins + count));
  double sum = 0, weighted = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double weight = std::exp(static_cast<double>(bins[i]) - most);
    sum += weight;
    weighted += weight * static_cast<double>(i);
  }
  return weighted / sum;
}

void decode_level(const Level& level, std::size_t labels, std::span<const Tensor> outputs,
                  const DecodeOptions& options, Decoded& result) {
  const Tensor& classes = outputs[level.classes];
  const Tensor& sides = outputs[level.sides];
  const std::size_t bins = sides.data.size() / (level.rows * level.columns) / 4;
  for (std::size_t place = 0; place < level.rows * level.columns; ++place) {
    const float* scores = classes.data.data() + place * labels;
    const float most = *std::max_element(scores, scores + labels);
    detail::check_score(classes, most);
    if (static_cast<double>(most) < options.score_threshold)
      continue;
    const auto box = [&] {
      const auto side = [&](std::size_t number) {
        return level.stride * distance(sides.data.data() + (place * 4 + number) * bins, bins);
      };
      const double x = (static_cast<double>(place % level.columns) + 0.5) * level.stride;
      const double y = (static_cast<double>(place / level.columns) + 0.5) * level.stride;
      return dataset::Box{x - side(0), y - side(1), side(0) + side(2), side(1) + side(3)};
    };
    detail::add_best(
        options, labels, [&](std::size_t id) { return static_cast<double>(scores[id]); }, box,
        result);
  }
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  std::vector<TensorInfo> infos;
  for (const auto& output : outputs)
    infos.push_back({output.name, "float32", output.shape});
  for (const auto& level : levels(spec, infos))
    decode_level(level, spec.labels.size(), outputs, options, result);
}

} // namespace

extern const Decoder nanodet;
const Decoder nanodet{"nanodet", "two outputs a stride: 1xNxclasses and 1xNx(4*bins)",
                      package::Task::detection, check, decode};

} // namespace mlopsctl::inference
