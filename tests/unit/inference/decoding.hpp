// SPDX-License-Identifier: Apache-2.0
// Decoders on tensors made by hand.
#pragma once

#include "inference/decoders.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mlopsctl::inference {

inline package::ModelSpec spec_for(const std::string& kind, int width, int height,
                                   std::vector<std::string> labels) {
  package::ModelSpec spec;
  spec.decoder.kind = kind;
  spec.input.width = width;
  spec.input.height = height;
  spec.labels = std::move(labels);
  spec.task = kind == "classification" ? package::Task::classification
              : kind == "embedding"    ? package::Task::embedding
                                       : package::Task::detection;
  return spec;
}

/// Tensors that own their data.
struct Outputs {
  std::vector<std::vector<float>> data;
  std::vector<TensorInfo> infos;

  std::vector<float>& add(const std::string& name, std::vector<std::int64_t> shape,
                          float value = 0) {
    std::size_t count = 1;
    for (const auto size : shape)
      count *= static_cast<std::size_t>(size);
    infos.push_back({name, "float32", std::move(shape)});
    data.reserve(16);
    return data.emplace_back(count, value);
  }
  std::vector<Tensor> tensors() const {
    std::vector<Tensor> result;
    for (std::size_t i = 0; i < infos.size(); ++i)
      result.push_back({infos[i].name, infos[i].shape, data[i]});
    return result;
  }
};

inline Decoded decode(const package::ModelSpec& spec, const Outputs& outputs, double threshold,
                      bool is_multi_label = false) {
  const auto& decoder = find_decoder(spec);
  decoder.check(spec, outputs.infos);
  Decoded result;
  decoder.decode(spec, outputs.tensors(), {threshold, is_multi_label}, result);
  return result;
}

inline std::string refusal(const package::ModelSpec& spec, const Outputs& outputs) {
  return error_of([&] { decode(spec, outputs, 0.1); }, Fault::input);
}

inline void expect_box(const dataset::Box& box, double left, double top, double right,
                       double bottom) {
  EXPECT_NEAR(box.left, left, 1e-4);
  EXPECT_NEAR(box.top, top, 1e-4);
  EXPECT_NEAR(box.right(), right, 1e-4);
  EXPECT_NEAR(box.bottom(), bottom, 1e-4);
}

} // namespace mlopsctl::inference
