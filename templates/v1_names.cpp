// SPDX-License-Identifier: Apache-2.0
#include "templates/v1_names.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <map>

namespace mlopsctl::templates {
namespace {

/// "Lambda::NAME" -> {kind, name}; cloud and GGShadowService have no name.
Value taken_apart(const std::string& end) {
  const auto colons = end.find("::");
  Value out = Value::object();
  out["kind"] = end.substr(0, colons);
  out["name"] = colons == std::string::npos ? "" : end.substr(colons + 2);
  return out;
}

/// Local messages have '*' where MQTT has wildcards.
/// (Greengrass V2 developer guide, "Publish/subscribe local messages")
std::string local_pattern(std::string topic) {
  std::replace(topic.begin(), topic.end(), '#', '*');
  std::replace(topic.begin(), topic.end(), '+', '*');
  return topic;
}

/// Functions, and the models that become components.
std::vector<std::string> names_of_components(const Value& group) {
  std::vector<std::string> names;
  for (const auto& function : group.find("functions")->items)
    names.push_back(function.find("name")->string);
  for (const auto& resource : group.find("resources")->items)
    if (resource.find("kind")->string == "s3-model")
      names.push_back(resource.find("id")->string);
  return names;
}

} // namespace

Value v1_names(const DeploySpec& spec, const RenderOptions&) {
  Value out = Value::object();
  for (const auto* key : {"ends", "components", "patterns"})
    out[key] = Value::object();
  const auto& group = *spec.greengrass_v1;
  for (const auto& subscription : group.find("subscriptions")->items) {
    for (const auto* key : {"source", "target"}) {
      const auto& end = subscription.find(key)->string;
      out["ends"][end] = taken_apart(end);
    }
    const auto& topic = subscription.find("topic")->string;
    out["patterns"][topic] = local_pattern(topic);
  }
  std::map<std::string, std::string> owners;
  for (const auto& name : names_of_components(group)) {
    const auto component = "com.mlopsctl." + logical_id(spec.name) + "." + logical_id(name);
    const auto [owner, is_new] = owners.emplace(component, name);
    if (!is_new)
      throw Error(Fault::input,
                  spec.path + ": greengrass_v1: '" + owner->second + "' and '" + name +
                      "' would be the same component, " + component,
                  "rename the function or the model");
    out["components"][name] = component;
  }
  return out;
}

} // namespace mlopsctl::templates
