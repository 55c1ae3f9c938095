// SPDX-License-Identifier: Apache-2.0
#include "package/sbom.hpp"

#include <string_view>

namespace mlopsctl::package {
namespace {

constexpr std::string_view k_sha256 = "sha256:";

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

Value sbom_document(const SbomComponent& subject, const std::vector<SbomComponent>& components) {
  Value document = Value::object();
  document["bomFormat"] = "CycloneDX";
  document["specVersion"] = "1.5";
  document["version"] = 1;
  document["metadata"]["component"] = to_value(subject);
  document["components"] = Value::array();
  for (const auto& component : components)
    document["components"].push(to_value(component));
  return document;
}

} // namespace mlopsctl::package
