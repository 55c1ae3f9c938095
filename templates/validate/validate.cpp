// SPDX-License-Identifier: Apache-2.0
#include "templates/validate/validate.hpp"

#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "templates/validate/rules.hpp"

namespace mlopsctl::templates {
namespace {

void check_stack(const Document& document, ResourceTypes& types, Report& report) {
  const Stack stack(document);
  check_outline(stack, report);
  check_references(stack, report);
  check_properties(stack, types, report);
  check_lambda(stack, document.name, report);
  check_triggers(stack, report);
  check_tables(stack, report);
  check_access(stack, report);
  check_greengrass(stack, types, report);
}

void check_document(const Document& document, ResourceTypes& types, Report& report) {
  switch (document.kind) {
  case DocumentKind::cloudformation: check_stack(document, types, report); break;
  case DocumentKind::recipe: check_recipe(document.root, types, report); break;
  case DocumentKind::deployment: check_deployment(document.root, types, report); break;
  case DocumentKind::policy: check_policies(document.root, "", report); break;
  case DocumentKind::greengo: check_greengo(document.root, report); break;
  case DocumentKind::other: break;
  }
  check_secrets(document, report);
}

/// \return whether there was anything to check
bool check_text(std::string_view text, const std::string& name, ResourceTypes& types,
                Validation& out) {
  bool is_known = false;
  Report report(name);
  for (const auto& document : parse_documents(text, name)) {
    check_interrupt();
    check_document(document, types, report);
    is_known = is_known || document.kind != DocumentKind::other;
    const Value* resources = document.root.find("Resources");
    if (document.kind == DocumentKind::cloudformation && resources)
      out.resources += static_cast<std::int64_t>(resources->members.size());
  }
  for (auto& finding : report.take())
    out.findings.push_back(std::move(finding));
  out.files += is_known ? 1 : 0;
  return is_known;
}

void validate_folder(const std::string& path, ResourceTypes& types, Validation& out) {
  const auto folder = open_folder(path);
  const auto before = out.files;
  for (const auto& entry : folder->list())
    if (is_template_name(entry.name))
      check_text(read_all(*folder->open(entry.name), k_max_document_bytes),
                 path + (path.ends_with('/') ? "" : "/") + entry.name, types, out);
  if (out.files == before)
    throw Error(Fault::input, path + ": holds no template, recipe, deployment or policy",
                "name the folder that 'template render' wrote, or a file");
}

} // namespace

void validate_text(std::string_view text, const std::string& name, ResourceTypes& types,
                   Validation& out) {
  if (!check_text(text, name, types, out))
    throw Error(Fault::input, name + ": is nothing that can be checked",
                "CloudFormation has Resources, a recipe RecipeFormatVersion, a deployment "
                "targetArn, a policy Statement, a greengo file Group and Cores");
}

Validation validate_paths(const std::vector<std::string>& paths, ResourceTypes& types) {
  Validation out;
  for (const auto& path : paths) {
    if (is_folder(path))
      validate_folder(path, types, out);
    else
      validate_text(read_file(path, k_max_document_bytes), path, types, out);
  }
  return out;
}

} // namespace mlopsctl::templates
