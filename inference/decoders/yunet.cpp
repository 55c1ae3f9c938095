// SPDX-License-Identifier: Apache-2.0
// YuNet faces (github.com/ShiqiYu/libfacedetection.train): cls_, obj_, bbox_ and kps_ for the
// strides 8, 16 and 32, each 1 x n x (1, 1, 4, 10). The five points of a face (kps_) are not used
// for boxes.
#include "inference/decoders/detail.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mlopsctl::inference {
namespace {

constexpr std::array<int, 3> k_strides{8, 16, 32};

struct Level {
  int stride = 0;
  std::size_t columns = 0, count = 0;
  std::size_t cls = 0, obj = 0, bbox = 0; ///< indices of the outputs
};

Level level(int stride, const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  const auto named = [&](const char* part) {
    return detail::by_name("yunet", part + std::to_string(stride), outputs);
  };
  const auto columns = static_cast<std::size_t>(spec.input.width / stride);
  const auto rows = static_cast<std::size_t>(spec.input.height / stride);
  return {stride, columns, columns * rows, named("cls_"), named("obj_"), named("bbox_")};
}

void check(const package::ModelSpec& spec, std::span<const TensorInfo> outputs) {
  if (spec.labels.size() != 1)
    detail::label_misfit("yunet", 1, spec.labels.size(), outputs);
  for (const int stride : k_strides) {
    const auto at = level(stride, spec, outputs);
    const auto count = static_cast<std::int64_t>(at.count);
    detail::expect_shape("yunet", outputs[at.cls], {count, 1}, outputs);
    detail::expect_shape("yunet", outputs[at.obj], {count, 1}, outputs);
    detail::expect_shape("yunet", outputs[at.bbox], {count, 4}, outputs);
  }
}

void decode_level(const Level& at, std::span<const Tensor> outputs, const DecodeOptions& options,
                  Decoded& result) {
  for (std::size_t place = 0; place < at.count; ++place) {
    const float cls = outputs[at.cls].data[place], obj = outputs[at.obj].data[place];
    detail::check_score(outputs[at.cls], cls);
    detail::check_score(outputs[at.obj], obj);
    const double score = std::sqrt(static_cast<double>(std::max(cls, 0.0F)) *
                                   static_cast<double>(std::max(obj, 0.0F)));
    if (score < options.score_threshold)
      continue;
    const float* box = outputs[at.bbox].data.data() + place * 4;
    const auto value = [&](std::size_t number) { return static_cast<double>(box[number]); };
    const double x = (static_cast<double>(place % at.columns) + value(0)) * at.stride;
    const double y = (static_cast<double>(place / at.columns) + value(1)) * at.stride;
    const double width = std::exp(value(2)) * at.stride, height = std::exp(value(3)) * at.stride;
    result.candidates.push_back({0, score, {x - width / 2, y - height / 2, width, height}});
  }
}

void decode(const package::ModelSpec& spec, std::span<const Tensor> outputs,
            const DecodeOptions& options, Decoded& result) {
  std::vector<TensorInfo> infos;
  for (const auto& output : outputs)
    infos.push_back({output.name, "float32", output.shape});
  for (const int stride : k_strides)
    decode_level(level(stride, spec, infos), outputs, options, result);
}

} // namespace

extern const Decoder yunet;
const Decoder yunet{"yunet", "'cls_', 'obj_' and 'bbox_' for the strides 8, 16 and 32",
                    package::Task::detection, check, decode};

} // namespace mlopsctl::inference
