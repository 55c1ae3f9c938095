// SPDX-License-Identifier: Apache-2.0
// From v1's lists to section greengrass_v1. What is wrong with a value is said where the section
// is read; here it only gets its name there.
#include "core/error.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/import/lists.hpp"

#include <array>
#include <map>
#include <optional>

namespace mlopsctl::templates {
namespace {

/// The names that subscriptions may call an end by: its ARN, or "Lambda::name".
using Ends = std::map<std::string, std::string>;

Value object_at(const Value& at) {
  Value out = Value::object();
  out.line = at.line;
  return out;
}

/// What is not said is not written.
void set(Value& out, std::string_view key, Value value) {
  if (!value.is_null())
    out[key] = std::move(value);
}

void add_end(Ends& ends, const std::string& end, const Value& arn) {
  ends[end] = end;
  if (!arn.string.empty())
    ends[arn.string] = end;
}

/// {"NAME": value} as [{name, value}]; \p report has what is left out.
Value to_pairs(const Value& map, Taker& owner, std::string_view key) {
  Value out = Value::array();
  out.line = map.line;
  if (map.is_null())
    return {};
  Taker in(map, owner.path(), owner.where() + "." + std::string(key), owner.report());
  check_key_count(map, in.path(), in.where());
  for (const auto& [name, value] : map.members) {
    Value pair = object_at(value);
    pair["name"] = name;
    pair["name"].line = value.line;
    Value text = in.text(name, "add it to " + std::string(key) + " in deploy.yaml");
    if (text.is_null())
      continue;
    pair["value"] = std::move(text);
    out.push(std::move(pair));
  }
  return out;
}

Value to_accesses(const Value& list, Taker& environment) {
  Value out = Value::array();
  out.line = list.line;
  V1Lists part{environment.path(), Value::object()};
  part.lists["ResourceAccessPolicies"] = list;
  for (auto& in : entries(part, "ResourceAccessPolicies", environment.report())) {
    Value access = object_at(in.value());
    set(access, "id", in.text("ResourceId"));
    set(access, "permission", in.text("Permission"));
    in.finish();
    out.push(std::move(access));
  }
  return out;
}

/// \param fallback DefaultConfig.Execution of the definition
void read_execution(Taker environment_execution, const Value& fallback, Value& out) {
  const bool has_own = !environment_execution.value().is_null();
  Taker in = has_own ? environment_execution
                     : Taker(fallback, environment_execution.path(), "DefaultConfig.Execution",
                             environment_execution.report());
  set(out, "isolation", in.text("IsolationMode"));
  auto user = in.object("RunAs");
  if (user.value().is_object()) {
    out["run_as"] = object_at(user.value());
    set(out["run_as"], "uid", user.whole("Uid"));
    set(out["run_as"], "gid", user.whole("Gid"));
    user.finish();
  }
  in.finish();
}

void read_configuration(Taker in, const Value& default_execution, Value& out) {
  set(out, "memory_kb", in.whole("MemorySize"));
  set(out, "timeout_s", in.whole("Timeout"));
  set(out, "pinned", in.flag("Pinned"));
  set(out, "encoding", in.text("EncodingType"));
  set(out, "exec_args", in.text("ExecArgs"));
  set(out, "executable", in.text("Executable"));
  auto environment = in.object("Environment");
  set(out, "sysfs", environment.flag("AccessSysfs"));
  set(out, "variables", to_pairs(environment.take("Variables"), environment, "Variables"));
  const Value accesses = environment.take("ResourceAccessPolicies");
  if (!accesses.is_null())
    out["resources"] = to_accesses(accesses, environment);
  read_execution(environment.object("Execution"), default_execution, out);
  environment.finish();
  in.finish();
}

Value default_execution(const V1Lists& part, ImportReport& report) {
  const Value* found = part.lists.find("DefaultConfig");
  if (!found)
    return {};
  Taker in(*found, part.path, "DefaultConfig", report);
  Value execution = in.take("Execution");
  in.finish();
  return execution;
}

Value to_function(Taker& in, const Value& default_execution, Ends& ends) {
  Value out = object_at(in.value());
  set(out, "name", in.text("Id"));
  const Value arn = in.take("FunctionArn");
  add_end(ends, "Lambda::" + out["name"].string, arn);
  set(out, "arn",
      in.text("FunctionArn", "greengrass_v1.functions: add its arn, of a version or an "
                             "alias; until then it is a parameter of the stack"));
  set(out, "alias", in.text("Alias"));
  set(out, "handler", in.text("Handler"));
  set(out, "package", in.text("Package"));
  set(out, "lambda_variables", to_pairs(in.take("LambdaVariables"), in, "environment"));
  read_configuration(in.object("FunctionConfiguration"), default_execution, out);
  in.finish();
  return out;
}

Value path_of(Value path) {
  while (path.string.size() > 1 && path.string.ends_with('/'))
    path.string.pop_back();
  return path;
}

void read_owner(Taker in, Value& out) {
  set(out, "add_group_owner", in.flag("AutoAddGroupOwner"));
  set(out, "group_owner", in.text("GroupOwner"));
  set(out, "permission", in.text("GroupPermission"));
  in.finish();
}

struct ResourceKind {
  const char *container, *name, *source, *owner;
};
constexpr std::array<ResourceKind, 5> k_resource_kinds{{
    {"LocalVolumeResourceData", "volume", "SourcePath", "GroupOwnerSetting"},
    {"LocalDeviceResourceData", "device", "SourcePath", "GroupOwnerSetting"},
    {"S3MachineLearningModelResourceData", "s3-model", "S3Uri", "OwnerSetting"},
    {"SageMakerMachineLearningModelResourceData", "sagemaker-model", "SageMakerJobArn",
     "OwnerSetting"},
    {"SecretsManagerSecretResourceData", "secret", "ARN", "OwnerSetting"},
}};

Value to_resource(Taker& in) {
  Value out = object_at(in.value());
  set(out, "id", in.text("Id"));
  set(out, "name", in.text("Name"));
  auto container = in.object("ResourceDataContainer");
  for (const auto& kind : k_resource_kinds) {
    auto data = container.object(kind.container);
    if (data.value().is_null())
      continue;
    if (out.find("kind"))
      throw Error(Fault::input,
                  in.path() + ":" + std::to_string(data.value().line) + ": " + in.where() +
                      " is two things: " + out["kind"].string + " and " + kind.name,
                  "make it two resources");
    out["kind"] = kind.name;
    set(out, "source", path_of(data.text(kind.source)));
    set(out, "destination", path_of(data.text("DestinationPath")));
    set(out, "labels", data.take("AdditionalStagingLabelsToDownload"));
    read_owner(data.object(kind.owner), out);
    data.finish();
  }
  container.finish();
  in.finish();
  return out;
}

Value to_logger(Taker& in) {
  Value out = object_at(in.value());
  in.take("Id"); // says nothing
  set(out, "component", in.text("Component"));
  set(out, "level", in.text("Level"));
  set(out, "type", in.text("Type"));
  set(out, "space_kb", in.whole("Space"));
  in.finish();
  return out;
}

Value to_device(Taker& in, Ends& ends) {
  Value out = object_at(in.value());
  in.take("Id");
  const Value thing = in.take("ThingArn");
  set(out, "name", thing_name(thing));
  add_end(ends, "Device::" + out["name"].string, thing);
  set(out, "certificate", in.text("CertificateArn"));
  set(out, "sync_shadow", in.flag("SyncShadow"));
  in.finish();
  return out;
}

Value to_connector(Taker& in, Ends& ends) {
  Value out = object_at(in.value());
  set(out, "name", in.text("Id"));
  set(out, "arn", in.text("ConnectorArn"));
  add_end(ends, "Connector::" + out["name"].string, out["arn"]);
  set(out, "parameters", to_pairs(in.take("Parameters"), in, "Parameters"));
  in.finish();
  return out;
}

/// "Lambda:: name" -> "Lambda::name", as greengo reads it.
std::string tidy_end(std::string_view text) {
  const auto colons = text.find("::");
  if (text.starts_with("arn:") || colons == std::string_view::npos)
    return std::string(trim(text));
  return std::string(trim(text.substr(0, colons))) +
         "::" + std::string(trim(text.substr(colons + 2)));
}

/// Nothing if the group has no such end.
std::optional<Value> to_subscription(Taker& in, const Ends& ends) {
  Value out = object_at(in.value());
  in.take("Id");
  bool is_complete = true;
  for (const auto& [from, to] : {std::pair("Source", "source"), {"Target", "target"}}) {
    Value end = in.take(from);
    const auto found = ends.find(tidy_end(end.string));
    if (found == ends.end()) {
      in.report().add(in.path(), end.is_null() ? in.value() : end,
                      in.where() + "." + from + ": '" + shown(end.string) +
                          "' is no function, device or connector of the group",
                      "it is left out; write cloud, GGShadowService, Lambda::NAME, Device::NAME or "
                      "Connector::NAME of this group");
      is_complete = false;
      continue;
    }
    const int line = end.line;
    out[to] = found->second;
    out[to].line = line;
  }
  set(out, "topic", in.text("Subject"));
  in.finish();
  return is_complete ? std::optional(std::move(out)) : std::nullopt;
}

} // namespace

Value thing_name(const Value& thing) {
  Value name = thing;
  const auto mark = thing.string.rfind("thing/");
  if (mark != std::string::npos)
    name.string = thing.string.substr(mark + 6);
  return name;
}

std::vector<Value> to_sections(const std::vector<V1Lists>& parts, ImportReport& report) {
  std::vector<Value> sections;
  Ends ends{{"cloud", "cloud"}, {"GGShadowService", "GGShadowService"}};
  for (const auto& part : parts) {
    Value& section = sections.emplace_back(Value::object());
    if (const Value* role = part.lists.find("RoleArn"))
      set(section, "role", *role);
    for (auto& in : entries(part, "Cores", report))
      if (const Value shadow = in.flag("SyncShadow"); shadow.boolean)
        section["sync_shadow"] = shadow;
    const Value execution = default_execution(part, report);
    for (auto& in : entries(part, "Functions", report))
      section["functions"].push(to_function(in, execution, ends));
    for (auto& in : entries(part, "Resources", report))
      section["resources"].push(to_resource(in));
    for (auto& in : entries(part, "Loggers", report))
      section["loggers"].push(to_logger(in));
    for (auto& in : entries(part, "Devices", report))
      section["devices"].push(to_device(in, ends));
    for (auto& in : entries(part, "Connectors", report))
      section["connectors"].push(to_connector(in, ends));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) // when all ends are known
    for (auto& in : entries(parts[i], "Subscriptions", report))
      if (auto subscription = to_subscription(in, ends))
        sections[i]["subscriptions"].push(std::move(*subscription));
  return sections;
}

} // namespace mlopsctl::templates
