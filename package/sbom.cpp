// SPDX-License-Identifier: Apache-2.0
#include "package/sbom.hpp"

#include "core/error.hpp"

namespace mlopsctl::package {
namespace {

constexpr std::string_view k_sha256 = "sha256:";
constexpr const char* k_format = "CycloneDX";
constexpr const char* k_tool = "mlopsctl"; // without a version: other bytes only for other files

Value to_value(const SbomFile& file) {
  Value hash = Value::object();
  hash["alg"] = "SHA-256";
  hash["content"] = file.digest.substr(k_sha256.size());
  Value value = Value::object();
  value["type"] = "file";
  value["name"] = file.name;
  value["hashes"].push(std::move(hash));
  return value;
}

} // namespace

Value to_value(const SbomComponent& component) {
  Value value = Value::object();
  value["type"] = component.type;
  value["name"] = component.name;
  if (!component.version.empty())
    value["version"] = component.version;
  for (const auto& licence : component.licences) {
    Value entry = Value::object();
    entry["license"]["name"] = licence;
    value["licenses"].push(std::move(entry));
  }
  if (!component.purl.empty())
    value["purl"] = component.purl;
  if (!component.source_url.empty()) {
    Value reference = Value::object();
    reference["type"] = "distribution";
    reference["url"] = component.source_url;
    reference["comment"] = "source";
    value["externalReferences"].push(std::move(reference));
  }
  for (const auto& file : component.files)
    value["components"].push(to_value(file));
  return value;
}

SbomComponent model_component(const ModelSpec& spec,
                              const std::map<std::string, std::string>& digests) {
  SbomComponent component{"machine-learning-model", spec.name, spec.version, "", {}, "", {}};
  if (!spec.licence.empty())
    component.licences = {spec.licence};
  for (const auto& [name, digest] : digests)
    component.files.push_back({name, digest});
  return component;
}

bool is_own_sbom(std::string_view text) {
  try {
    const Value document = parse_json(text, k_sbom);
    const Value* metadata = document.find("metadata");
    const Value* tools = metadata ? metadata->find("tools") : nullptr;
    const Value* components = tools ? tools->find("components") : nullptr;
    if (!components || components->items.size() != 1)
      return false;
    const Value* name = components->items.front().find("name");
    return name && name->string == k_tool;
  } catch (const Error&) { // no JSON: somebody's own file
    return false;
  }
}

Value sbom_document(const SbomComponent& subject, const std::vector<SbomComponent>& components) {
  Value document = Value::object();
  document["bomFormat"] = k_format;
  document["specVersion"] = "1.5";
  document["version"] = 1;
  Value tool = Value::object();
  tool["type"] = "application";
  tool["name"] = k_tool;
  document["metadata"]["tools"]["components"].push(std::move(tool));
  document["metadata"]["component"] = to_value(subject);
  document["components"] = Value::array();
  for (const auto& component : components)
    document["components"].push(to_value(component));
  return document;
}

namespace {

/// Calls \p visit with each component that is a file, however deep.
template <class Bill, class Visit> void for_each_file(Bill& component, const Visit& visit) {
  constexpr std::string_view k_file = "file";
  for (auto& [key, member] : component.members) {
    if (key != "components" || !member.is_array())
      continue;
    for (auto& part : member.items) {
      const Value* type = part.find("type");
      if (type && type->is_string() && type->string == k_file)
        visit(part);
      for_each_file(part, visit);
    }
  }
}

} // namespace

std::map<std::string, std::string> files_of_sbom(const Value& bill) {
  std::map<std::string, std::string> files;
  for_each_file(bill, [&](const Value& file) {
    const Value* name = file.find("name");
    const Value* hashes = file.find("hashes");
    if (!name || !name->is_string() || !hashes || !hashes->is_array())
      return;
    for (const auto& hash : hashes->items) {
      const Value* algorithm = hash.find("alg");
      const Value* content = hash.find("content");
      if (algorithm && algorithm->is_string() && algorithm->string == "SHA-256" && content &&
          content->is_string())
        files[name->string] = "sha256:" + content->string;
    }
  });
  return files;
}

void rename_in_sbom(Value& bill, const std::string& from, const std::string& to) {
  for_each_file(bill, [&](Value& file) {
    if (Value* name = file.find("name"); name && name->is_string() && name->string == from)
      name->string = to;
  });
}

} // namespace mlopsctl::package
