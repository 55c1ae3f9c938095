// SPDX-License-Identifier: Apache-2.0
// Field numbers: onnx.proto (ModelProto, GraphProto, ValueInfoProto, TypeProto, TensorProto); wire
// format: Protocol Buffers "Encoding". Tensor data are stepped over, so even a large file takes
// microseconds.
#include "inference/onnx_outline.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace mlopsctl::inference {
namespace {

/// What went wrong below; read_onnx_outline adds the place.
struct Broken {
  bool is_cut = false; ///< a length that points behind the end: the file stops early
};

struct Field {
  std::uint32_t number = 0;
  std::uint32_t type = 0;  ///< 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes
  std::uint64_t value = 0; ///< varint
  std::string_view bytes;  ///< length-delimited
};

/// Walks the fields of one message.
class Fields {
public:
  explicit Fields(std::string_view message) : rest_(message) {}

  bool next(Field& field) {
    if (rest_.empty())
      return false;
    const std::uint64_t key = varint();
    field.number = static_cast<std::uint32_t>(key >> 3);
    field.type = static_cast<std::uint32_t>(key & 7);
    if (field.number == 0 || key >> 32 != 0)
      throw Broken{};
    switch (field.type) {
    case 0: field.value = varint(); break;
    case 1: field.bytes = take(8); break;
    case 2: field.bytes = take(varint()); break;
    case 5: field.bytes = take(4); break;
    default: throw Broken{}; // groups: not in ONNX
    }
    return true;
  }

private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(take(1).front());
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80)
        return value;
    }
    throw Broken{};
  }
  std::string_view take(std::uint64_t length) {
    if (length > rest_.size())
      throw Broken{true};
    const auto taken = rest_.substr(0, static_cast<std::size_t>(length));
    rest_.remove_prefix(static_cast<std::size_t>(length));
    return taken;
  }

  std::string_view rest_;
};

/// Calls \p visit with each length-delimited field \p number of \p message.
template <class Visit> void each(std::string_view message, std::uint32_t number, Visit visit) {
  Fields fields(message);
  for (Field field; fields.next(field);)
    if (field.number == number && field.type == 2)
      visit(field.bytes);
}

std::int64_t dimension(std::string_view message) {
  std::int64_t size = -1; // dim_param, or nothing: not fixed
  Fields fields(message);
  for (Field field; fields.next(field);)
    if (field.number == 1 && field.type == 0) // dim_value
      size = static_cast<std::int64_t>(field.value);
  return size > 0 ? size : -1;
}

TensorInfo value_info(std::string_view message) {
  TensorInfo info;
  each(message, 1, [&](std::string_view name) { info.name = name; });
  each(message, 2, [&](std::string_view type) {
    each(type, 1, [&](std::string_view tensor) {
      each(tensor, 2, [&](std::string_view shape) {
        each(shape, 1, [&](std::string_view size) { info.shape.push_back(dimension(size)); });
      });
    });
  });
  return info;
}

struct Initializer {
  std::string_view name;
  bool is_external = false;
};

Initializer initializer(std::string_view message) {
  Initializer tensor;
  Fields fields(message);
  for (Field field; fields.next(field);) {
    if (field.number == 8 && field.type == 2)
      tensor.name = field.bytes;
    if (field.number == 14 && field.type == 0) // data_location
      tensor.is_external = field.value == 1;
  }
  return tensor;
}

void read_graph(std::string_view graph, OnnxOutline& outline, std::string& external) {
  std::set<std::string_view> initializers;
  Fields fields(graph);
  for (Field field; fields.next(field);) {
    if (field.type != 2)
      continue;
    if (field.number == 5) {
      const auto tensor = initializer(field.bytes);
      initializers.insert(tensor.name);
      if (tensor.is_external)
        external = tensor.name;
    } else if (field.number == 11) {
      outline.inputs.push_back(value_info(field.bytes));
    } else if (field.number == 12) {
      outline.outputs.push_back(value_info(field.bytes));
    }
  }
  std::erase_if(outline.inputs,
                [&](const TensorInfo& info) { return initializers.contains(info.name); });
}

void read_opset(std::string_view message, OnnxOutline& outline) {
  bool is_default = true;
  std::int64_t version = 0;
  Fields fields(message);
  for (Field field; fields.next(field);) {
    if (field.number == 1 && field.type == 2)
      is_default = field.bytes.empty() || field.bytes == "ai.onnx";
    if (field.number == 2 && field.type == 0)
      version = static_cast<std::int64_t>(field.value);
  }
  if (is_default)
    outline.opset = version;
}

} // namespace

OnnxOutline read_onnx_outline(std::string_view bytes, const std::string& place) {
  OnnxOutline outline;
  std::string external;
  bool has_graph = false;
  const char* hint = "export the model again, or copy the file again";
  try {
    Fields fields(bytes);
    for (Field field; fields.next(field);) {
      if (field.number == 7 && field.type == 2) {
        has_graph = true;
        read_graph(field.bytes, outline, external);
      } else if (field.number == 8 && field.type == 2) {
        read_opset(field.bytes, outline);
      }
    }
  } catch (const Broken& broken) {
    // Every ONNX file starts with ir_version (field 1, varint); a cut one still does.
    if (broken.is_cut && bytes.size() > 1 && bytes[0] == '\x08' && bytes[1] > 0 && bytes[1] < 32)
      throw Error(Fault::input,
                  place + ": the ONNX file stops early, after " + std::to_string(bytes.size()) +
                      " bytes",
                  hint);
    throw Error(Fault::input, place + ": this is no ONNX file", hint);
  }
  if (!has_graph || outline.outputs.empty() || outline.inputs.empty())
    throw Error(Fault::input, place + ": this is no ONNX file with a graph, inputs and outputs",
                hint);
  if (!external.empty())
    throw Error(Fault::input,
                place + ": the weights '" + external + "' are in another file (external data)",
                "save the model as one file: onnx.save_model(model, path)");
  return outline;
}

} // namespace mlopsctl::inference
