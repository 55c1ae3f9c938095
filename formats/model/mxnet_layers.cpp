// SPDX-License-Identifier: Apache-2.0
// Meanings from MXNet 1.7, src/operator/nn/*-inl.h and src/operator/tensor/matrix_op-inl.h.
#include "formats/model/mxnet_layers.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "formats/model/mxnet_ssd.hpp"

#include <algorithm>
#include <numeric>

namespace mlopsctl::formats {
namespace {

constexpr std::int64_t k_max_side = 1 << 20;
constexpr std::int64_t k_max_elements = std::int64_t{1} << 31;

std::int64_t elements(const MxShape& shape, const std::string& where) {
  std::int64_t count = 1;
  for (const auto size : shape) {
    if (size < 1 || count > k_max_elements / size)
      throw Error(Fault::input, where + ": shape " + mx_shape_text(shape) +
                                    " is empty, or larger than 2^31 numbers");
    count *= size;
  }
  return count;
}

using Attribute = OnnxWriter::Attribute;

/// MXNet pads all four sides alike; ONNX wants begins, then ends.
std::vector<std::int64_t> both_ends(const std::vector<std::int64_t>& pad) {
  return {pad[0], pad[1], pad[0], pad[1]};
}

} // namespace

std::string mx_shape_text(const MxShape& shape) {
  std::vector<std::string> sizes;
  for (const auto size : shape)
    sizes.push_back(std::to_string(size));
  return shape.empty() ? "a single number" : join(sizes, "x");
}

/// A node while it is translated.
struct MxLayers::Layer {
  std::size_t index;
  const MxNode& node;
  std::string where;
  const MxLayers& all;

  [[noreturn]] void fail(const std::string& text) const {
    throw Error(Fault::input, where + ": " + text);
  }
  const MxShape& input(std::size_t i) const {
    if (i >= node.inputs.size())
      fail("has " + std::to_string(node.inputs.size()) + " inputs");
    return all.shape(node.inputs[i].node);
  }
  /// N x C x H x W.
  const MxShape& picture() const {
    if (input(0).size() != 4)
      fail("its input is " + mx_shape_text(input(0)) + ", not a picture of features");
    return input(0);
  }
  std::string text(const char* key, const char* fallback) const {
    const auto found = node.attributes.find(key);
    return found == node.attributes.end() ? fallback : found->second;
  }
  std::vector<std::int64_t> pair(const char* key, const char* fallback) const {
    const auto values = mx_integers(text(key, fallback), where + ": " + key);
    if (values.empty()) // "()": the default
      return mx_integers(fallback, where);
    if (values.size() != 2 || values[0] < 0 || values[1] < 0 || values[0] > k_max_side ||
        values[1] > k_max_side)
      fail(std::string(key) + " '" + printable(text(key, fallback)) + "' is not two sizes");
    return values;
  }
  std::int64_t integer(const char* key, const char* fallback) const {
    const auto values = mx_integers(text(key, fallback), where + ": " + key);
    if (values.size() != 1)
      fail(std::string(key) + " '" + printable(text(key, fallback)) + "' is not one number");
    return values[0];
  }
  bool boolean(const char* key, const char* fallback) const {
    return mx_boolean(text(key, fallback), where + ": " + key);
  }
  float number(const char* key, const char* fallback) const {
    const auto values = mx_numbers(text(key, fallback), where + ": " + key);
    if (values.size() != 1)
      fail(std::string(key) + " is not one number");
    return static_cast<float>(values[0]);
  }
};

MxLayers::MxLayers(const MxSymbol& symbol, std::span<const MxArray> weights, MxShape input,
                   const std::string& name)
    : symbol_(symbol), input_shape_(std::move(input)), name_(name), shapes_(symbol.nodes.size()),
      tensors_(symbol.nodes.size()), is_written_(symbol.nodes.size()) {
  for (const auto& array : weights)
    weights_[array.name] = &array;
}

const MxShape& MxLayers::shape(std::size_t node) const {
  if (shapes_[node].empty())
    throw Error(Fault::input, name_ + ": node '" + printable(symbol_.nodes[node].name) +
                                  "' is used for its shape, and nothing computes it");
  return shapes_[node];
}

const std::map<std::string, MxLayers::Translate, std::less<>>& MxLayers::table() {
  static const std::map<std::string, Translate, std::less<>> k_table{
      {"Convolution", &MxLayers::convolution},
      {"BatchNorm", &MxLayers::batch_norm},
      {"Activation", &MxLayers::activation},
      {"relu", &MxLayers::activation},
      {"LeakyReLU", &MxLayers::leaky},
      {"Pooling", &MxLayers::pooling},
      {"Flatten", &MxLayers::flatten},
      {"flatten", &MxLayers::flatten},
      {"transpose", &MxLayers::transpose},
      {"Concat", &MxLayers::concat},
      {"concat", &MxLayers::concat},
      {"Reshape", &MxLayers::reshape},
      {"reshape", &MxLayers::reshape},
      {"elemwise_add", &MxLayers::add},
      {"_plus", &MxLayers::add},
      {"_Plus", &MxLayers::add},
      {"broadcast_add", &MxLayers::add},
      {"elemwise_mul", &MxLayers::multiply},
      {"_mul", &MxLayers::multiply},
      {"broadcast_mul", &MxLayers::multiply},
      {"L2Normalization", &MxLayers::l2_normalization},
      {"_copy", &MxLayers::pass},
      {"identity", &MxLayers::pass},
      {"BlockGrad", &MxLayers::pass},
      {"Dropout", &MxLayers::pass}, // at inference
  };
  return k_table;
}

void MxLayers::translate(const std::vector<char>& is_needed) {
  for (std::size_t i = 0; i < symbol_.nodes.size(); ++i) {
    if (!is_needed[i])
      continue;
    const MxNode& node = symbol_.nodes[i];
    if (node.is_variable()) {
      variable(i);
      continue;
    }
    const Layer layer{i, node, name_ + ": node '" + printable(node.name) + "'", *this};
    const auto found = table().find(node.op);
    if (found == table().end())
      layer.fail("its operator " + printable(node.op) + " is not translated");
    for (std::size_t k = 0; k < node.inputs.size(); ++k)
      if (node.inputs[k].output != 0)
        layer.fail("takes output " + std::to_string(node.inputs[k].output) + " of '" +
                   printable(symbol_.nodes[node.inputs[k].node].name) + "', only 0 is computed");
    (this->*found->second)(layer);
  }
}

void MxLayers::variable(std::size_t index) {
  const std::string& name = symbol_.nodes[index].name;
  tensors_[index] = name;
  const auto array = weights_.find(name);
  if (array != weights_.end()) {
    shapes_[index] = array->second->shape;
    return;
  }
  if (name != k_ssd_input)
    throw Error(Fault::input,
                name_ + ": the weights of '" + printable(name) + "' are not in the .params file",
                "are the two files of the same training?");
  shapes_[index] = input_shape_;
  onnx_.add_input(k_ssd_input, input_shape_);
}

/// Only weights that a layer takes get into the file, with the shape that it needs.
void MxLayers::use_weights(const Layer& layer, std::size_t input, const MxShape& expected,
                           bool is_ones) {
  if (layer.input(input) != expected)
    layer.fail("weights '" + printable(symbol_.nodes[layer.node.inputs[input].node].name) +
               "' are " + mx_shape_text(layer.input(input)) + ", the graph needs " +
               mx_shape_text(expected));
  const std::size_t node = layer.node.inputs[input].node;
  if (!symbol_.nodes[node].is_variable() || is_written_[node])
    return;
  is_written_[node] = 1;
  const MxArray& array = *weights_.find(tensors_[node])->second;
  if (is_ones)
    onnx_.add_weights(tensors_[node], expected,
                      std::vector<float>(static_cast<std::size_t>(array.count()), 1.0F));
  else
    onnx_.add_weights(tensors_[node], expected, mx_floats(array, name_));
}

void MxLayers::emit(const Layer& layer, const std::string& op, MxShape shape,
                    const std::vector<Attribute>& attributes) {
  elements(shape, layer.where);
  std::vector<std::string> inputs;
  for (const auto& input : layer.node.inputs)
    inputs.push_back(tensors_[input.node]);
  // A name of its own: graphs may call two nodes alike.
  tensors_[layer.index] = layer.node.name + "/" + std::to_string(layer.index);
  onnx_.add_node(op, layer.node.name, inputs, tensors_[layer.index], attributes);
  shapes_[layer.index] = std::move(shape);
}

void MxLayers::pass(const Layer& layer) {
  shapes_[layer.index] = layer.input(0);
  tensors_[layer.index] = tensors_[layer.node.inputs[0].node];
}

void MxLayers::convolution(const Layer& layer) {
  const MxShape& in = layer.picture();
  const auto kernel = layer.pair("kernel", "(1, 1)");
  const auto stride = layer.pair("stride", "(1, 1)");
  const auto pad = layer.pair("pad", "(0, 0)");
  const auto dilate = layer.pair("dilate", "(1, 1)");
  const auto filters = layer.integer("num_filter", "0");
  const auto groups = layer.integer("num_group", "1");
  if (filters < 1 || groups < 1 || in[1] % groups != 0 || filters % groups != 0)
    layer.fail(std::to_string(filters) + " filters in " + std::to_string(groups) +
               " groups do not fit " + mx_shape_text(in));
  MxShape out{in[0], filters};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t window = dilate[axis] * (kernel[axis] - 1) + 1;
    const std::int64_t room = in[axis + 2] + 2 * pad[axis] - window;
    if (stride[axis] < 1 || kernel[axis] < 1 || room < 0)
      layer.fail("a window of " + std::to_string(window) + " does not fit " + mx_shape_text(in));
    out.push_back(room / stride[axis] + 1);
  }
  use_weights(layer, 1, {filters, in[1] / groups, kernel[0], kernel[1]});
  if (!layer.boolean("no_bias", "False"))
    use_weights(layer, 2, {filters});
  emit(layer, "Conv", std::move(out),
       {OnnxWriter::integers("kernel_shape", kernel), OnnxWriter::integers("strides", stride),
        OnnxWriter::integers("pads", both_ends(pad)), OnnxWriter::integers("dilations", dilate),
        OnnxWriter::integer("group", groups)});
}

/// Trap: fix_gamma is True where the file does not say, and then gamma is 1 whatever is stored.
void MxLayers::batch_norm(const Layer& layer) {
  const MxShape in = layer.picture();
  if (layer.node.inputs.size() != 5 || layer.integer("axis", "1") != 1)
    layer.fail("is no batch normalisation over channels with five inputs");
  for (std::size_t input = 1; input < 5; ++input)
    use_weights(layer, input, {in[1]}, input == 1 && layer.boolean("fix_gamma", "True"));
  emit(layer, "BatchNormalization", in,
       {OnnxWriter::real("epsilon", layer.number("eps", "0.001"))});
}

void MxLayers::activation(const Layer& layer) {
  static const std::map<std::string, std::string> k_kinds{{"relu", "Relu"},
                                                          {"sigmoid", "Sigmoid"},
                                                          {"tanh", "Tanh"},
                                                          {"softrelu", "Softplus"},
                                                          {"softsign", "Softsign"}};
  const std::string kind = layer.text("act_type", "relu");
  const auto found = k_kinds.find(kind);
  if (found == k_kinds.end())
    layer.fail("act_type '" + printable(kind) + "' is not translated");
  emit(layer, found->second, layer.input(0));
}

void MxLayers::leaky(const Layer& layer) {
  const std::string kind = layer.text("act_type", "leaky");
  const auto alpha = [&] { return OnnxWriter::real("alpha", layer.number("slope", "0.25")); };
  if (kind == "leaky")
    return emit(layer, "LeakyRelu", layer.input(0), {alpha()});
  if (kind == "elu")
    return emit(layer, "Elu", layer.input(0), {alpha()});
  layer.fail("act_type '" + printable(kind) + "' is not translated");
}

void MxLayers::pooling(const Layer& layer) {
  const MxShape in = layer.picture();
  const std::string type = layer.text("pool_type", "max");
  if (type != "max" && type != "avg")
    layer.fail("pool_type '" + printable(type) + "' is not translated");
  const bool is_max = type == "max";
  if (layer.boolean("global_pool", "False"))
    return emit(layer, is_max ? "GlobalMaxPool" : "GlobalAveragePool", {in[0], in[1], 1, 1});
  const auto kernel = layer.pair("kernel", "(1, 1)");
  const auto stride = layer.pair("stride", "(1, 1)"); // not the kernel
  const auto pad = layer.pair("pad", "(0, 0)");
  const bool is_full = layer.text("pooling_convention", "valid") == "full";
  MxShape out{in[0], in[1]};
  for (std::size_t axis = 0; axis < 2; ++axis) {
    const std::int64_t room = in[axis + 2] + 2 * pad[axis] - kernel[axis];
    if (stride[axis] < 1 || kernel[axis] < 1 || room < 0)
      layer.fail("a window of " + std::to_string(kernel[axis]) + " does not fit " +
                 mx_shape_text(in));
    const std::int64_t count = (room + (is_full ? stride[axis] - 1 : 0)) / stride[axis] + 1;
    // ONNX leaves a last window out that would begin in the padding; MXNet does not.
    if (is_full && (count - 1) * stride[axis] >= in[axis + 2] + pad[axis])
      layer.fail("its last window lies in the padding, which is not translated");
    out.push_back(count);
  }
  std::vector<Attribute> attributes{OnnxWriter::integers("kernel_shape", kernel),
                                    OnnxWriter::integers("strides", stride),
                                    OnnxWriter::integers("pads", both_ends(pad)),
                                    OnnxWriter::integer("ceil_mode", is_full ? 1 : 0)};
  if (!is_max)
    attributes.push_back(OnnxWriter::integer("count_include_pad",
                                             layer.boolean("count_include_pad", "True") ? 1 : 0));
  emit(layer, is_max ? "MaxPool" : "AveragePool", std::move(out), attributes);
}

void MxLayers::flatten(const Layer& layer) {
  const MxShape in = layer.input(0);
  emit(layer, "Flatten", {in[0], elements(in, layer.where) / in[0]},
       {OnnxWriter::integer("axis", 1)});
}

void MxLayers::transpose(const Layer& layer) {
  const MxShape in = layer.input(0);
  auto axes = mx_integers(layer.text("axes", "()"), layer.where + ": axes");
  if (axes.empty()) { // the reverse
    axes.resize(in.size());
    std::iota(axes.rbegin(), axes.rend(), 0);
  }
  auto sorted = axes;
  std::sort(sorted.begin(), sorted.end());
  MxShape out;
  for (std::size_t i = 0; i < axes.size(); ++i) {
    if (axes.size() != in.size() || sorted[i] != static_cast<std::int64_t>(i))
      layer.fail("axes '" + printable(layer.text("axes", "()")) + "' do not fit " +
                 mx_shape_text(in));
    out.push_back(in[static_cast<std::size_t>(axes[i])]);
  }
  emit(layer, "Transpose", std::move(out), {OnnxWriter::integers("perm", axes)});
}

void MxLayers::concat(const Layer& layer) {
  MxShape out = layer.input(0);
  const auto axis = layer.integer("dim", "1");
  if (axis < 0 || axis >= static_cast<std::int64_t>(out.size()))
    layer.fail("dim " + std::to_string(axis) + " does not fit " + mx_shape_text(out));
  const auto joined = static_cast<std::size_t>(axis);
  for (std::size_t i = 1; i < layer.node.inputs.size(); ++i) {
    MxShape other = layer.input(i);
    const std::int64_t size = joined < other.size() ? other[joined] : 0;
    if (joined < other.size())
      other[joined] = out[joined];
    if (other != out)
      layer.fail("joins " + mx_shape_text(layer.input(0)) + " and " +
                 mx_shape_text(layer.input(i)));
    out[joined] += size;
  }
  emit(layer, "Concat", std::move(out), {OnnxWriter::integer("axis", axis)});
}

/// Codes 0 (copy), -1 (the rest) and sizes; ONNX has the same.
void MxLayers::reshape(const Layer& layer) {
  const MxShape in = layer.input(0);
  const auto codes = mx_integers(layer.text("shape", "()"), layer.where + ": shape");
  const auto is_known = [](std::int64_t code) { return code >= -1; };
  if (codes.empty() || layer.boolean("reverse", "False") ||
      !std::all_of(codes.begin(), codes.end(), is_known) ||
      std::count(codes.begin(), codes.end(), -1) > 1)
    layer.fail("shape '" + printable(layer.text("shape", "()")) + "' is not translated");
  MxShape out = codes;
  for (std::size_t i = 0; i < out.size(); ++i)
    if (out[i] == 0) {
      if (i >= in.size())
        layer.fail("copies size " + std::to_string(i) + " of " + mx_shape_text(in));
      out[i] = in[i];
    }
  const std::int64_t count = elements(in, layer.where);
  std::int64_t known = 1;
  for (const auto size : out)
    if (size > 0) {
      if (known > k_max_elements / size)
        layer.fail("shape '" + printable(layer.text("shape", "()")) + "' is too large");
      known *= size;
    }
  std::replace(out.begin(), out.end(), std::int64_t{-1}, count / known);
  if (elements(out, layer.where) != count)
    layer.fail(mx_shape_text(in) + " does not become '" + printable(layer.text("shape", "()")) +
               "'");
  const std::string tensor = layer.node.name + "/" + std::to_string(layer.index);
  onnx_.add_integers(tensor + "/shape", codes);
  onnx_.add_node("Reshape", layer.node.name,
                 {tensors_[layer.node.inputs[0].node], tensor + "/shape"}, tensor);
  tensors_[layer.index] = tensor;
  shapes_[layer.index] = std::move(out);
}

void MxLayers::binary(const Layer& layer, const std::string& op) {
  if (layer.node.inputs.size() != 2)
    layer.fail("has " + std::to_string(layer.node.inputs.size()) + " inputs, not 2");
  const MxShape a = layer.input(0);
  const MxShape b = layer.input(1);
  bool fits = a.size() == b.size();
  for (std::size_t i = 0; fits && i < a.size(); ++i)
    fits = a[i] == b[i] || b[i] == 1;
  if (!fits)
    layer.fail(mx_shape_text(a) + " and " + mx_shape_text(b) + " do not meet");
  if (symbol_.nodes[layer.node.inputs[1].node].is_variable()) // a scale
    use_weights(layer, 1, b);
  emit(layer, op, a);
}

void MxLayers::add(const Layer& layer) {
  binary(layer, "Add");
}
void MxLayers::multiply(const Layer& layer) {
  binary(layer, "Mul");
}

/// x / sqrt(sum over channels of x^2 + eps): eps inside the root, so not ONNX's LpNormalization.
void MxLayers::l2_normalization(const Layer& layer) {
  const MxShape in = layer.picture();
  if (layer.text("mode", "instance") != "channel")
    layer.fail("mode '" + printable(layer.text("mode", "instance")) + "' is not translated");
  const std::string from = tensors_[layer.node.inputs[0].node];
  const std::string tensor = layer.node.name + "/" + std::to_string(layer.index);
  const float eps = layer.number("eps", "1e-10");
  onnx_.add_weights(tensor + "/eps", {1}, {&eps, 1});
  onnx_.add_node("Mul", tensor + "/square", {from, from}, tensor + "/square");
  onnx_.add_node("ReduceSum", tensor + "/sum", {tensor + "/square"}, tensor + "/sum",
                 {OnnxWriter::integers("axes", {1}), OnnxWriter::integer("keepdims", 1)});
  onnx_.add_node("Add", tensor + "/above-zero", {tensor + "/sum", tensor + "/eps"},
                 tensor + "/above-zero");
  onnx_.add_node("Sqrt", tensor + "/norm", {tensor + "/above-zero"}, tensor + "/norm");
  onnx_.add_node("Div", layer.node.name, {from, tensor + "/norm"}, tensor);
  tensors_[layer.index] = tensor;
  shapes_[layer.index] = in;
}

std::string MxLayers::finish(const std::vector<std::pair<std::size_t, std::string>>& outputs,
                             std::int64_t opset) {
  for (const auto& [node, name] : outputs) {
    // One more node gives the name, without a layer that engines read badly.
    const auto size = shape(node).size();
    std::vector<std::int64_t> axes(size);
    std::iota(axes.begin(), axes.end(), 0);
    onnx_.add_node("Transpose", name, {tensors_[node]}, name, {OnnxWriter::integers("perm", axes)});
    onnx_.add_output(name, shape(node));
  }
  return onnx_.finish("ssd", opset);
}

} // namespace mlopsctl::formats
