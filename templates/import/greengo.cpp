// SPDX-License-Identifier: Apache-2.0
// greengo's definition file. Its lists are those of the API but for the names of things, and
// resources without their container. (greengo: greengo.py)
#include "core/error.hpp"
#include "templates/import/lists.hpp"

#include <algorithm>
#include <functional>

namespace mlopsctl::templates {
namespace {

/// "<<: *base" of YAML 1.1, which greengo's parser reads: keys of the mapping itself come first.
void merge_keys(Value& value, const std::string& path) {
  for (auto& item : value.items)
    merge_keys(item, path);
  for (auto& [key, member] : value.members)
    merge_keys(member, path);
  const Value* found = value.find("<<");
  if (!found)
    return;
  const Value merged = *found;
  check_key_count(value, path, "a mapping with <<");
  std::erase_if(value.members, [](const auto& member) { return member.first == "<<"; });
  const auto add = [&](const Value& base) {
    check_key_count(base, path, "what << names");
    for (const auto& [key, member] : base.members)
      if (!value.find(key))
        value[key] = member;
  };
  add(merged);
  for (const auto& base : merged.items)
    add(base);
}

Value keep(Value value, int line) {
  value.line = line;
  return value;
}

Value function_of(Taker& in) {
  Value out = keep(Value::object(), in.value().line);
  out["Id"] = in.take("name");
  out["Handler"] = in.text("handler");
  out["Package"] = in.text("package");
  out["Alias"] = in.text("alias");
  out["LambdaVariables"] = in.take("environment");
  out["FunctionConfiguration"] = in.take("greengrassConfig");
  in.finish();
  return out;
}

Value resource_of(Taker& in) {
  Value out = keep(Value::object(), in.value().line);
  out["Id"] = in.take("Id");
  out["Name"] = in.take("Name");
  Value& container = out["ResourceDataContainer"];
  container = keep(Value::object(), in.value().line);
  for (const auto& [key, member] : in.value().members)
    if (key != "Id" && key != "Name")
      container[key] = member;
  return out;
}

/// A core or a device: its certificate is a file that greengo made.
Value thing_of(Taker& in, ImportReport& report) {
  Value out = keep(Value::object(), in.value().line);
  out["ThingArn"] = in.take("name");
  out["SyncShadow"] = in.take("SyncShadow");
  const Value keys = in.take("key_path");
  if (!keys.is_null())
    report.add(in.path(), keys,
               in.where() + ".key_path: certificate and key of " + out["ThingArn"].string,
               "they stay where they are; the ARN of the certificate may go to edge.cores: aws iot "
               "list-thing-principals --thing-name NAME");
  in.take("config_path"); // config.json of the v1 core, which v2 does not read
  in.finish();
  return out;
}

Value rebuilt(const V1Lists& file, std::string_view key, ImportReport& report,
              const std::function<Value(Taker&)>& convert) {
  Value out = Value::array();
  for (auto& entry : entries(file, key, report))
    out.push(convert(entry));
  return out;
}

} // namespace

V1Lists read_greengo(const Value& root, const std::string& path, ImportReport& report) {
  V1Lists file{path, root};
  merge_keys(file.lists, path);
  Taker top(file.lists, path, "the file", report);
  V1Lists out{path, Value::object()};
  auto group = top.object("Group");
  out.lists["Name"] = group.take("name");
  group.finish();
  const auto thing = [&](Taker& in) { return thing_of(in, report); };
  out.lists["Cores"] = rebuilt(file, "Cores", report, thing);
  out.lists["Devices"] = rebuilt(file, "Devices", report, thing);
  out.lists["Functions"] = rebuilt(file, "Lambdas", report, function_of);
  out.lists["Resources"] = rebuilt(file, "Resources", report, resource_of);
  for (const auto* key : {"Cores", "Devices", "Lambdas", "Resources"})
    top.take(key);
  for (const auto* key : {"Subscriptions", "Loggers", "Connectors"})
    out.lists[key] = top.take(key);
  top.take("certs"); // a folder for keys, which stay where they are
  top.finish();
  return out;
}

} // namespace mlopsctl::templates
