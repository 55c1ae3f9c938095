// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "package/graph.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::package {
namespace {

/// A length-delimited protobuf field of less than 128 bytes, and a small number.
std::string field(int number, const std::string& bytes) {
  return static_cast<char>(number << 3 | 2) + std::string(1, static_cast<char>(bytes.size())) +
         bytes;
}
std::string varint(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}

std::string value_info(const std::string& name, const std::vector<int>& sizes) {
  std::string axes;
  for (const int size : sizes)
    axes += field(1, size > 0 ? varint(1, size) : field(2, "batch"));
  return field(1, name) + field(2, field(1, varint(1, 1) + field(2, axes)));
}

/// x (batch x 3 x 8) -> Relu -> y (1 x 10), with the weight w.
std::string model(const std::string& weight) {
  const std::string node = field(1, "x") + field(2, "y") + field(4, "Relu");
  const std::string graph = field(1, node) + field(5, weight) +
                            field(11, value_info("x", {0, 3, 8})) +
                            field(11, value_info("w", {4})) + field(12, value_info("y", {1, 10}));
  return varint(1, 7) + field(7, graph) + field(8, varint(2, 11));
}

TEST(Graph, InputsWithoutWeightsAndOutputs) {
  const auto graph = read_graph(model(field(8, "w")), "m.onnx");
  ASSERT_EQ(graph.inputs.size(), 1U);
  EXPECT_EQ(graph.inputs[0].name, "x");
  EXPECT_EQ(graph.inputs[0].type, "float32");
  EXPECT_EQ(graph.inputs[0].shape, (std::vector<std::int64_t>{-1, 3, 8}));
  ASSERT_EQ(graph.outputs.size(), 1U);
  EXPECT_EQ(graph.outputs[0].shape, (std::vector<std::int64_t>{1, 10}));
  EXPECT_EQ(graph.opset, 11);
}

TEST(Graph, RefusesNumbersInOtherFiles) {
  const auto place = field(13, field(1, "location") + field(2, "../w.bin"));
  EXPECT_THAT(error_of([&] { read_graph(model(field(8, "w") + place + varint(14, 1)), "m.onnx"); }),
              testing::AllOf(testing::HasSubstr("m.onnx: numbers are in another file, "),
                             testing::HasSubstr("w.bin")));
}

} // namespace
} // namespace mlopsctl::package
