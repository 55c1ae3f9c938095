// SPDX-License-Identifier: Apache-2.0
// What a template is made of, before what its resources say.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

using Words = std::vector<std::string>;

bool holds(const Words& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// (CloudFormation user guide, "Template sections"; Globals is SAM's)
const Words k_sections{"AWSTemplateFormatVersion",
                       "Conditions",
                       "Description",
                       "Globals",
                       "Hooks",
                       "Mappings",
                       "Metadata",
                       "Outputs",
                       "Parameters",
                       "Resources",
                       "Rules",
                       "Transform"};
// ("Resource attribute reference"; Connectors is SAM's)
const Words k_attributes{"Condition",    "Connectors",         "CreationPolicy", "DeletionPolicy",
                         "DependsOn",    "Metadata",           "Properties",     "Type",
                         "UpdatePolicy", "UpdateReplacePolicy"};
// ("Intrinsic function reference", and the condition functions of Rules)
const Words k_functions{"Fn::And",
                        "Fn::Base64",
                        "Fn::Cidr",
                        "Fn::Contains",
                        "Fn::EachMemberEquals",
                        "Fn::EachMemberIn",
                        "Fn::Equals",
                        "Fn::FindInMap",
                        "Fn::GetAtt",
                        "Fn::GetAZs",
                        "Fn::GetStackOutput",
                        "Fn::If",
                        "Fn::ImportValue",
                        "Fn::Join",
                        "Fn::Length",
                        "Fn::Not",
                        "Fn::Or",
                        "Fn::RefAll",
                        "Fn::Select",
                        "Fn::Split",
                        "Fn::Sub",
                        "Fn::ToJsonString",
                        "Fn::Transform",
                        "Fn::ValueOf",
                        "Fn::ValueOfAll"};

void check_functions(const Value& value, const std::string& path, Report& report) {
  for (std::size_t i = 0; i < value.items.size(); ++i)
    check_functions(value.items[i], path + "[" + std::to_string(i) + "]", report);
  for (const auto& [key, member] : value.members) {
    if (key.starts_with("Fn::") && !key.starts_with("Fn::ForEach::") && !holds(k_functions, key))
      report.add("unknown-function", member, path,
                 "'" + shown(key) + "' is no function" + did_you_mean(key, k_functions));
    check_functions(member, below(path, key), report);
  }
}

void check_resource(const std::string& id, const Value& body, Report& report) {
  const auto path = below("Resources", id);
  if (!body.is_object()) {
    report.add("not-a-resource", body, path,
               "is " + std::string(kind_name(body.kind)) + ", a mapping was expected");
    return;
  }
  const Value* type = body.find("Type");
  if (!type || !type->is_string() || type->string.empty())
    report.add("not-a-resource", type ? *type : body, path, "has no Type");
  for (const auto& [key, member] : body.members)
    if (!holds(k_attributes, key))
      report.add("not-a-resource", member, path + "." + key,
                 "is no key of a resource" + did_you_mean(key, k_attributes));
  const Value* properties = body.find("Properties");
  if (properties && !properties->is_object() && !properties->is_null())
    report.add("not-a-resource", *properties, path + ".Properties",
               "is " + std::string(kind_name(properties->kind)) + ", a mapping was expected");
}

} // namespace

void check_outline(const Stack& stack, Report& report) {
  for (const auto& [name, section] : stack.root().members)
    if (!holds(k_sections, name))
      report.add("unknown-section", section, name,
                 "is no section of a template" + did_you_mean(name, k_sections));
  const Value* resources = stack.section("Resources");
  if (!resources || !resources->is_object() || resources->members.empty())
    report.add("not-a-resource", resources ? *resources : stack.root(), "Resources",
               "a template has one resource at least");
  else
    for (const auto& [id, body] : resources->members)
      if (!id.starts_with("Fn::ForEach::"))
        check_resource(id, body, report);
  check_functions(stack.root(), "", report);
}

} // namespace mlopsctl::templates
