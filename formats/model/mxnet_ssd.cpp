// SPDX-License-Identifier: Apache-2.0
// The graph's last part: what the boxes, the classes and the anchors are made of. The layers before
// it are mxnet_layers.cpp's.
#include "formats/model/mxnet_ssd.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "formats/model/mxnet_heads.hpp"
#include "formats/model/mxnet_layers.hpp"

#include <cmath>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_max_anchors = 1'000'000;
/// The last with Clip's limits as attributes, which is how OpenCV 4.6 reads them (and ReduceSum's
/// axes); the first with Slice's ends as inputs.
constexpr std::int64_t k_opset = 10;

[[noreturn]] void fail(const std::string& name, const std::string& text) {
  throw Error(Fault::input, name + ": " + text,
              "this reads SSD detectors of MXNet, as SageMaker's object detection trains them");
}

std::string attribute(const MxNode& node, const char* key, const char* fallback) {
  const auto found = node.attributes.find(key);
  return found == node.attributes.end() ? fallback : found->second;
}

double one_of(const std::vector<double>& values, std::size_t index, const std::string& where) {
  if (index >= values.size())
    throw Error(Fault::input, where + ": too few numbers");
  return values[index];
}

/// multibox_prior.cc, in its own precision: all sizes with the first ratio, then the other ratios
/// with the first size.
void append_priors(const MxNode& node, std::int64_t height, std::int64_t width,
                   const std::string& where, std::vector<std::array<float, 4>>& anchors) {
  const auto numbers = [&](const char* key, const char* fallback) {
    return mx_numbers(attribute(node, key, fallback), where + ": " + key);
  };
  const auto sizes = numbers("sizes", "(1.0,)");
  const auto ratios = numbers("ratios", "(1.0,)");
  const auto steps = numbers("steps", "(-1.0, -1.0)");
  const auto offsets = numbers("offsets", "(0.5, 0.5)");
  const bool is_clipped = mx_boolean(attribute(node, "clip", "False"), where + ": clip");
  const auto step = [&](std::size_t index, std::int64_t count) {
    const double given = one_of(steps, index, where + ": steps");
    return static_cast<float>(given > 0 ? given : 1.0 / static_cast<double>(count));
  };
  if (sizes.empty() || ratios.empty())
    throw Error(Fault::input, where + ": has no sizes or no ratios");
  const auto cells = static_cast<std::size_t>(height * width);
  if (cells * (sizes.size() + ratios.size()) > k_max_anchors - anchors.size())
    throw Error(Fault::input, where + ": more than " + std::to_string(k_max_anchors) + " anchors");
  const float step_y = step(0, height), step_x = step(1, width);
  const auto offset_y = static_cast<float>(one_of(offsets, 0, where + ": offsets"));
  const auto offset_x = static_cast<float>(one_of(offsets, 1, where + ": offsets"));
  const auto clipped = [&](float value) {
    return is_clipped ? std::min(std::max(value, 0.0F), 1.0F) : value;
  };
  const auto aspect = static_cast<float>(height) / static_cast<float>(width);
  for (std::int64_t row = 0; row < height; ++row)
    for (std::int64_t column = 0; column < width; ++column) {
      const float y = (static_cast<float>(row) + offset_y) * step_y;
      const float x = (static_cast<float>(column) + offset_x) * step_x;
      const auto add = [&](double size, double ratio) {
        const float root = std::sqrt(static_cast<float>(ratio));
        const float half_width = static_cast<float>(size) * aspect * root / 2;
        const float half_height = static_cast<float>(size) / root / 2;
        anchors.push_back({clipped(x - half_width), clipped(y - half_height),
                           clipped(x + half_width), clipped(y + half_height)});
      };
      for (const double size : sizes)
        add(size, ratios[0]);
      for (std::size_t i = 1; i < ratios.size(); ++i)
        add(sizes[0], ratios[i]);
    }
}

/// Priors of all layers in the order in which the graph joins them.
void collect_anchors(const MxSymbol& symbol, std::size_t index, const MxLayers& layers,
                     const std::string& name, std::vector<std::array<float, 4>>& anchors) {
  const MxNode& node = symbol.nodes[index];
  const std::string where = name + ": node '" + printable(node.name) + "'";
  if (node.op == "_contrib_MultiBoxPrior" && node.inputs.size() == 1) {
    const auto& shape = layers.shape(node.inputs[0].node);
    if (shape.size() != 4)
      throw Error(Fault::input, where + ": its input is no picture of features");
    append_priors(node, shape[2], shape[3], where, anchors);
    return;
  }
  const bool is_join = node.op == "Concat" || node.op == "concat";
  const bool is_reshaped = node.op == "Flatten" || node.op == "Reshape" || node.op == "_copy";
  if (!is_join && !(is_reshaped && node.inputs.size() == 1))
    throw Error(Fault::input, where + ": anchors come from the operator " + printable(node.op) +
                                  ", which is not read");
  for (const auto& input : node.inputs)
    collect_anchors(symbol, input.node, layers, name, anchors);
}

void take_detection(const MxSymbol& symbol, const std::string& name, MxSsd& ssd) {
  const auto index = symbol.find_op(k_mx_detection);
  if (!index)
    return;
  const MxNode& node = symbol.nodes[*index];
  const std::string where = name + ": node '" + printable(node.name) + "'";
  const auto number = [&](const char* key, const char* fallback) {
    return one_of(mx_numbers(attribute(node, key, fallback), where + ": " + key), 0, where);
  };
  const auto variances = mx_numbers(attribute(node, "variances", "(0.1, 0.1, 0.2, 0.2)"), where);
  for (std::size_t i = 0; i < ssd.variances.size(); ++i)
    ssd.variances[i] = one_of(variances, i, where + ": variances");
  ssd.is_clipped = mx_boolean(attribute(node, "clip", "True"), where + ": clip");
  ssd.nms_threshold = number("nms_threshold", "0.5");
  ssd.is_force_suppressed =
      mx_boolean(attribute(node, "force_suppress", "False"), where + ": force_suppress");
  ssd.nms_topk = static_cast<std::int64_t>(number("nms_topk", "-1"));
}

/// What the detection does before its suppression, as nodes of the graph.
void append_boxes(MxLayers& layers, const MxHeads& heads, const MxSsd& ssd) {
  OnnxWriter& onnx = layers.onnx();
  const auto count = static_cast<std::int64_t>(ssd.anchors.size());
  // Classes last: before opset 13 a softmax joins all axes from its own on.
  onnx.add_node("Transpose", "cls_last", {layers.tensor(heads.classes)}, "cls_last",
                {OnnxWriter::integers("perm", {0, 2, 1})});
  onnx.add_node("Softmax", k_ssd_scores, {"cls_last"}, k_ssd_scores,
                {OnnxWriter::integer("axis", 2)});
  onnx.add_output(k_ssd_scores, {1, count, ssd.classes + 1});

  std::vector<float> middles, scales, halves, powers;
  for (const auto& anchor : ssd.anchors)
    for (const std::size_t axis : {0U, 1U}) {
      const float size = anchor[axis + 2] - anchor[axis];
      middles.push_back((anchor[axis] + anchor[axis + 2]) * 0.5F);
      scales.push_back(static_cast<float>(ssd.variances[axis]) * size);
      halves.push_back(size / 2);
      powers.push_back(static_cast<float>(ssd.variances[axis + 2]));
    }
  const std::vector<std::int64_t> pairs{1, count, 2};
  onnx.add_weights("anchor_middles", pairs, middles);
  onnx.add_weights("anchor_scales", pairs, scales);
  onnx.add_weights("anchor_halves", pairs, halves);
  onnx.add_weights("anchor_powers", pairs, powers);
  const auto add = [&](const std::string& op, const std::string& output,
                       const std::vector<std::string>& inputs) {
    onnx.add_node(op, output, inputs, output);
  };
  const auto constant = [&](const std::string& tensor, std::int64_t value) {
    onnx.add_integers(tensor, {&value, 1});
  };
  const std::int64_t rows[] = {1, count, 4};
  onnx.add_integers("loc_shape", rows);
  add("Reshape", "loc_rows", {layers.tensor(heads.boxes), "loc_shape"});
  constant("loc_axis", 2);
  constant("loc_0", 0);
  constant("loc_2", 2);
  constant("loc_4", 4);
  add("Slice", "loc_middles", {"loc_rows", "loc_0", "loc_2", "loc_axis"});
  add("Slice", "loc_sizes", {"loc_rows", "loc_2", "loc_4", "loc_axis"});
  add("Mul", "shifts", {"loc_middles", "anchor_scales"});
  add("Add", "middles", {"shifts", "anchor_middles"});
  add("Mul", "exponents", {"loc_sizes", "anchor_powers"});
  add("Exp", "growths", {"exponents"});
  add("Mul", "halves", {"growths", "anchor_halves"});
  add("Sub", "firsts", {"middles", "halves"});
  add("Add", "lasts", {"middles", "halves"});
  const std::string corners = ssd.is_clipped ? "corners" : k_ssd_corners;
  onnx.add_node("Concat", corners, {"firsts", "lasts"}, corners, {OnnxWriter::integer("axis", 2)});
  if (ssd.is_clipped)
    onnx.add_node("Clip", k_ssd_corners, {corners}, k_ssd_corners,
                  {OnnxWriter::real("min", 0), OnnxWriter::real("max", 1)});
  onnx.add_output(k_ssd_corners, {1, count, 4});
}

} // namespace

MxSsd translate_mxnet_ssd(const MxSymbol& symbol, std::span<const MxArray> weights, int width,
                          int height, const std::string& name, MxSsdEnd end) {
  const MxHeads heads = find_mx_heads(symbol, name);
  std::vector<char> is_computed(symbol.nodes.size());
  mark_mx_needed(symbol, heads.classes, is_computed);
  mark_mx_needed(symbol, heads.boxes, is_computed);
  MxLayers layers(symbol, weights, {1, 3, height, width}, name);
  layers.translate(is_computed);

  MxSsd ssd;
  take_detection(symbol, name, ssd);
  collect_anchors(symbol, heads.anchors, layers, name, ssd.anchors);
  const auto count = static_cast<std::int64_t>(ssd.anchors.size());
  const auto& classes = layers.shape(heads.classes);
  const auto& boxes = layers.shape(heads.boxes);
  if (classes.size() != 3 || classes[2] != count || classes[1] < 2)
    fail(name, "classes are " + mx_shape_text(classes) + ", and there are " +
                   std::to_string(count) + " anchors");
  if (boxes.size() != 2 || boxes[1] != 4 * count)
    fail(name, "boxes are " + mx_shape_text(boxes) + ", and there are " + std::to_string(count) +
                   " anchors");
  ssd.classes = classes[1] - 1;
  if (end == MxSsdEnd::boxes) {
    append_boxes(layers, heads, ssd);
    ssd.onnx = layers.finish({}, k_opset);
  } else {
    ssd.onnx = layers.finish({{heads.classes, k_ssd_classes}, {heads.boxes, k_ssd_boxes}}, k_opset);
  }
  return ssd;
}

} // namespace mlopsctl::formats
