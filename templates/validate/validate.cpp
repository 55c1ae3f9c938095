// SPDX-License-Identifier: Apache-2.0
#include "templates/validate/validate.hpp"

#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::templates {
namespace {

bool is_template_name(const std::string& name) {
  const std::array<std::string_view, 4> endings{".json", ".yaml", ".yml", ".template"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return name.ends_with(ending); });
}

void check_document(const Document& document, Validation& out) {
  Report report(document.name);
  if (document.kind == DocumentKind::cloudformation) {
    const Stack stack(document);
    check_outline(stack, report);
    check_references(stack, report);
    out.resources += static_cast<std::int64_t>(stack.resources().size());
  }
  for (auto& finding : report.take())
    out.findings.push_back(std::move(finding));
}

/// \return whether there was anything to check
bool check_text(std::string_view text, const std::string& name, Validation& out) {
  bool is_known = false;
  for (const auto& document : parse_documents(text, name)) {
    check_interrupt();
    check_document(document, out);
    is_known = is_known || document.kind != DocumentKind::other;
  }
  out.files += is_known ? 1 : 0;
  return is_known;
}

void validate_folder(const std::string& path, Validation& out) {
  const auto folder = open_folder(path);
  const auto before = out.files;
  for (const auto& entry : folder->list())
    if (is_template_name(entry.name))
      check_text(read_all(*folder->open(entry.name), k_max_document_bytes),
                 path + (path.ends_with('/') ? "" : "/") + entry.name, out);
  if (out.files == before)
    throw Error(Fault::input, path + ": holds no template, recipe, deployment or policy",
                "name the folder that 'template render' wrote, or a file");
}

} // namespace

void validate_text(std::string_view text, const std::string& name, Validation& out) {
  if (!check_text(text, name, out))
    throw Error(Fault::input, name + ": is nothing that can be checked",
                "CloudFormation has Resources, a recipe RecipeFormatVersion, a deployment "
                "targetArn, a policy Statement, a greengo file Group and Cores");
}

Validation validate_paths(const std::vector<std::string>& paths) {
  Validation out;
  for (const auto& path : paths) {
    if (is_folder(path))
      validate_folder(path, out);
    else
      validate_text(read_file(path, k_max_document_bytes), path, out);
  }
  return out;
}

} // namespace mlopsctl::templates
