// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "inference/onnx_outline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::inference {
namespace {

using testing::HasSubstr;

/// A length-delimited protobuf field of less than 128 bytes.
std::string field(int number, const std::string& bytes) {
  return static_cast<char>(number << 3 | 2) + std::string(1, static_cast<char>(bytes.size())) +
         bytes;
}
std::string varint(int number, int value) {
  return {static_cast<char>(number << 3), static_cast<char>(value)};
}

std::string value_info(const std::string& name, const std::vector<int>& sizes) {
  std::string dims;
  for (const int size : sizes)
    dims += field(1, size > 0 ? varint(1, size) : field(2, "batch"));
  return field(1, name) + field(2, field(1, varint(1, 1) + field(2, dims)));
}

std::string model(const std::string& graph_extra = "") {
  const std::string graph = field(5, field(8, "w")) + field(11, value_info("x", {0, 3, 8, 8})) +
                            field(11, value_info("w", {4})) + field(12, value_info("y", {1, 10})) +
                            graph_extra;
  return varint(1, 7) + field(7, graph) + field(8, varint(2, 11));
}

std::string refusal(const std::string& bytes) {
  try {
    read_onnx_outline(bytes, "m.onnx");
  } catch (const Error& error) {
    return error.what();
  }
  return "accepted";
}

TEST(OnnxOutline, InputsWithoutInitializersAndOutputs) {
  const auto outline = read_onnx_outline(model(), "m.onnx");
  ASSERT_EQ(outline.inputs.size(), 1U);
  EXPECT_EQ(outline.inputs[0].name, "x");
  EXPECT_EQ(outline.inputs[0].shape, (std::vector<std::int64_t>{-1, 3, 8, 8}));
  ASSERT_EQ(outline.outputs.size(), 1U);
  EXPECT_EQ(outline.outputs[0].name, "y");
  EXPECT_EQ(outline.opset, 11);
}

TEST(OnnxOutline, RefusesWhatIsNoModel) {
  EXPECT_EQ(refusal(""), "m.onnx: this is no ONNX file with a graph, inputs and outputs");
  EXPECT_THAT(refusal("hello, this is text\n"), HasSubstr("m.onnx: this is no ONNX file"));
  EXPECT_THAT(refusal(std::string("\xFF\xD8\xFF\xE0\0\x10JFIF", 10)), HasSubstr("no ONNX file"));
}

TEST(OnnxOutline, EveryCutIsRefused) {
  const std::string whole = model();
  // The opset stands behind the graph: without it, the graph is whole.
  for (std::size_t length = 0; length < whole.size() - 4; ++length)
    EXPECT_NE(refusal(whole.substr(0, length)), "accepted") << length;
  EXPECT_EQ(refusal(whole.substr(0, 20)), "m.onnx: the ONNX file stops early, after 20 bytes");
}

TEST(OnnxOutline, RefusesExternalData) {
  EXPECT_EQ(refusal(model(field(5, field(8, "big") + varint(14, 1)))),
            "m.onnx: the weights 'big' are in another file (external data)");
}

} // namespace
} // namespace mlopsctl::inference
