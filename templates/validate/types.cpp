// SPDX-License-Identifier: Apache-2.0
#include "templates/validate/types.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "templates/validate/stack.hpp"

#include <algorithm>

namespace mlopsctl::templates {

std::string_view embedded_template(std::string_view name); // made by mlopsctl_embed

namespace {

constexpr std::uint64_t k_max_schema_bytes = std::uint64_t{4} << 20;

/// types.yaml's short words become JSON Schema.
Value schema_of(const Value& kind);

/// "3-63" -> {3, 63}; "-1-65535" -> {-1, 65535}.
std::pair<std::int64_t, std::int64_t> range_of(const std::string& word) {
  const auto dash = word.find('-', 1);
  return {*parse_int(word.substr(0, dash)), *parse_int(word.substr(dash + 1))};
}

Value choice_of(const std::string& words) {
  Value out = Value::object();
  out["enum"] = Value::array();
  for (const auto& word : split(words, '|'))
    out["enum"].push(Value(trim(word)));
  return out;
}

/// "text 1-64 /^[a-z]+$/"
Value words_of(const std::string& text) {
  static const std::map<std::string, std::string> types{
      {"text", "string"}, {"whole", "integer"}, {"yes-no", "boolean"}, {"any", ""}, {"policy", ""}};
  const auto words = split(text.substr(0, text.find('/')), ' ');
  const auto type = types.find(words.front());
  if (type == types.end() || text.find(" | ") != std::string::npos)
    return choice_of(text);
  Value out = Value::object();
  if (!type->second.empty())
    out["type"] = type->second;
  if (words.size() > 1 && !words[1].empty()) {
    const auto [least, most] = range_of(words[1]);
    const bool is_text = type->second == "string";
    out[is_text ? "minLength" : "minimum"] = least;
    out[is_text ? "maxLength" : "maximum"] = most;
  }
  if (const auto slash = text.find('/'); slash != std::string::npos)
    out["pattern"] = text.substr(slash + 1, text.size() - slash - 2);
  if (words.front() == "policy")
    for (const auto* name : {"object", "string"})
      out["type"].push(name);
  return out;
}

Value mapping_of(const Value& kind) {
  Value out = Value::object();
  out["type"] = "object";
  if (kind.members.empty())
    return out;
  out["additionalProperties"] = false;
  out["required"] = Value::array();
  out["properties"] = Value::object();
  for (const auto& [key, member] : kind.members) {
    if (key.starts_with('<'))
      continue;
    const bool is_required = key.ends_with('*');
    const auto name = is_required ? key.substr(0, key.size() - 1) : key;
    out["properties"][name] = schema_of(member);
    if (is_required)
      out["required"].push(name);
  }
  return out;
}

Value schema_of(const Value& kind) {
  if (kind.is_object())
    return mapping_of(kind);
  if (!kind.is_array())
    return kind.is_string() ? words_of(kind.string) : choice_of(to_json(kind));
  Value out = Value::object();
  out["type"] = "array";
  out["items"] = schema_of(kind.items.front());
  return out;
}

std::vector<std::string> texts_of(const Value* list) {
  std::vector<std::string> out;
  for (const auto* item : as_list(list))
    out.push_back(item->string);
  return out;
}

const Value& built_in() {
  static const Value table = parse_yaml(embedded_template("validate/types.yaml"), "types.yaml");
  return table;
}

std::optional<ResourceType> from_built_in(const std::string& type) {
  const Value* known = built_in().find(type);
  if (!known)
    return std::nullopt;
  return ResourceType{JsonSchema(mapping_of(*known)), "wrong-property",
                      texts_of(known->find("<attributes>")), texts_of(known->find("<replaces>")),
                      known->find("<data>") != nullptr};
}

/// "/properties/A/B" -> "A.B"
std::string dotted(std::string pointer) {
  constexpr std::string_view k_root = "/properties/";
  if (pointer.starts_with(k_root))
    pointer.erase(0, k_root.size());
  std::replace(pointer.begin(), pointer.end(), '/', '.');
  return pointer;
}

/// AWS::Lambda::Function -> aws-lambda-function.json
std::string file_of(const std::string& type) {
  std::string out;
  for (const auto& part : split(type, ':'))
    if (!part.empty())
      out += (out.empty() ? "" : "-") + lower(part);
  return out + ".json";
}

} // namespace

ResourceTypes::ResourceTypes(std::string folder) : folder_(std::move(folder)) {
  if (folder_.empty())
    return;
  const auto files = open_folder(folder_)->list();
  const bool has_one = std::any_of(files.begin(), files.end(), [](const FolderEntry& file) {
    return file.name.starts_with("aws-") && file.name.ends_with(".json");
  });
  if (!has_one)
    throw Error(Fault::input,
                folder_ + ": holds no resource schema such as aws-lambda-function.json",
                "unpack AWS's CloudformationSchema.zip there");
}

std::optional<ResourceType> ResourceTypes::from_folder(const std::string& type) const {
  const auto name = file_of(type);
  if (folder_.empty() || !name_fault(name).empty() || name.find('/') != std::string::npos)
    return std::nullopt;
  const auto path = folder_ + "/" + name;
  if (!is_file(path))
    return std::nullopt;
  Value root = parse_json(read_file(path, k_max_schema_bytes), path);
  ResourceType out{JsonSchema(std::move(root)), "schema", {}, {}};
  const Value& schema = out.schema.root();
  for (const auto& name_of_one : texts_of(schema.find("readOnlyProperties")))
    out.attributes.push_back(dotted(name_of_one));
  if (const Value* properties = schema.find("properties"))
    for (const auto& [property, unused] : properties->members)
      out.attributes.push_back(property); // some types give these as well
  for (const auto* key : {"createOnlyProperties", "conditionalCreateOnlyProperties"})
    for (const auto& one : texts_of(schema.find(key)))
      out.replaces.push_back(dotted(one));
  if (const auto known = from_built_in(type))
    out.holds_data = known->holds_data;
  return out;
}

ResourceType* ResourceTypes::find(const std::string& type) {
  auto found = found_.find(type);
  if (found == found_.end()) {
    auto made = from_folder(type);
    found = found_.emplace(type, made ? std::move(made) : from_built_in(type)).first;
  }
  return found->second ? &*found->second : nullptr;
}

std::vector<std::string> ResourceTypes::unread_patterns() const {
  std::vector<std::string> out;
  for (const auto& [type, known] : found_)
    if (known)
      for (const auto& expression : known->schema.unread_patterns())
        out.push_back(type + ": " + expression);
  return out;
}

} // namespace mlopsctl::templates
