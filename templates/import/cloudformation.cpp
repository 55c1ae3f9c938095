// SPDX-License-Identifier: Apache-2.0
// A CloudFormation template with a group of v1: definitions and their versions.
// (CloudFormation template reference, "AWS IoT Greengrass resource type reference")
#include "core/error.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/import/lists.hpp"
#include "templates/import/resolve.hpp"

#include <algorithm>
#include <set>

namespace mlopsctl::templates {
namespace {

constexpr std::string_view k_prefix = "AWS::Greengrass::";
/// Names that Ref and Fn::GetAtt in \p value have.
void collect_names(const Value& value, std::set<std::string>& names) {
  for (const auto& item : value.items)
    collect_names(item, names);
  for (const auto& [key, member] : value.members) {
    if (key == "Ref")
      names.insert(member.string);
    if (key == "Fn::GetAtt" && !member.items.empty())
      names.insert(member.items.front().string);
    collect_names(member, names);
  }
}

class TemplateReader {
public:
  TemplateReader(const Value& root, const std::string& path, ImportReport& report)
      : root_(root), path_(path), report_(report),
        resolver_(root, path, report), out_{path, Value::object()} {}

  V1Lists read() {
    for (const auto& [id, resource] : root_.find("Resources")->members)
      find_group(id, resource);
    if (!has_group_)
      throw Error(Fault::input, path_ + ": has no AWS::Greengrass::Group",
                  "a group of Greengrass v1 is expected");
    for (const auto& [id, resource] : root_.find("Resources")->members)
      if (is_there(id, resource))
        read_resource(id, resource);
    return std::move(out_);
  }

private:
  static std::string type_of(const Value& resource) {
    const Value* type = resource.find("Type");
    return type ? type->string : "";
  }
  const Value& properties_of(const std::string& id, const Value& resource) const {
    static const Value nothing = Value::object();
    const Value* found = resource.find("Properties");
    if (!found)
      return nothing;
    if (!found->is_object())
      throw Error(Fault::input, path_ + ":" + std::to_string(found->line) + ": Resources." +
                                    shown(id) + ".Properties is no mapping");
    return *found;
  }

  void find_group(const std::string& id, const Value& resource) {
    const auto type = type_of(resource);
    if (type == "AWS::Greengrass::GroupVersion")
      collect_names(properties_of(id, resource), used_);
    if (type != "AWS::Greengrass::Group")
      return;
    if (has_group_)
      throw Error(Fault::input,
                  path_ + ":" + std::to_string(resource.line) + ": '" + shown(id) +
                      "' is a second group",
                  "a deploy.yaml has one: take it into a template of its own");
    has_group_ = true;
    const auto& properties = properties_of(id, resource);
    if (const Value* version = properties.find("InitialVersion"))
      collect_names(*version, used_);
    const Value resolved = resolver_.resolve(properties);
    Taker in(resolved, path_, id, report_);
    out_.lists["Name"] = in.text("Name");
    out_.lists["RoleArn"] = in.text("RoleArn", "greengrass_v1: add role, its ARN");
    in.take("InitialVersion");
    in.finish();
  }

  bool is_there(const std::string& id, const Value& resource) {
    const Value* condition = resource.find("Condition");
    if (!condition)
      return true;
    const auto holds = resolver_.condition(condition->string);
    if (!holds.value_or(false))
      report_.add(path_, *condition,
                  "Resources." + shown(id) + ": condition '" + shown(condition->string) +
                      (holds ? "' does not hold: it is left out"
                             : "' is not decided by the template: it is taken"),
                  "see whether it held where the group was deployed");
    return holds.value_or(true);
  }

  void read_resource(const std::string& id, const Value& resource) {
    auto type = type_of(resource);
    if (!type.starts_with(k_prefix)) {
      report_.add(path_, resource, "Resources." + shown(id) + " (" + shown(type) + ")",
                  "it is no part of the group: keep it in a template of its own");
      return;
    }
    type.erase(0, k_prefix.size());
    if (type == "Group" || type == "GroupVersion")
      return;
    const auto& properties = properties_of(id, resource);
    const bool is_version = type.ends_with("Version");
    const Value* lists = is_version ? &properties : properties.find("InitialVersion");
    if (!lists)
      return;
    std::set<std::string> names{id};
    const Value* definition = properties.find(type.substr(0, type.find("Version")) + "Id");
    if (is_version && definition)
      collect_names(*definition, names);
    const bool is_used =
        used_.empty() || std::any_of(names.begin(), names.end(),
                                     [&](const auto& name) { return used_.contains(name); });
    if (is_used)
      return add_lists(out_, resolver_.resolve(*lists), "Resources." + shown(id), report_);
    report_.add(path_, resource,
                "Resources." + shown(id) + " is not what the group's version names",
                "it is left out; write it into deploy.yaml if the device needs it");
  }

  const Value& root_;
  const std::string& path_;
  ImportReport& report_;
  Resolver resolver_;
  V1Lists out_;
  std::set<std::string> used_; ///< names that the group's version has
  bool has_group_ = false;
};

} // namespace

V1Lists read_v1_template(const Value& root, const std::string& path, ImportReport& report) {
  return TemplateReader(root, path, report).read();
}

} // namespace mlopsctl::templates
