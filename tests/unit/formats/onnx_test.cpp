// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/io.hpp"
#include "formats/model/onnx.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

namespace mlopsctl::formats {
namespace {

using testing::HasSubstr;

// A writer of the wire format, just enough for small models.
std::string varint(std::uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}
std::string num(unsigned field, std::uint64_t value) {
  return varint(field << 3) + varint(value);
}
std::string sub(unsigned field, const std::string& bytes) {
  return varint(field << 3 | 2) + varint(bytes.size()) + bytes;
}
std::string value_info(const std::string& name, const std::vector<std::int64_t>& axes) {
  std::string shape;
  for (const auto axis : axes)
    shape += sub(1, axis > 0 ? num(1, static_cast<std::uint64_t>(axis)) : sub(2, "batch"));
  return sub(1, name) + sub(2, sub(1, num(1, 1) + sub(2, shape)));
}
std::string graph() {
  return sub(1, sub(4, "Conv")) + sub(1, sub(4, "Conv") + sub(5, sub(6, sub(1, sub(4, "Add"))))) +
         sub(5, num(1, 2) + num(1, 3) + sub(8, "w")) + sub(11, value_info("x", {1, 3, 8, 8})) +
         sub(11, value_info("w", {2, 3})) + sub(12, value_info("y", {0, 10}));
}
std::string model(const std::string& graph_bytes) {
  return num(1, 6) + sub(2, "test") + sub(3, "1.0") + sub(7, graph_bytes) + sub(8, num(2, 11)) +
         sub(14, sub(1, "names") + sub(2, "{0: 'a'}"));
}

TEST(Onnx, ReadsWhatTheFileSays) {
  const auto read = read_onnx(model(graph()), "m");
  EXPECT_EQ(read.producer, "test 1.0");
  EXPECT_EQ(read.opsets.at(""), 11);
  ASSERT_EQ(read.inputs.size(), 1U) << "w is an initializer";
  EXPECT_EQ(shape_text(read.inputs[0]), "1x3x8x8");
  EXPECT_EQ(read.inputs[0].type, "float32");
  EXPECT_EQ(shape_text(read.outputs.at(0)), "batchx10");
  EXPECT_EQ(read.operators, (std::map<std::string, std::int64_t>{{"Add", 1}, {"Conv", 2}}));
  EXPECT_EQ(read.parameters, 6);
  EXPECT_EQ(*read.metadata_value("names"), "{0: 'a'}");
  EXPECT_TRUE(read.external_files.empty());
}

TEST(Onnx, NamesExternalFiles) {
  const auto outside =
      sub(5, sub(8, "w") + sub(13, sub(1, "location") + sub(2, "../x.data")) + num(14, 1));
  EXPECT_EQ(read_onnx(model(graph() + outside), "m").external_files,
            (std::vector<std::string>{"../x.data"}));
}

TEST(Onnx, RefusesWhatIsNotOnnx) {
  EXPECT_THAT(error_of([] { read_onnx("", "m"); }), HasSubstr("m: is empty"));
  EXPECT_THAT(error_of([] { read_onnx("schema: mlopsctl.model/1\n", "m"); }),
              HasSubstr("m: byte "));
  EXPECT_THAT(error_of([] { read_onnx(num(1, 6), "m"); }), HasSubstr("no graph"));
  EXPECT_THAT(error_of([] { read_onnx(sub(7, graph()), "m"); }), HasSubstr("no IR version"));
  EXPECT_THAT(error_of([] { read_onnx(model(""), "m"); }), HasSubstr("no nodes"));
  std::string deep = graph();
  for (int i = 0; i < 40; ++i)
    deep = sub(1, sub(5, sub(6, deep)));
  EXPECT_THAT(error_of([&] { read_onnx(model(deep), "m"); }), HasSubstr("deep"));
  const auto huge = sub(5, num(1, std::uint64_t{1} << 62) + num(1, 8));
  EXPECT_THAT(error_of([&] { read_onnx(model(graph() + huge), "m"); }), HasSubstr("overflows"));
}

TEST(Onnx, EveryCutIsAnErrorOrAWholeModel) {
  const auto bytes = model(graph());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    try {
      EXPECT_EQ(read_onnx(bytes.substr(0, size), "m").nodes,
                3); // cut between two fields at the end
    } catch (const Error& error) {
      EXPECT_EQ(error.fault(), Fault::input);
    }
  }
}

TEST(Onnx, ReadsRealModels) {
  const std::string folder = std::string(MLOPSCTL_SHARED) + "/data/real/models/";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << folder << " is not here";
  // From 'protoc --decode=onnx.ModelProto'.
  const auto shapes = [&](const std::string& file) {
    const auto source = open_source(folder + file);
    const auto read = read_onnx(read_all(*source, 1 << 28), file);
    std::string out = read.inputs.at(0).name + " " + shape_text(read.inputs.at(0)) + " ->";
    for (const auto& output : read.outputs)
      out += " " + output.name + " " + shape_text(output);
    return out;
  };
  EXPECT_EQ(shapes("mnist.onnx"), "Input3 1x1x28x28 -> Plus214_Output_0 1x10");
  EXPECT_EQ(shapes("FastestDet.onnx"), "input.1 1x3x352x352 -> 758 1x85x22x22");
  EXPECT_EQ(shapes("MobileFaceNet.onnx"), "input0 1x3x112x112 -> output0 1x128");
  EXPECT_EQ(shapes("version-RFB-320.onnx"), "input 1x3x240x320 -> scores 1x4420x2 boxes 1x4420x4");
}

} // namespace
} // namespace mlopsctl::formats
