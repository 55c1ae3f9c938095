// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/io.hpp"
#include "formats/model/mxnet_deploy.hpp"
#include "formats/model/mxnet_ssd.hpp"
#include "formats/model/onnx.hpp"
#include "tests/unit/error_of.hpp"

#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <filesystem>

namespace mlopsctl::formats {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

template <class Number> void put(std::string& out, Number value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

struct Named {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

/// As MXNet 1.x writes it (V2).
std::string params_file(const std::vector<Named>& arrays) {
  std::string out;
  put<std::uint64_t>(out, 0x112);
  put<std::uint64_t>(out, 0);
  put<std::uint64_t>(out, arrays.size());
  for (const auto& array : arrays) {
    put<std::uint32_t>(out, 0xF993FAC9);
    put<std::int32_t>(out, 0);
    put<std::int32_t>(out, static_cast<std::int32_t>(array.shape.size()));
    for (const auto size : array.shape)
      put<std::int64_t>(out, size);
    put<std::int32_t>(out, 2); // saved from a GPU
    put<std::int32_t>(out, 0);
    put<std::int32_t>(out, 0);
    for (const float value : array.values)
      put(out, value);
  }
  put<std::uint64_t>(out, arrays.size());
  for (const auto& array : arrays) {
    put<std::uint64_t>(out, array.name.size());
    out += array.name;
  }
  return out;
}

/// A detector of one class with one anchor a cell, on a picture of 4x4 whose features are 2x2.
/// \param end the nodes after the heads, from node 17 on.
std::string tiny_symbol(const std::string& end, const std::string& size = "(0.5,)") {
  return R"j({"nodes":[
{"op":"null","name":"data","inputs":[]},
{"op":"Pooling","name":"features","attrs":{"kernel":"(2, 2)",
         "stride" : "(2, 2)",
         "pool_type" : "max"
},
    "inputs" : [[ 0, 0, 0 ]]
},
{"op":"null","name":"cls_weight","inputs":[]},
{"op":"null","name":"cls_bias","inputs":[]},
{"op":"Convolution","name":"cls","attrs":{"kernel":"(1, 1)","num_filter":"2"},"inputs":[[1,0,0],[2,0,0],[3,0,0]]},
{"op":"transpose","name":"cls_t","attrs":{"axes":"(0, 2, 3, 1)"},"inputs":[[4,0,0]]},
{"op":"Flatten","name":"cls_f","inputs":[[5,0,0]]},
{"op":"Reshape","name":"cls_r","attrs":{"shape":"(0, -1, 2)"},"inputs":[[6,0,0]]},
{"op":"transpose","name":"multibox_cls_pred","attrs":{"axes":"(0, 2, 1)"},"inputs":[[7,0,0]]},
{"op":"null","name":"loc_weight","inputs":[]},
{"op":"null","name":"loc_bias","inputs":[]},
{"op":"Convolution","name":"loc","attrs":{"kernel":"(1, 1)","num_filter":"4"},"inputs":[[1,0,0],[9,0,0],[10,0,0]]},
{"op":"transpose","name":"loc_t","attrs":{"axes":"(0, 2, 3, 1)"},"inputs":[[11,0,0]]},
{"op":"Flatten","name":"multibox_loc_pred","inputs":[[12,0,0]]},
{"op":"_contrib_MultiBoxPrior","name":"prior","attrs":{"sizes":")j" +
         size + R"j(","ratios":"(1,2)"},"inputs":[[1,0,0]]},
{"op":"Flatten","name":"prior_f","inputs":[[14,0,0]]},
{"op":"Reshape","name":"multibox_anchors","attrs":{"shape":"(0, -1, 4)"},"inputs":[[15,0,0]]},
)j" + end +
         R"j(],"arg_nodes":[0],"heads":[[17,0,0]],"attrs":{"mxnet_version":["int",10400]}})j";
}

const char* const k_deploy =
    R"j({"op":"SoftmaxActivation","name":"cls_prob","attrs":{"mode":"channel"},"inputs":[[8,0,0]]},
{"op":"_contrib_MultiBoxDetection","name":"detection","attrs":{"nms_threshold":"0.45","force_suppress":"True","nms_topk":"400","clip":"False"},"inputs":[[17,0,0],[13,0,0],[16,0,0]]})j";
const char* const k_training = R"j({"op":"null","name":"label","inputs":[]},
{"op":"_contrib_MultiBoxTarget","name":"multibox_target","inputs":[[16,0,0],[17,0,0],[8,0,0]]},
{"op":"SoftmaxOutput","name":"cls_prob","attrs":{"multi_output":"True"},"inputs":[[8,0,0],[18,2,0]]},
{"op":"MakeLoss","name":"cls_label","inputs":[[18,2,0]]})j";

std::string tiny_params(std::int64_t class_filters = 2) {
  const auto filters = static_cast<std::size_t>(class_filters);
  return params_file(
      {{"arg:cls_weight", {class_filters, 3, 1, 1}, std::vector<float>(filters * 3, 1)},
       {"arg:cls_bias", {class_filters}, std::vector<float>(filters)},
       {"arg:loc_weight", {4, 3, 1, 1}, std::vector<float>(12, 0.5F)},
       {"arg:loc_bias", {4}, std::vector<float>(4)},
       {"aux:nobody_wants_this", {1}, {1}}});
}

MxSsd translate(const std::string& symbol, const std::string& params) {
  const auto graph = read_mxnet_symbol(symbol, "s.json");
  return translate_mxnet_ssd(graph, read_mxnet_params(params, "p.params"), 4, 4, "s.json");
}

TEST(MxnetSymbol, ReadsTuplesAsPythonWritesThem) {
  EXPECT_THAT(mx_integers("(3, 4)", "w"), ElementsAre(3, 4));
  EXPECT_THAT(mx_integers("[3,4]", "w"), ElementsAre(3, 4));
  EXPECT_THAT(mx_integers("(2,)", "w"), ElementsAre(2));
  EXPECT_THAT(mx_integers("(1L, 2L)", "w"), ElementsAre(1, 2));
  EXPECT_THAT(mx_integers("7", "w"), ElementsAre(7));
  EXPECT_TRUE(mx_integers("()", "w").empty());
  EXPECT_THAT(mx_numbers("(1,2,0.5)", "w"), ElementsAre(1, 2, 0.5));
  EXPECT_TRUE(mx_boolean("True", "w"));
  EXPECT_FALSE(mx_boolean("0", "w"));
  EXPECT_THAT(error_of([] { mx_integers("(a)", "w"); }), HasSubstr("w: '(a)' is no list"));
  EXPECT_THAT(error_of([] { mx_boolean("yes", "w"); }), HasSubstr("neither True nor False"));
}

TEST(MxnetSymbol, OldFilesGetTheStatesThatTheyLeaveOut) {
  const auto symbol = read_mxnet_symbol(R"({"nodes":[
    {"op":"null","param":{},"name":"data","inputs":[]},
    {"op":"null","param":{},"name":"bn_gamma","inputs":[]},
    {"op":"null","param":{},"name":"bn_beta","inputs":[]},
    {"op":"BatchNorm","param":{"eps":"0.1"},"attr":{"lr_mult":"2"},"name":"bn","inputs":[[0,0],[1,0],[2,0]]},
    {"op":"Flatten","param":{},"name":"f","inputs":[[3,0]]}],"heads":[[4,0]]})",
                                        "old");
  ASSERT_EQ(symbol.nodes.size(), 7U);
  EXPECT_EQ(symbol.nodes[3].name, "bn_moving_mean");
  EXPECT_EQ(symbol.nodes[4].name, "bn_moving_var");
  EXPECT_EQ(symbol.nodes[5].inputs.size(), 5U);
  EXPECT_EQ(symbol.nodes[5].attributes.at("eps"), "0.1");
  EXPECT_EQ(symbol.nodes[6].inputs[0].node, 5U);
  EXPECT_EQ(symbol.heads[0].node, 6U);
}

TEST(MxnetSymbol, RefusesWhatIsNone) {
  const auto fault = [](const std::string& text) {
    return error_of([&] { read_mxnet_symbol(text, "s"); });
  };
  EXPECT_THAT(fault("{}"), HasSubstr("s: has no list 'nodes'"));
  EXPECT_THAT(fault(R"({"nodes":[],"heads":[]})"), HasSubstr("has 0 nodes"));
  EXPECT_THAT(fault(R"({"nodes":[{"op":"null"}],"heads":[]})"), HasSubstr("node 0: has no 'op'"));
  EXPECT_THAT(fault(R"({"nodes":[{"op":"f","name":"a","inputs":[[0,0]]}],"heads":[]})"),
              HasSubstr("node 0: takes node 0, which is not before it"));
  EXPECT_THAT(fault(R"({"nodes":[{"op":"f","name":"a","inputs":[[-1,0]]}],"heads":[]})"),
              HasSubstr("no number from 0 on"));
  EXPECT_NE(fault("[[["), k_no_error);
}

TEST(MxnetParams, ReadsNamesShapesAndNumbers) {
  const auto file = params_file({{"arg:w", {2, 1}, {1.5F, -2}}, {"aux:m", {1}, {3}}});
  const auto arrays = read_mxnet_params(file, "p");
  ASSERT_EQ(arrays.size(), 2U);
  EXPECT_EQ(arrays[0].name, "w");
  EXPECT_THAT(arrays[0].shape, ElementsAre(2, 1));
  EXPECT_THAT(mx_floats(arrays[0], "p"), ElementsAre(1.5F, -2));
  EXPECT_TRUE(arrays[1].is_auxiliary);
}

TEST(MxnetParams, EveryCutIsNoticed) {
  const auto file = params_file({{"arg:w", {2, 3}, std::vector<float>(6)}, {"b", {1}, {1}}});
  for (std::size_t length = 0; length < file.size(); ++length)
    EXPECT_NE(error_of([&] { read_mxnet_params(file.substr(0, length), "p"); }), k_no_error)
        << length;
  EXPECT_EQ(error_of([&] { read_mxnet_params(file, "p"); }), k_no_error);
}

TEST(MxnetParams, SizesAreCheckedBeforeMemoryIsTaken) {
  auto file = params_file({{"w", {1, 1}, {1}}});
  const std::int64_t huge = std::int64_t{1} << 40;
  std::memcpy(file.data() + 24 + 12, &huge, sizeof huge);
  EXPECT_THAT(error_of([&] { read_mxnet_params(file, "p"); }),
              HasSubstr("an array is larger than the rest of the file"));
  std::string many(24, '\0');
  std::memcpy(many.data(), "\x12\x01", 2);
  std::memset(many.data() + 16, 0x7F, 8);
  EXPECT_THAT(error_of([&] { read_mxnet_params(many, "p"); }), HasSubstr("arrays"));
}

TEST(MxnetParams, HalfPrecision) {
  MxArray array;
  array.type = 2;
  const std::uint16_t bits[] = {0x3C00, 0xC000, 0x0001, 0x7BFF, 0x0000};
  array.bytes = {reinterpret_cast<const char*>(bits), sizeof bits};
  EXPECT_THAT(mx_floats(array, "p"), ElementsAre(1.0F, -2.0F, std::ldexp(1.0F, -24), 65504.0F, 0));
  array.type = 4;
  EXPECT_THAT(error_of([&] { mx_floats(array, "p"); }), HasSubstr("no floating-point numbers"));
}

TEST(MxnetSsd, TrainingAndDeployGraphsGiveTheSameModel) {
  auto one_ratio = [](std::string symbol) {
    symbol.replace(symbol.find("(1,2)"), 5, "(1,)");
    return symbol;
  };
  const auto deploy = translate(one_ratio(tiny_symbol(k_deploy)), tiny_params());
  const auto training = translate(one_ratio(tiny_symbol(k_training)), tiny_params());
  EXPECT_EQ(deploy.onnx, training.onnx);
  EXPECT_EQ(deploy.classes, 1);
  ASSERT_EQ(deploy.anchors.size(), 4U); // one a cell of 2x2, half the picture wide
  EXPECT_THAT(deploy.anchors[0], ElementsAre(0, 0, 0.5F, 0.5F));
  EXPECT_THAT(deploy.anchors[1], ElementsAre(0.5F, 0, 1, 0.5F));
  EXPECT_THAT(deploy.anchors[2], ElementsAre(0, 0.5F, 0.5F, 1));
  EXPECT_EQ(training.anchors, deploy.anchors);
  EXPECT_EQ(deploy.nms_topk, 400);
  EXPECT_FALSE(deploy.is_clipped);
  EXPECT_TRUE(deploy.is_force_suppressed);
  EXPECT_EQ(training.nms_topk, -1); // MXNet's own defaults
  EXPECT_TRUE(training.is_clipped);

  const auto onnx = read_onnx(deploy.onnx, "made");
  ASSERT_EQ(onnx.inputs.size(), 1U);
  EXPECT_EQ(shape_text(onnx.inputs[0]), "1x3x4x4");
  ASSERT_EQ(onnx.outputs.size(), 2U);
  EXPECT_EQ(onnx.outputs[0].name, "cls_pred");
  EXPECT_EQ(shape_text(onnx.outputs[0]), "1x2x4");
  EXPECT_EQ(onnx.outputs[1].name, "loc_pred");
  EXPECT_EQ(shape_text(onnx.outputs[1]), "1x16");
  EXPECT_EQ(onnx.operators.at("Conv"), 2);
  EXPECT_EQ(onnx.operators.count("Softmax"), 0U);
  EXPECT_EQ(onnx.parameters, 2 * 3 + 2 + 4 * 3 + 4 + 3); // and the codes of one Reshape
}

TEST(MxnetSsd, SaysWhichNodeDoesNotFit) {
  const auto fault = [](const std::string& symbol, const std::string& params) {
    return error_of([&] { translate(symbol, params); });
  };
  const auto deploy = tiny_symbol(k_deploy);
  EXPECT_THAT(fault(deploy, tiny_params()), HasSubstr("and there are 8 anchors"));
  EXPECT_THAT(fault(deploy, tiny_params(5)),
              HasSubstr("node 'cls': weights 'cls_weight' are 5x3x1x1, the graph needs 2x3x1x1"));
  EXPECT_THAT(fault(deploy, params_file({})), HasSubstr("the weights of 'cls_weight' are not in"));
  EXPECT_THAT(fault(tiny_symbol(R"({"op":"null","name":"x","inputs":[]})"), tiny_params()),
              HasSubstr("has no _contrib_MultiBoxDetection"));
  auto unknown = deploy;
  unknown.replace(unknown.find("\"op\":\"Pooling\""), 14, "\"op\":\"Deconvo\"");
  EXPECT_THAT(fault(unknown, tiny_params()),
              HasSubstr("node 'features': its operator Deconvo is not translated"));
  auto wide = deploy;
  wide.replace(wide.find("(2, 2)"), 6, "(9, 9)");
  EXPECT_THAT(fault(wide, tiny_params()), HasSubstr("a window of 9 does not fit 1x3x4x4"));
}

/// "op name <- inputs" of each node.
std::vector<std::string> lines_of(const MxSymbol& symbol) {
  std::vector<std::string> lines;
  for (const auto& node : symbol.nodes) {
    lines.push_back(node.op + " " + node.name + " <-");
    for (const auto& input : node.inputs)
      lines.back() += " " + symbol.nodes[input.node].name;
  }
  return lines;
}

TEST(MxnetDeploy, LossesGoAndADetectionComes) {
  const auto training = read_mxnet_symbol(tiny_symbol(k_training), "s");
  const auto deployed = deploy_mxnet_ssd(training, {0.45, true, 400}, "s");
  auto expected = lines_of(read_mxnet_symbol(tiny_symbol(k_deploy), "s"));
  EXPECT_EQ(lines_of(deployed), expected);
  const auto& detection = deployed.nodes.back();
  EXPECT_EQ(detection.attributes,
            (std::map<std::string, std::string>{{"force_suppress", "True"},
                                                {"nms_threshold", "0.45"},
                                                {"nms_topk", "400"},
                                                {"variances", "(0.1, 0.1, 0.2, 0.2)"}}));
  ASSERT_EQ(deployed.heads.size(), 1U);
  EXPECT_EQ(deployed.heads[0].node, deployed.nodes.size() - 1);
  EXPECT_EQ(deployed.version, 10400);
}

TEST(MxnetDeploy, ADetectionThatIsThereIsReplacedAndItsVariancesStay) {
  std::string end = k_deploy;
  end.replace(end.find("\"clip\":\"False\""), 14, R"j("variances":"(1, 1, 2, 2)")j");
  const auto before = read_mxnet_symbol(tiny_symbol(end), "s");
  const auto after = deploy_mxnet_ssd(before, {0.6, false, 7}, "s");
  EXPECT_EQ(lines_of(after), lines_of(before));
  const auto& attributes = after.nodes.back().attributes;
  EXPECT_EQ(attributes.at("variances"), "(1, 1, 2, 2)");
  EXPECT_EQ(attributes.at("nms_threshold"), "0.6");
  EXPECT_EQ(attributes.at("force_suppress"), "False");
  EXPECT_EQ(attributes.at("nms_topk"), "7");
  EXPECT_THAT(error_of([] {
                deploy_mxnet_ssd(
                    read_mxnet_symbol(tiny_symbol(R"({"op":"null","name":"x","inputs":[]})"), "s"),
                    {}, "s");
              }),
              HasSubstr("s: has no _contrib_MultiBoxDetection"));
}

TEST(MxnetDeploy, TheFileReadsAsItWas) {
  const auto symbol = read_mxnet_symbol(tiny_symbol(k_deploy), "s");
  const auto json = mxnet_symbol_json(symbol);
  const auto again = read_mxnet_symbol(json, "again");
  EXPECT_EQ(lines_of(again), lines_of(symbol));
  for (std::size_t i = 0; i < symbol.nodes.size(); ++i)
    EXPECT_EQ(again.nodes[i].attributes, symbol.nodes[i].attributes);
  EXPECT_EQ(mxnet_symbol_json(again), json);
  EXPECT_THAT(json, HasSubstr("\"arg_nodes\""));
}

TEST(MxnetSsd, AGraphThatEndsWithBoxes) {
  auto symbol = tiny_symbol(k_training);
  symbol.replace(symbol.find("(1,2)"), 5, "(1,)");
  const auto ssd =
      translate_mxnet_ssd(read_mxnet_symbol(symbol, "s"), read_mxnet_params(tiny_params(), "p"), 4,
                          4, "s", MxSsdEnd::boxes);
  const auto onnx = read_onnx(ssd.onnx, "made");
  ASSERT_EQ(onnx.outputs.size(), 2U);
  EXPECT_EQ(onnx.outputs[0].name, "cls_prob");
  EXPECT_EQ(shape_text(onnx.outputs[0]), "1x4x2");
  EXPECT_EQ(onnx.outputs[1].name, "boxes");
  EXPECT_EQ(shape_text(onnx.outputs[1]), "1x4x4");
  EXPECT_EQ(onnx.operators.at("Softmax"), 1);
  EXPECT_EQ(onnx.operators.at("Clip"), 1);
}

TEST(MxnetReal, DialectsAndTheOldestArrays) {
  namespace fs = std::filesystem;
  const fs::path folder = fs::path(MLOPSCTL_SHARED) / "data/golden/mxnet";
  if (!fs::exists(folder))
    GTEST_SKIP() << "needs " << folder;
  const auto text = [&](const char* name) {
    return read_file((folder / name).string(), std::uint64_t{1} << 26);
  };
  const auto real = read_mxnet_symbol(text("deploy_model_algo_1-symbol.json"), "real");
  EXPECT_EQ(real.nodes.size(), 536U);
  EXPECT_EQ(real.version, 10400);
  EXPECT_EQ(real.nodes[real.heads.at(0).node].name, "detection");
  EXPECT_GT(read_mxnet_symbol(text("save_000800.json"), "0.8").nodes.size(), 10U);
  EXPECT_GT(read_mxnet_symbol(text("test_mkldnn_model1-symbol.json"), "1.x").nodes.size(), 10U);
  const auto oldest = text("legacy_ndarray.v0");
  const auto arrays = read_mxnet_params(oldest, "v0");
  ASSERT_EQ(arrays.size(), 6U);
  for (const auto& array : arrays) {
    EXPECT_THAT(array.shape, ElementsAre(128));
    EXPECT_EQ(mx_floats(array, "v0").size(), 128U);
  }
}

} // namespace
} // namespace mlopsctl::formats
