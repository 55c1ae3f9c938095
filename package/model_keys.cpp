// SPDX-License-Identifier: Apache-2.0
// The table of model.yaml's keys, and --set overrides, which are checked against it.
#include "core/error.hpp"
#include "core/text.hpp"
#include "package/model_spec.hpp"

#include <algorithm>

namespace mlopsctl::package {
namespace {

std::string_view type_text(KeyType type) {
  switch (type) {
  case KeyType::text: return "text";
  case KeyType::integer: return "a whole number";
  case KeyType::number: return "a number";
  case KeyType::boolean: return "true or false";
  case KeyType::numbers: return "one number or a list such as 1,2,3";
  case KeyType::texts: return "a list such as a,b,c";
  case KeyType::group:
  case KeyType::free: return "nothing that --set can give";
  }
  return "";
}

/// "[1, 2]" and "1,2" are the same list.
std::vector<std::string> list_items(std::string_view text) {
  text = trim(text);
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']')
    text = text.substr(1, text.size() - 2);
  std::vector<std::string> items;
  for (const auto& item : split(text, ','))
    items.emplace_back(trim(item));
  return items;
}

std::optional<Value> read_number(std::string_view text) {
  if (const auto integer = parse_int(text))
    return Value(*integer);
  if (const auto real = parse_double(text))
    return Value(*real);
  return std::nullopt;
}

std::optional<Value> read_numbers(std::string_view text) {
  Value list = Value::array();
  for (const auto& item : list_items(text)) {
    const auto value = read_number(item);
    if (!value)
      return std::nullopt;
    list.push(*value);
  }
  return list;
}

std::optional<Value> read_value(KeyType type, std::string_view text) {
  switch (type) {
  case KeyType::text: return Value(text);
  case KeyType::number: return read_number(text);
  case KeyType::numbers: return read_numbers(text);
  case KeyType::integer:
    if (const auto integer = parse_int(text))
      return Value(*integer);
    return std::nullopt;
  case KeyType::boolean:
    if (text == "true" || text == "false")
      return Value(text == "true");
    return std::nullopt;
  case KeyType::texts: {
    Value list = Value::array();
    for (const auto& item : list_items(text))
      list.push(Value(item));
    return list;
  }
  case KeyType::group:
  case KeyType::free: return std::nullopt;
  }
  return std::nullopt;
}

void apply_override(Value& root, const std::string& text) {
  const auto equals = text.find('=');
  if (equals == std::string::npos || equals == 0)
    throw Error(Fault::usage, "--set " + printable(text) + ": KEY=VALUE was expected",
                "for example --set decoder.score_threshold=0.5");
  const std::string path = text.substr(0, equals);
  std::vector<std::string> known;
  const ModelKey* key = nullptr;
  for (const auto& candidate : model_keys()) {
    if (candidate.type != KeyType::group && candidate.type != KeyType::free)
      known.push_back(candidate.path);
    if (candidate.path == path)
      key = &candidate;
  }
  if (!key || key->type == KeyType::group || key->type == KeyType::free)
    throw Error(Fault::usage,
                "--set " + printable(path) + ": is not a key of model.yaml that takes a value" +
                    did_you_mean(path, known),
                key ? "set one key below it" : "see 'mlopsctl schema model'");
  auto value = read_value(key->type, std::string_view(text).substr(equals + 1));
  if (!value)
    throw Error(Fault::usage, "--set " + path + ": '" + printable(text.substr(equals + 1)) +
                                  "' is not " + std::string(type_text(key->type)));
  Value* node = &root;
  for (const auto& part : split(path, '.')) {
    if (!node->is_object() && !node->is_null())
      throw Error(Fault::usage, "--set " + path + ": the file has " +
                                    std::string(kind_name(node->kind)) + " above '" + part + "'");
    node = &(*node)[part];
  }
  const int line = node->line;
  *node = std::move(*value);
  node->line = line;
}

} // namespace

const std::vector<ModelKey>& model_keys() {
  static const std::vector<ModelKey> keys{
      {"schema", KeyType::text},
      {"name", KeyType::text},
      {"version", KeyType::text},
      {"task", KeyType::text},
      {"weights", KeyType::text},
      {"format", KeyType::text},
      {"input", KeyType::group},
      {"input.name", KeyType::text},
      {"input.width", KeyType::integer},
      {"input.height", KeyType::integer},
      {"input.color", KeyType::text},
      {"input.resize", KeyType::text},
      {"input.pad_value", KeyType::integer},
      {"input.interpolation", KeyType::text},
      {"input.scale", KeyType::number},
      {"input.mean", KeyType::numbers},
      {"input.std", KeyType::numbers},
      {"decoder", KeyType::group},
      {"decoder.kind", KeyType::text},
      {"decoder.score_threshold", KeyType::number},
      {"decoder.eval_score_threshold", KeyType::number},
      {"decoder.nms", KeyType::group},
      {"decoder.nms.iou", KeyType::number},
      {"decoder.nms.per_class", KeyType::boolean},
      {"decoder.nms.max_detections", KeyType::integer},
      {"labels", KeyType::texts},
      {"licence", KeyType::text},
      {"training", KeyType::free},
      {"digests", KeyType::free},
  };
  return keys;
}

void apply_overrides(Value& root, const std::vector<std::string>& overrides) {
  for (const auto& text : overrides)
    apply_override(root, text);
}

} // namespace mlopsctl::package
