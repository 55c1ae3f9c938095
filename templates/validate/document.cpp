// SPDX-License-Identifier: Apache-2.0
#include "templates/validate/document.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/yaml_documents.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::templates {
namespace {

bool has(const Value& value, std::string_view key) {
  return value.find(key) != nullptr;
}

DocumentKind kind_of(const Value& root) {
  if (has(root, "AWSTemplateFormatVersion") || (has(root, "Resources") && !has(root, "Group")))
    return DocumentKind::cloudformation;
  if (has(root, "RecipeFormatVersion"))
    return DocumentKind::recipe;
  if (has(root, "targetArn") && has(root, "components"))
    return DocumentKind::deployment;
  if (has(root, "Statement"))
    return DocumentKind::policy;
  if (has(root, "Group") && has(root, "Cores"))
    return DocumentKind::greengo;
  return DocumentKind::other;
}

/// "A.B.C" -> ["A", "B.C"]: the attribute may hold dots.
Value attribute_reference(const Value& text) {
  const auto dot = text.string.find('.');
  if (dot == std::string::npos)
    return text;
  Value out = Value::array();
  out.line = text.line;
  out.push(text.string.substr(0, dot));
  out.push(text.string.substr(dot + 1));
  for (auto& item : out.items)
    item.line = text.line;
  return out;
}

/// (CloudFormation user guide, "Intrinsic function reference": short forms)
void write_out_functions(Value& value) {
  for (auto& item : value.items)
    write_out_functions(item);
  for (auto& [key, member] : value.members) {
    write_out_functions(member);
    if (key.starts_with('!'))
      key = key == "!Ref" || key == "!Condition" ? key.substr(1) : "Fn::" + key.substr(1);
    if (key == "Fn::GetAtt" && member.is_string())
      member = attribute_reference(member);
  }
}

std::vector<Value> parse(std::string_view text, const std::string& name) {
  text = without_byte_order_mark(text);
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos)
    throw Error(Fault::input, name + ": is empty", "is this the right file?");
  if (text[first] != '{' && text[first] != '[')
    return parse_yaml_documents(text, name);
  try {
    return {parse_json(text, name)};
  } catch (const Error&) {
    if (name.ends_with(".json"))
      throw;
    return parse_yaml_documents(text, name); // a mapping in YAML's flow style
  }
}

} // namespace

std::vector<Document> parse_documents(std::string_view text, const std::string& name) {
  std::vector<Document> out;
  for (auto& root : parse(text, name)) {
    const auto kind = kind_of(root);
    if (kind == DocumentKind::cloudformation)
      write_out_functions(root);
    out.push_back({name, kind, std::move(root)});
  }
  return out;
}

bool is_template_name(std::string_view name) {
  const std::array<std::string_view, 4> endings{".json", ".yaml", ".yml", ".template"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

std::string_view kind_name(DocumentKind kind) {
  switch (kind) {
  case DocumentKind::cloudformation: return "CloudFormation template";
  case DocumentKind::recipe: return "Greengrass recipe";
  case DocumentKind::deployment: return "Greengrass deployment";
  case DocumentKind::policy: return "policy";
  case DocumentKind::greengo: return "greengo file";
  case DocumentKind::other: break;
  }
  return "document";
}

} // namespace mlopsctl::templates
