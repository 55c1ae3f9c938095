// SPDX-License-Identifier: Apache-2.0
// Section 'greengrass_v1': a group as Greengrass v1 had it. Nothing here computes with it, so it
// has no types of its own: what is read is what templates get.
// (Greengrass V1 API reference: Function, Resource, Subscription, Logger, Device, Connector)
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/spec_sections.hpp"

#include <algorithm>
#include <limits>

namespace mlopsctl::templates {
namespace {

constexpr NameRule k_id{"a Greengrass v1 id", 1, 128, ":_-"};
constexpr NameRule k_end{"an end of a subscription", 1, 140, ":_-"};
constexpr NameRule k_variable{"the name of a variable or parameter", 1, 128, "_-"};
constexpr NameRule k_topic_filter{"an MQTT topic filter", 1, 256, "-_./:=$#+"};
constexpr NameRule k_group_owner{"a group of the device's system", 1, 32, "-_"};
constexpr NameRule k_handler{"a handler", 1, 128, "-_./:"};
constexpr NameRule k_file_path{"a relative path", 1, 256, "-_./"};
constexpr NameRule k_arn{"an ARN", 20, 512, "-_./:+=@"};
constexpr NameRule k_label{"a staging label", 1, 256, "-_./"};
constexpr std::size_t k_max_resources_of_function = 10;
constexpr std::size_t k_max_entries = 1000; // far more than v1 took of anything in a group

Value optional_name(ObjectReader& reader, std::string_view key, const NameRule& rule) {
  if (!reader.child(key))
    return {};
  return check_name(reader, key, reader.text(key), rule);
}

Value optional_choice(ObjectReader& reader, std::string_view key,
                      const std::vector<std::string>& choices) {
  if (!reader.child(key))
    return {};
  return reader.one_of(key, choices, "");
}

Value optional_whole(ObjectReader& reader, std::string_view key, std::int64_t min) {
  if (!reader.child(key))
    return {};
  return check_range(reader, key, reader.integer(key), min,
                     std::numeric_limits<std::int32_t>::max(), "it has 32 bits");
}

Value optional_arn(ObjectReader& reader, std::string_view key) {
  const Value arn = optional_name(reader, key, k_arn);
  if (arn.is_string() && !arn.string.starts_with("arn:"))
    reader.fail(key, "'" + shown(arn.string) + "' is not an ARN", "it starts with arn:");
  return arn;
}

std::vector<ObjectReader> bounded_list(ObjectReader& owner, std::string_view key) {
  auto entries = owner.objects(key);
  if (entries.size() > k_max_entries)
    owner.fail(key, "has " + std::to_string(entries.size()) + " entries; at most " +
                        std::to_string(k_max_entries));
  return entries;
}

/// A list, not a mapping: a name such as 'no' is then a value, which quotes make safe.
Value read_pairs(ObjectReader& owner, std::string_view key) {
  Value out = Value::array();
  for (auto& reader : bounded_list(owner, key)) {
    Value pair = Value::object();
    pair["name"] = check_name(reader, "name", reader.text("name"), k_variable);
    pair["value"] = reader.text("value");
    reader.finish();
    for (const auto& other : out.items)
      if (other.find("name")->string == pair["name"].string)
        reader.fail("name", "'" + pair["name"].string + "' occurs twice");
    out.push(std::move(pair));
  }
  return out;
}

// (Greengrass V1 API reference, "Function": FunctionArn)
Value read_function_arn(ObjectReader& reader) {
  const Value arn = optional_arn(reader, "arn");
  const auto parts = split(arn.string, ':');
  const bool is_ok = arn.is_null() || (parts.size() == 8 && parts[2] == "lambda" &&
                                       parts[5] == "function" && parts[7] != "$LATEST");
  if (!is_ok)
    reader.fail("arn",
                "'" + shown(arn.string) + "' is not the ARN of a version or an alias of a function",
                "write arn:aws:lambda:REGION:ACCOUNT:function:NAME:VERSION");
  return arn;
}

Value read_accesses(ObjectReader& function) {
  Value out = Value::array();
  for (auto& reader : function.objects("resources")) {
    Value access = Value::object();
    access.line = reader.line();
    access["id"] = check_name(reader, "id", reader.text("id"), k_id);
    access["permission"] = reader.one_of("permission", {"ro", "rw"}, "ro");
    reader.finish();
    out.push(std::move(access));
  }
  if (out.items.size() > k_max_resources_of_function)
    function.fail("resources", "has " + std::to_string(out.items.size()) +
                                   " entries; a function of Greengrass v1 has at most 10");
  return out;
}

Value read_user(ObjectReader& function) {
  auto reader = function.object("run_as");
  if (!reader)
    return {};
  Value out = Value::object();
  out["uid"] = optional_whole(*reader, "uid", 0);
  out["gid"] = optional_whole(*reader, "gid", 0);
  reader->finish();
  return out;
}

Value read_function(ObjectReader& reader) {
  Value out = Value::object();
  out["name"] = check_name(reader, "name", reader.text("name"), k_id);
  out["arn"] = read_function_arn(reader);
  out["alias"] = optional_name(reader, "alias", k_id);
  out["handler"] = optional_name(reader, "handler", k_handler);
  out["package"] = optional_name(reader, "package", k_file_path);
  out["executable"] = optional_name(reader, "executable", k_file_path);
  out["exec_args"] = reader.child("exec_args") ? Value(reader.text("exec_args")) : Value();
  out["memory_kb"] = optional_whole(reader, "memory_kb", 1);
  out["timeout_s"] = optional_whole(reader, "timeout_s", 1);
  out["pinned"] = reader.boolean("pinned", false);
  out["encoding"] = reader.one_of("encoding", {"json", "binary"}, "json");
  out["sysfs"] = reader.boolean("sysfs", false);
  out["isolation"] = optional_choice(reader, "isolation", {"GreengrassContainer", "NoContainer"});
  out["run_as"] = read_user(reader);
  out["variables"] = read_pairs(reader, "variables");
  out["lambda_variables"] = read_pairs(reader, "lambda_variables");
  out["resources"] = read_accesses(reader);
  reader.finish();
  if (out["isolation"].string == "NoContainer" && !out["memory_kb"].is_null())
    reader.fail("memory_kb", "is not taken without a container", "leave it out");
  return out;
}

void check_source(ObjectReader& reader, const std::string& kind, const std::string& source) {
  if (kind == "s3-model")
    check_s3_url(reader, "source", source);
  else if (kind == "sagemaker-model" || kind == "secret")
    optional_arn(reader, "source");
  else
    check_device_path(reader, "source", source);
  if (kind == "device" && !source.starts_with("/dev/"))
    reader.fail("source", "'" + shown(source) + "' is not a device", "it starts with /dev/");
  if (kind == "volume" && (source.starts_with("/sys/") || source == "/sys"))
    reader.fail("source", "'" + shown(source) + "' is not a volume; Greengrass v1 refuses /sys",
                "set sysfs: true on the function");
}

Value read_resource(ObjectReader& reader) {
  Value out = Value::object();
  out["id"] = check_name(reader, "id", reader.text("id"), k_id);
  out["name"] = check_name(reader, "name", reader.text("name", out["id"].string), k_id);
  const auto kind = reader.one_of(
      "kind", {"volume", "device", "s3-model", "sagemaker-model", "secret"}, "volume");
  out["kind"] = kind;
  out["source"] = reader.text("source");
  check_source(reader, kind, out["source"].string);
  out["destination"] = Value();
  if (kind != "device" && kind != "secret")
    out["destination"] = check_device_path(reader, "destination", reader.text("destination"));
  else if (reader.child("destination"))
    reader.fail("destination", "a " + kind + " has none", "leave it out");
  out["add_group_owner"] = reader.boolean("add_group_owner", false);
  out["group_owner"] = optional_name(reader, "group_owner", k_group_owner);
  out["permission"] = optional_choice(reader, "permission", {"ro", "rw"});
  out["labels"] = Value::array();
  for (const auto& label : reader.texts("labels"))
    out["labels"].push(check_name(reader, "labels", label, k_label));
  reader.finish();
  return out;
}

Value read_subscription(ObjectReader& reader) {
  Value out = Value::object();
  for (const auto* key : {"source", "target"})
    out[key] = check_name(reader, key, reader.text(key), k_end);
  out["topic"] = check_name(reader, "topic", reader.text("topic"), k_topic_filter);
  reader.finish();
  return out;
}

Value read_logger(ObjectReader& reader) {
  Value out = Value::object();
  out["component"] = reader.one_of("component", {"GreengrassSystem", "Lambda"}, "Lambda");
  out["level"] = reader.one_of("level", {"DEBUG", "INFO", "WARN", "ERROR", "FATAL"}, "INFO");
  out["type"] = reader.one_of("type", {"FileSystem", "AWSCloudWatch"}, "FileSystem");
  out["space_kb"] = optional_whole(reader, "space_kb", 1);
  reader.finish();
  return out;
}

Value read_device(ObjectReader& reader) {
  Value out = Value::object();
  out["name"] = check_name(reader, "name", reader.text("name"), k_thing_name);
  out["certificate"] = optional_arn(reader, "certificate");
  out["sync_shadow"] = reader.boolean("sync_shadow", false);
  reader.finish();
  return out;
}

Value read_connector(ObjectReader& reader) {
  Value out = Value::object();
  out["name"] = check_name(reader, "name", reader.text("name"), k_id);
  out["arn"] = check_name(reader, "arn", reader.text("arn"), k_arn);
  out["parameters"] = read_pairs(reader, "parameters");
  reader.finish();
  return out;
}

/// \param id key that no two entries share; null: none
Value read_list(ObjectReader& section, std::string_view key, Value (*read)(ObjectReader&),
                const char* id) {
  Value out = Value::array();
  for (auto& reader : bounded_list(section, key)) {
    Value entry = read(reader);
    for (const auto& other : out.items)
      if (id && logical_id(other.find(id)->string) == logical_id(entry[id].string))
        reader.fail(id, "'" + entry[id].string + "' occurs twice, but for punctuation");
    out.push(std::move(entry));
  }
  return out;
}

std::vector<std::string> names_in(const Value& list, const std::string& prefix,
                                  std::string_view key) {
  std::vector<std::string> names;
  for (const auto& entry : list.items)
    names.push_back(prefix + entry.find(key)->string);
  return names;
}

void check_is_one_of(ObjectReader& reader, const char* key, const std::string& what,
                     const std::vector<std::string>& names) {
  const auto name = reader.text(key);
  if (std::find(names.begin(), names.end(), name) == names.end())
    reader.fail(key, "'" + shown(name) + "' is no " + what + did_you_mean(name, names));
}

/// What functions and subscriptions name is there.
void check_references(ObjectReader& section, const Value& group) {
  const auto resources = names_in(*group.find("resources"), "", "id");
  for (auto& function : section.objects("functions"))
    for (auto& access : function.objects("resources"))
      check_is_one_of(access, "id", "resource of the group", resources);
  std::vector<std::string> ends{"cloud", "GGShadowService"};
  for (const auto& [key, prefix] :
       {std::pair("functions", "Lambda::"), {"devices", "Device::"}, {"connectors", "Connector::"}})
    for (auto& name : names_in(*group.find(key), prefix, "name"))
      ends.push_back(std::move(name));
  for (auto& subscription : section.objects("subscriptions"))
    for (const auto* key : {"source", "target"})
      check_is_one_of(subscription, key, "end of a subscription", ends);
}

} // namespace

std::optional<Value> read_greengrass_v1(ObjectReader& top, bool is_whole) {
  auto reader = top.object("greengrass_v1");
  if (!reader)
    return std::nullopt;
  Value group = Value::object();
  group["sync_shadow"] = reader->boolean("sync_shadow", false);
  group["role"] = Value();
  if (reader->child("role"))
    group["role"] = check_role_arn(*reader, "role", reader->text("role"));
  group["functions"] = read_list(*reader, "functions", read_function, "name");
  group["resources"] = read_list(*reader, "resources", read_resource, "id");
  group["subscriptions"] = read_list(*reader, "subscriptions", read_subscription, nullptr);
  group["loggers"] = read_list(*reader, "loggers", read_logger, nullptr);
  group["devices"] = read_list(*reader, "devices", read_device, "name");
  group["connectors"] = read_list(*reader, "connectors", read_connector, "name");
  reader->finish();
  if (is_whole)
    check_references(*reader, group);
  return group;
}

} // namespace mlopsctl::templates
