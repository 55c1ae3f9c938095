// SPDX-License-Identifier: Apache-2.0
// Greengrass: what ended with v1, and what the nucleus or the service would refuse of v2.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

// (Greengrass V2 developer guide, "Component recipe size"; as 'template render' counts it)
constexpr std::size_t k_max_recipe_bytes = 16'000;
constexpr std::string_view k_ended =
    "Greengrass v1 ended on 2026-10-07: the service does not take it any more";

/// Both Run and Startup in one lifecycle.
void check_lifecycle(const Value* lifecycle, const Value& at, const std::string& path,
                     Report& report) {
  if (lifecycle && lifecycle->find("Run") && lifecycle->find("Startup"))
    report.add("recipe-lifecycle", lifecycle->line > 0 ? *lifecycle : at, path,
               "has Run and Startup; a component has one of the two");
}

void check_recipe_text(const Value& text, const std::string& path, ResourceTypes& types,
                       Report& report) {
  if (text.string.size() > k_max_recipe_bytes)
    report.add("recipe-too-large", text, path,
               "has " + std::to_string(text.string.size()) + " bytes; Greengrass takes " +
                   std::to_string(k_max_recipe_bytes));
  try {
    for (auto& recipe : parse_documents(text.string, "recipe")) {
      // Places of the text in the text lead nowhere: the template's own are given.
      Report inner(report.file());
      check_recipe(recipe.root, types, inner);
      for (const auto& finding : inner.take()) {
        const auto mark = finding.place.find(": ");
        const auto where = mark == std::string::npos ? "" : finding.place.substr(mark + 2) + ": ";
        report.add(finding.rule->id, text, path, where + finding.text);
      }
    }
  } catch (const Error& error) {
    report.add("wrong-property", text, path, std::string("is no recipe: ") + shown(error.what()));
  }
}

/// 'merge' is a document written as text; a mapping there is refused, other text is lost.
void check_merge(const Value* merge, const std::string& path, Report& report) {
  if (!merge || is_function(*merge))
    return;
  bool is_document = false;
  try {
    is_document = merge->is_string() && parse_json(merge->string, "merge").is_object();
  } catch (const Error&) { // NOLINT(bugprone-empty-catch): said below
  }
  if (!is_document)
    report.add("deployment-merge", *merge, path, "is not a JSON document written as text");
}

void check_components(const Value* components, const std::string& path, bool is_stack,
                      Report& report) {
  if (!components || !components->is_object() || is_function(*components))
    return;
  for (const auto& [name, component] : components->members) {
    const auto where = below(path, name);
    const auto* version = is_stack ? "ComponentVersion" : "componentVersion";
    if (component.is_object() && !component.find(version))
      report.add("wrong-property", component, where, "lacks " + std::string(version));
    const Value* merge =
        look_up(component, is_stack ? "ConfigurationUpdate.Merge" : "configurationUpdate.merge");
    check_merge(merge,
                where + (is_stack ? ".ConfigurationUpdate.Merge" : ".configurationUpdate.merge"),
                report);
  }
}

} // namespace

void check_recipe(const Value& recipe, ResourceTypes& types, Report& report) {
  check_against("recipe", recipe, "", types, report);
  check_lifecycle(recipe.find("Lifecycle"), recipe, "Lifecycle", report);
  const auto manifests = as_list(recipe.find("Manifests"));
  for (std::size_t i = 0; i < manifests.size(); ++i)
    check_lifecycle(manifests[i]->find("Lifecycle"), *manifests[i],
                    "Manifests[" + std::to_string(i) + "].Lifecycle", report);
}

void check_deployment(const Value& deployment, ResourceTypes& types, Report& report) {
  check_against("deployment", deployment, "", types, report);
  check_components(deployment.find("components"), "components", false, report);
}

void check_greengo(const Value& group, Report& report) {
  report.add("greengrass-v1-ended", *group.find("Group"), "Group", std::string(k_ended));
}

void check_greengrass(const Stack& stack, ResourceTypes& types, Report& report) {
  for (const auto& resource : stack.resources()) {
    const auto path = resource.path + ".Properties.";
    if (resource.type.starts_with("AWS::Greengrass::"))
      report.add("greengrass-v1-ended", *resource.body, resource.path,
                 shown(resource.type) + ": " + std::string(k_ended));
    const Value* recipe = resource.properties->find("InlineRecipe");
    if (resource.type == "AWS::GreengrassV2::ComponentVersion" && recipe && recipe->is_string())
      check_recipe_text(*recipe, path + "InlineRecipe", types, report);
    if (resource.type == "AWS::GreengrassV2::Deployment")
      check_components(resource.properties->find("Components"), path + "Components", true, report);
  }
}

} // namespace mlopsctl::templates
