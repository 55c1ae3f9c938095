// SPDX-License-Identifier: Apache-2.0
// Field numbers: onnx/onnx.proto (ONNX 1.12; they never change).
#include "formats/model/onnx.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "formats/model/protobuf_wire.hpp"

#include <array>
#include <set>
#include <unordered_set>

namespace mlopsctl::formats {
namespace {

constexpr std::uint64_t k_max_file_bytes = (std::uint64_t{1} << 31) - 1; // protobuf's own limit
constexpr int k_max_depth = 32;                                          // of graphs in graphs
constexpr std::size_t k_max_tensors = 4096;                              // inputs, outputs
constexpr std::size_t k_max_initializers = 4'000'000;
constexpr std::size_t k_max_operators = 4096; // different ones
constexpr std::size_t k_max_metadata = 4096;
constexpr std::size_t k_max_axes = 64;
constexpr std::size_t k_max_text_bytes = std::size_t{1} << 20;

std::string type_name(std::int64_t type) {
  static constexpr std::array<std::string_view, 17> names{
      "undefined", "float32", "uint8",     "int8",       "uint16",  "int16",
      "int32",     "int64",   "string",    "bool",       "float16", "float64",
      "uint32",    "uint64",  "complex64", "complex128", "bfloat16"};
  if (type >= 0 && type < static_cast<std::int64_t>(names.size()))
    return std::string(names.at(static_cast<std::size_t>(type)));
  return "type " + std::to_string(type);
}

std::string bounded_text(const WireReader& field) {
  if (field.bytes().size() > k_max_text_bytes)
    field.fail("ends a text of more than " + bytes_for_people(k_max_text_bytes));
  return field.text();
}

std::pair<std::string, std::string> read_entry(WireReader entry) {
  std::pair<std::string, std::string> out;
  while (entry.next()) {
    if (entry.number() == 1)
      out.first = bounded_text(entry);
    else if (entry.number() == 2)
      out.second = bounded_text(entry);
  }
  return out;
}

OnnxAxis read_axis(WireReader axis) {
  OnnxAxis out;
  while (axis.next()) {
    if (axis.number() == 1)
      out.size = axis.integer();
    else if (axis.number() == 2)
      out.symbol = bounded_text(axis);
  }
  if (out.size && *out.size <= 0) // some exporters write 0 or -1 for "any"
    out.size.reset();
  return out;
}

void read_shape(WireReader shape, OnnxTensor& tensor) {
  tensor.has_shape = true;
  while (shape.next()) {
    if (shape.number() != 1)
      continue;
    if (tensor.shape.size() == k_max_axes)
      shape.fail("ends one axis too many");
    tensor.shape.push_back(read_axis(shape.message()));
  }
}

void read_type(WireReader type, OnnxTensor& tensor) {
  while (type.next()) {
    if (type.number() != 1) { // sequences, maps, optionals
      tensor.type = type.is_integer() ? tensor.type : "not a tensor";
      continue;
    }
    WireReader inner = type.message();
    while (inner.next()) {
      if (inner.number() == 1)
        tensor.type = type_name(inner.integer());
      else if (inner.number() == 2)
        read_shape(inner.message(), tensor);
    }
  }
}

OnnxTensor read_tensor(WireReader info) {
  OnnxTensor tensor;
  while (info.next()) {
    if (info.number() == 1)
      tensor.name = bounded_text(info);
    else if (info.number() == 2)
      read_type(info.message(), tensor);
  }
  return tensor;
}

/// Fills an OnnxModel from the messages of one file.
class ModelBuilder {
public:
  void read_model(WireReader model) {
    while (model.next()) {
      switch (model.number()) {
      case 1: out.ir_version = model.integer(); break;
      case 2: producer_ = bounded_text(model); break;
      case 3: producer_version_ = bounded_text(model); break;
      case 7:
        has_graph = true;
        read_graph(model.message(), 0);
        break;
      case 8: read_opset(model.message()); break;
      case 14:
        if (out.metadata.size() == k_max_metadata)
          model.fail("ends one metadata entry too many");
        out.metadata.push_back(read_entry(model.message()));
        break;
      default: break;
      }
    }
    out.producer = producer_version_.empty() ? producer_ : producer_ + " " + producer_version_;
    out.external_files.assign(external_.begin(), external_.end());
  }

  OnnxModel out;
  bool has_graph = false;

private:
  void read_opset(WireReader opset) {
    std::string domain;
    std::int64_t version = 0;
    while (opset.next()) {
      if (opset.number() == 1)
        domain = bounded_text(opset);
      else if (opset.number() == 2)
        version = opset.integer();
    }
    if (out.opsets.size() < k_max_metadata)
      out.opsets[domain] = version;
  }

  void read_graph(WireReader graph, int depth) {
    if (depth > k_max_depth)
      graph.fail("starts a graph nested more than " + std::to_string(k_max_depth) + " deep");
    std::vector<OnnxTensor> inputs;
    std::unordered_set<std::string_view> initializers;
    while (graph.next()) {
      switch (graph.number()) {
      case 1: read_node(graph.message(), depth); break;
      case 5:
        if (initializers.size() == k_max_initializers)
          graph.fail("ends one initializer too many");
        initializers.insert(read_initializer(graph.message(), true));
        break;
      case 11: add(graph, inputs); break;
      case 12:
        if (depth == 0)
          add(graph, out.outputs);
        break;
      default: break;
      }
    }
    for (auto& input : inputs)
      if (depth == 0 &&
          !initializers.contains(input.name)) // IR < 4 lists the weights as inputs too
        out.inputs.push_back(std::move(input));
  }

  void add(const WireReader& graph, std::vector<OnnxTensor>& list) const {
    if (list.size() == k_max_initializers ||
        (&list == &out.outputs && list.size() == k_max_tensors))
      graph.fail("ends one input or output too many");
    list.push_back(read_tensor(graph.message()));
  }

  void read_node(WireReader node, int depth) {
    ++out.nodes;
    while (node.next()) {
      if (node.number() == 4)
        count_operator(node);
      else if (node.number() == 5)
        read_attribute(node.message(), depth);
    }
  }
  void count_operator(const WireReader& node) {
    const auto type = bounded_text(node);
    if (out.operators.size() == k_max_operators && !out.operators.contains(type))
      node.fail("ends one operator type too many");
    ++out.operators[type];
  }
  void read_attribute(WireReader attribute, int depth) {
    while (attribute.next()) {
      const auto number = attribute.number();
      if (number == 5 || number == 10)
        read_initializer(attribute.message(), false);
      else if (number == 6 || number == 11)
        read_graph(attribute.message(), depth + 1);
    }
  }

  /// \return its name.
  std::string_view read_initializer(WireReader tensor, bool is_counted) {
    std::string_view name;
    std::int64_t count = 1;
    bool is_external = false;
    std::string location;
    while (tensor.next()) {
      switch (tensor.number()) {
      case 1: count = multiply_axes(tensor, count); break;
      case 8: name = tensor.bytes(); break;
      case 13: {
        auto [key, value] = read_entry(tensor.message());
        if (key == "location")
          location = std::move(value);
        break;
      }
      case 14: is_external = tensor.integer() == 1; break;
      default: break;
      }
    }
    if (is_external && external_.size() < k_max_metadata)
      external_.insert(location);
    if (is_counted && !__builtin_add_overflow(out.parameters, count, &total_))
      out.parameters = total_;
    return name;
  }
  /// dims: one varint a field, or packed.
  std::int64_t multiply_axes(const WireReader& tensor, std::int64_t count) const {
    const auto times = [&](std::int64_t axis) {
      if (axis < 0 || __builtin_mul_overflow(count, axis, &count))
        tensor.fail("ends a weight whose shape is negative or overflows");
    };
    if (tensor.is_integer()) {
      times(tensor.integer());
      return count;
    }
    const auto packed = tensor.bytes();
    std::uint64_t value = 0;
    int shift = 0;
    for (const char c : packed) {
      const auto byte = static_cast<unsigned char>(c);
      if (shift > 56)
        tensor.fail("ends a weight whose shape overflows");
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) {
        times(static_cast<std::int64_t>(value));
        value = 0;
        shift = 0;
      }
    }
    return count;
  }

  std::string producer_;
  std::string producer_version_;
  std::set<std::string> external_;
  std::int64_t total_ = 0;
};

} // namespace

const OnnxTensor* OnnxModel::input(std::string_view name) const {
  for (const auto& tensor : inputs)
    if (tensor.name == name)
      return &tensor;
  return nullptr;
}

const std::string* OnnxModel::metadata_value(std::string_view key) const {
  for (const auto& [name, value] : metadata)
    if (name == key)
      return &value;
  return nullptr;
}

std::string shape_text(const OnnxTensor& tensor) {
  if (!tensor.has_shape)
    return "unknown shape";
  std::vector<std::string> axes;
  for (const auto& axis : tensor.shape)
    axes.push_back(axis.size             ? std::to_string(*axis.size)
                   : axis.symbol.empty() ? "?"
                                         : printable(axis.symbol));
  return axes.empty() ? "scalar" : join(axes, "x");
}

OnnxModel read_onnx(std::string_view bytes, const std::string& name) {
  if (bytes.empty())
    throw Error(Fault::input, name + ": is empty, an ONNX model was expected",
                "export or fetch it again");
  if (bytes.size() > k_max_file_bytes)
    throw Error(Fault::input,
                name + ": " + bytes_for_people(bytes.size()) + " is over ONNX's limit of 2 GiB",
                "quantize the model or export smaller weights");
  ModelBuilder builder;
  builder.read_model(WireReader(bytes, name));
  const auto& model = builder.out;
  if (!builder.has_graph || model.ir_version <= 0 || model.nodes == 0 || model.outputs.empty())
    throw Error(Fault::input,
                name + ": is not an ONNX model (" +
                    (!builder.has_graph      ? "no graph"
                     : model.ir_version <= 0 ? "no IR version"
                     : model.nodes == 0      ? "no nodes"
                                             : "no outputs") +
                    ")",
                "is this the right file?");
  if (model.inputs.size() > k_max_tensors)
    throw Error(Fault::input, name + ": has " + std::to_string(model.inputs.size()) +
                                  " inputs that are not weights");
  return std::move(builder.out);
}

} // namespace mlopsctl::formats
