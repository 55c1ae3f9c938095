// SPDX-License-Identifier: Apache-2.0
#include "formats/model/mxnet_symbol.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_max_bytes = std::size_t{64} << 20;
constexpr std::size_t k_max_nodes = 100'000;
constexpr std::size_t k_max_tuple = 1000;
constexpr std::int64_t k_first_with_states = 900; // older files leave BatchNorm's states out
constexpr std::int64_t k_first_with_attrs = 10000;

[[noreturn]] void fail(const std::string& name, const std::string& text) {
  throw Error(Fault::input, name + ": " + text, "is it the -symbol.json that MXNet wrote?");
}

std::size_t index_of(const Value& value, const std::string& name, const std::string& where) {
  if (value.kind != Value::Kind::integer || value.integer < 0)
    fail(name, where + ": a position is no number from 0 on");
  return static_cast<std::size_t>(value.integer);
}

/// [node, output] or [node, output, version].
MxInput input_of(const Value& value, std::size_t nodes_before, const std::string& name,
                 const std::string& where) {
  if (!value.is_array() || value.items.size() < 2 || value.items.size() > 3)
    fail(name, where + ": an input is not [node, output, version]");
  const MxInput input{index_of(value.items[0], name, where), index_of(value.items[1], name, where)};
  if (input.node >= nodes_before)
    fail(name, where + ": takes node " + std::to_string(input.node) + ", which is not before it");
  return input;
}

/// Of 0.8 (param), 0.9 to 0.12 (attr) and later (attrs).
void take_attributes(const Value& node, const std::string& name, const std::string& where,
                     std::map<std::string, std::string>& attributes) {
  for (const char* key : {"param", "attr", "attrs"}) {
    const Value* group = node.find(key);
    if (!group || group->is_null())
      continue;
    if (!group->is_object())
      fail(name, where + ": '" + key + "' is not an object");
    for (const auto& [attribute, value] : group->members) {
      if (!value.is_string())
        fail(name, where + ": attribute '" + printable(attribute) + "' is not a text");
      attributes[attribute] = value.string;
    }
  }
}

const Value& list(const Value& root, const char* key, const std::string& name) {
  const Value* value = root.find(key);
  if (!value || !value->is_array())
    fail(name, std::string("has no list '") + key + "'");
  return *value;
}

std::int64_t version_of(const Value& root) {
  const Value* attributes = root.find("attrs");
  const Value* version = attributes ? attributes->find("mxnet_version") : nullptr;
  if (version && version->is_array() && version->items.size() == 2 &&
      version->items[1].kind == Value::Kind::integer)
    return version->items[1].integer;
  return 800;
}

/// Files from before 0.9 do not list the states; their names follow the operator's.
void add_states(MxSymbol& symbol) {
  std::vector<MxNode> nodes;
  std::vector<std::size_t> moved;
  for (auto& node : symbol.nodes) {
    for (auto& input : node.inputs)
      input.node = moved[input.node];
    if (node.op == "BatchNorm" && node.inputs.size() == 3)
      for (const char* state : {"_moving_mean", "_moving_var"}) {
        nodes.push_back({"null", node.name + state, {}, {}});
        node.inputs.push_back({nodes.size() - 1, 0});
      }
    moved.push_back(nodes.size());
    nodes.push_back(std::move(node));
  }
  for (auto& head : symbol.heads)
    head.node = moved[head.node];
  symbol.nodes = std::move(nodes);
}

/// The words between the brackets of a tuple.
std::vector<std::string> words_of(const std::string& text, const std::string& where) {
  std::string_view inner = trim(text);
  if (inner.size() >= 2 && ((inner.front() == '(' && inner.back() == ')') ||
                            (inner.front() == '[' && inner.back() == ']')))
    inner = inner.substr(1, inner.size() - 2);
  std::vector<std::string> words;
  for (const auto& word : split(std::string(inner), ','))
    words.emplace_back(trim(word));
  if (!words.empty() && words.back().empty())
    words.pop_back(); // "(2,)" and "()"
  if (words.size() > k_max_tuple)
    throw Error(Fault::input, where + ": " + std::to_string(words.size()) + " numbers");
  return words;
}

} // namespace

std::optional<std::size_t> MxSymbol::find_op(std::string_view op) const {
  const auto found =
      std::find_if(nodes.rbegin(), nodes.rend(), [&](const MxNode& node) { return node.op == op; });
  if (found == nodes.rend())
    return std::nullopt;
  return static_cast<std::size_t>(nodes.rend() - found) - 1;
}

std::optional<std::size_t> MxSymbol::find_name(std::string_view name) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [&](const MxNode& node) { return node.name == name; });
  if (found == nodes.end())
    return std::nullopt;
  return static_cast<std::size_t>(found - nodes.begin());
}

MxSymbol read_mxnet_symbol(std::string_view json, const std::string& name) {
  if (json.size() > k_max_bytes)
    fail(name, "has " + std::to_string(json.size()) + " bytes, at most " +
                   std::to_string(k_max_bytes) + " are read");
  const Value root = parse_json(json, name);
  const Value& nodes = list(root, "nodes", name);
  if (nodes.items.empty() || nodes.items.size() > k_max_nodes)
    fail(name, "has " + std::to_string(nodes.items.size()) + " nodes, 1 to " +
                   std::to_string(k_max_nodes) + " are read");
  MxSymbol symbol;
  symbol.version = version_of(root);
  for (const auto& item : nodes.items) {
    const std::string where = "node " + std::to_string(symbol.nodes.size());
    const Value* op = item.find("op");
    const Value* node_name = item.find("name");
    if (!op || !op->is_string() || !node_name || !node_name->is_string())
      fail(name, where + ": has no 'op' or no 'name'");
    MxNode node{op->string, node_name->string, {}, {}};
    take_attributes(item, name, where, node.attributes);
    for (const auto& input : list(item, "inputs", name).items)
      node.inputs.push_back(input_of(input, symbol.nodes.size(), name, where));
    symbol.nodes.push_back(std::move(node));
  }
  for (const auto& head : list(root, "heads", name).items)
    symbol.heads.push_back(input_of(head, symbol.nodes.size(), name, "heads"));
  if (symbol.version < k_first_with_states)
    add_states(symbol);
  return symbol;
}

std::string mxnet_symbol_json(const MxSymbol& symbol) {
  // [node, output, version of the variable]
  const auto input_value = [](const MxInput& input) {
    Value value = Value::array();
    value.push(static_cast<std::int64_t>(input.node));
    value.push(static_cast<std::int64_t>(input.output));
    value.push(0);
    return value;
  };
  const auto inputs_value = [&](const std::vector<MxInput>& inputs) {
    Value values = Value::array();
    for (const auto& input : inputs)
      values.push(input_value(input));
    return values;
  };
  Value nodes = Value::array();
  Value variables = Value::array();
  for (std::size_t i = 0; i < symbol.nodes.size(); ++i) {
    const MxNode& node = symbol.nodes[i];
    if (node.is_variable())
      variables.push(static_cast<std::int64_t>(i));
    Value value = Value::object();
    value["op"] = node.op;
    value["name"] = node.name;
    for (const auto& [key, text] : node.attributes)
      value["attrs"][key] = text;
    value["inputs"] = inputs_value(node.inputs);
    nodes.push(std::move(value));
  }
  Value version = Value::array();
  version.push("int");
  version.push(std::max(symbol.version, k_first_with_attrs));
  Value root = Value::object();
  root["nodes"] = std::move(nodes);
  root["arg_nodes"] = std::move(variables);
  root["heads"] = inputs_value(symbol.heads);
  root["attrs"]["mxnet_version"] = std::move(version);
  return to_json(root, 2) + "\n";
}

std::vector<std::int64_t> mx_integers(const std::string& text, const std::string& where) {
  std::vector<std::int64_t> numbers;
  for (auto word : words_of(text, where)) {
    if (word.ends_with('L')) // of Python 2
      word.pop_back();
    const auto number = parse_int(word);
    if (!number)
      throw Error(Fault::input, where + ": '" + printable(text) + "' is no list of whole numbers");
    numbers.push_back(*number);
  }
  return numbers;
}

std::vector<double> mx_numbers(const std::string& text, const std::string& where) {
  std::vector<double> numbers;
  for (const auto& word : words_of(text, where)) {
    const auto number = parse_double(word);
    if (!number)
      throw Error(Fault::input, where + ": '" + printable(text) + "' is no list of numbers");
    numbers.push_back(*number);
  }
  return numbers;
}

bool mx_boolean(const std::string& text, const std::string& where) {
  for (const char* word : {"True", "true", "1"})
    if (text == word)
      return true;
  for (const char* word : {"False", "false", "0"})
    if (text == word)
      return false;
  throw Error(Fault::input, where + ": '" + printable(text) + "' is neither True nor False");
}

} // namespace mlopsctl::formats
