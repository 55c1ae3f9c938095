// SPDX-License-Identifier: Apache-2.0
#include "formats/model/onnx_writer.hpp"

#include "core/version.hpp"

#include <cstring>

namespace mlopsctl::formats {
namespace {

constexpr std::int64_t k_ir_version = 7; // of ONNX 1.7 to 1.9, opset 12
constexpr std::uint64_t k_float32 = 1;   // TensorProto.DataType
constexpr std::uint64_t k_int64 = 7;
constexpr std::uint64_t k_attribute_float = 1; // AttributeProto.AttributeType
constexpr std::uint64_t k_attribute_int = 2;
constexpr std::uint64_t k_attribute_ints = 7;

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7U)
    out += static_cast<char>(static_cast<unsigned char>(value | 0x80U));
  out += static_cast<char>(static_cast<unsigned char>(value));
}
void append_integer(std::string& out, std::uint32_t field, std::uint64_t value) {
  append_varint(out, std::uint64_t{field} << 3U);
  append_varint(out, value);
}
void append_bytes(std::string& out, std::uint32_t field, std::string_view bytes) {
  append_varint(out, std::uint64_t{field} << 3U | 2U);
  append_varint(out, bytes.size());
  out += bytes;
}
void append_float(std::string& out, std::uint32_t field, float value) {
  append_varint(out, std::uint64_t{field} << 3U | 5U);
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

/// ValueInfoProto.
std::string tensor_info(const std::string& name, const std::vector<std::int64_t>& shape) {
  std::string sizes;
  for (const auto size : shape) {
    std::string axis;
    if (size < 0)
      append_bytes(axis, 2, "batch"); // dim_param
    else
      append_integer(axis, 1, static_cast<std::uint64_t>(size));
    append_bytes(sizes, 1, axis);
  }
  std::string tensor;
  append_integer(tensor, 1, k_float32);
  append_bytes(tensor, 2, sizes);
  std::string type;
  append_bytes(type, 1, tensor);
  std::string info;
  append_bytes(info, 1, name);
  append_bytes(info, 2, type);
  return info;
}

/// TensorProto, as GraphProto.initializer.
void append_tensor(std::string& out, const std::string& name,
                   const std::vector<std::int64_t>& shape, std::uint64_t type,
                   std::string_view bytes) {
  std::string head;
  for (const auto size : shape)
    append_integer(head, 1, static_cast<std::uint64_t>(size));
  append_integer(head, 2, type);
  append_bytes(head, 8, name);
  append_varint(head, 9U << 3U | 2U); // raw_data, not copied twice
  append_varint(head, bytes.size());
  append_varint(out, 5U << 3U | 2U);
  append_varint(out, head.size() + bytes.size());
  (out += head) += bytes;
}

std::string attribute_proto(const OnnxWriter::Attribute& attribute) {
  using Kind = OnnxWriter::Attribute::Kind;
  std::string out;
  append_bytes(out, 1, attribute.name);
  switch (attribute.kind) {
  case Kind::real:
    append_float(out, 2, attribute.real);
    append_integer(out, 20, k_attribute_float);
    break;
  case Kind::integer:
    append_integer(out, 3, static_cast<std::uint64_t>(attribute.integer));
    append_integer(out, 20, k_attribute_int);
    break;
  case Kind::integers:
    for (const auto value : attribute.integers)
      append_integer(out, 8, static_cast<std::uint64_t>(value));
    append_integer(out, 20, k_attribute_ints);
    break;
  }
  return out;
}

} // namespace

OnnxWriter::Attribute OnnxWriter::integer(std::string name, std::int64_t value) {
  return {std::move(name), Attribute::Kind::integer, value, 0, {}};
}
OnnxWriter::Attribute OnnxWriter::real(std::string name, float value) {
  return {std::move(name), Attribute::Kind::real, 0, value, {}};
}
OnnxWriter::Attribute OnnxWriter::integers(std::string name, std::vector<std::int64_t> values) {
  return {std::move(name), Attribute::Kind::integers, 0, 0, std::move(values)};
}

void OnnxWriter::add_input(const std::string& name, const std::vector<std::int64_t>& shape) {
  append_bytes(inputs_, 11, tensor_info(name, shape));
}
void OnnxWriter::add_output(const std::string& name, const std::vector<std::int64_t>& shape) {
  append_bytes(outputs_, 12, tensor_info(name, shape));
}
void OnnxWriter::add_weights(const std::string& name, const std::vector<std::int64_t>& shape,
                             std::span<const float> values) {
  append_tensor(weights_, name, shape, k_float32,
                {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}
void OnnxWriter::add_integers(const std::string& name, std::span<const std::int64_t> values) {
  append_tensor(weights_, name, {static_cast<std::int64_t>(values.size())}, k_int64,
                {reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

void OnnxWriter::add_node(const std::string& op, const std::string& name,
                          const std::vector<std::string>& inputs, const std::string& output,
                          const std::vector<Attribute>& attributes) {
  std::string node;
  for (const auto& input : inputs)
    append_bytes(node, 1, input);
  append_bytes(node, 2, output);
  append_bytes(node, 3, name);
  append_bytes(node, 4, op);
  for (const auto& attribute : attributes)
    append_bytes(node, 5, attribute_proto(attribute));
  append_bytes(nodes_, 1, node);
}

std::string OnnxWriter::finish(const std::string& graph_name, std::int64_t opset) const {
  std::string name;
  append_bytes(name, 2, graph_name);
  std::string model;
  append_integer(model, 1, k_ir_version);
  append_bytes(model, 2, "mlopsctl");
  append_bytes(model, 3, k_version);
  append_varint(model, 7U << 3U | 2U);
  append_varint(model,
                nodes_.size() + name.size() + weights_.size() + inputs_.size() + outputs_.size());
  (((((model += nodes_) += name) += weights_) += inputs_) += outputs_);
  std::string operators;
  append_integer(operators, 2, static_cast<std::uint64_t>(opset)); // the domain is ONNX's own
  append_bytes(model, 8, operators);
  return model;
}

} // namespace mlopsctl::formats
