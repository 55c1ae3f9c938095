// SPDX-License-Identifier: Apache-2.0
// Properties against what is known of their resource's type, and attributes against what it gives.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

bool gives(const ResourceType& type, const std::string& attribute) {
  const auto& all = type.attributes;
  const auto first = attribute.substr(0, attribute.find('.'));
  return all.empty() || attribute.find("${") != std::string::npos ||
         std::find(all.begin(), all.end(), attribute) != all.end() ||
         std::find(all.begin(), all.end(), first) != all.end();
}

void check_attribute_reference(const Stack& stack, const Reference& reference, ResourceTypes& types,
                               Report& report) {
  const auto* resource = stack.find(reference.target);
  if (reference.kind != Reference::Kind::attribute || !resource || reference.attribute.empty())
    return;
  const auto* type = types.find(resource->type);
  if (type && !gives(*type, reference.attribute))
    report.add("unknown-attribute", *reference.at, reference.path,
               "'" + shown(reference.attribute) + "' is no attribute of " + shown(resource->type) +
                   did_you_mean(reference.attribute, type->attributes) + "; it has " +
                   join(type->attributes, ", "));
}

} // namespace

void check_against(const std::string& type_name, const Value& value, const std::string& path,
                   ResourceTypes& types, Report& report) {
  auto* type = types.find(type_name);
  if (!type)
    return;
  for (const auto& violation : type->schema.check(value, path))
    report.add(type->rule, violation.at->line > 0 ? *violation.at : value, violation.path,
               violation.text);
}

void check_properties(const Stack& stack, ResourceTypes& types, Report& report) {
  for (const auto& resource : stack.resources()) {
    check_against(resource.type, *resource.properties, resource.path + ".Properties", types,
                  report);
    const auto look = [&](const Reference& reference) {
      check_attribute_reference(stack, reference, types, report);
    };
    for_each_reference(*resource.properties, resource.path + ".Properties", look);
  }
  if (const Value* outputs = stack.section("Outputs"))
    for_each_reference(*outputs, "Outputs", [&](const Reference& reference) {
      check_attribute_reference(stack, reference, types, report);
    });
}

} // namespace mlopsctl::templates
