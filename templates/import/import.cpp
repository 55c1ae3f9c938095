// SPDX-License-Identifier: Apache-2.0
#include "templates/import/import.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "core/yaml_documents.hpp"
#include "templates/checks.hpp"
#include "templates/import/lists.hpp"
#include "templates/spec_sections.hpp"
#include "templates/validate/document.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

/// What is wrong with the group is said with the lines of its own file. \param is_whole what its
/// functions and subscriptions name is in it
void check_section(const Value& section, const std::string& path, bool is_whole) {
  Value root = Value::object();
  root["greengrass_v1"] = section;
  check_literal_text(root, path);
  ObjectReader top(root, path);
  read_greengrass_v1(top, is_whole);
}

std::vector<V1Lists> read_parts(const std::vector<Document>& documents, ImportReport& report) {
  const auto& first = documents.front();
  if (documents.size() == 1 && first.kind == DocumentKind::greengo)
    return {read_greengo(first.root, first.name, report)};
  if (documents.size() == 1 && first.kind == DocumentKind::cloudformation)
    return {read_v1_template(first.root, first.name, report)};
  for (const auto& document : documents)
    if (document.kind != DocumentKind::other || !document.root.is_object())
      throw Error(Fault::input,
                  document.name + ": is no answer of Greengrass v1 but a " +
                      std::string(kind_name(document.kind)),
                  "give one greengo file, one CloudFormation template, or the JSON of "
                  "get-group-version and its definition versions");
  return read_definitions(documents, report);
}

/// JSON has no lines here, but is YAML, too: people get places in both.
void copy_lines(const Value& from, Value& to) {
  to.line = from.line;
  for (std::size_t i = 0; i < std::min(from.items.size(), to.items.size()); ++i)
    copy_lines(from.items[i], to.items[i]);
  for (std::size_t i = 0; i < std::min(from.members.size(), to.members.size()); ++i)
    copy_lines(from.members[i].second, to.members[i].second);
}

void add_lines(std::string_view text, Document& document) {
  try {
    const auto again = parse_yaml_documents(without_byte_order_mark(text), document.name);
    if (again.size() == 1)
      copy_lines(again.front(), document.root);
  } catch (const Error&) { // NOLINT(bugprone-empty-catch): a text that only JSON can write
  }
}

/// A list of documents is as good as a file for each.
void add_documents(std::string_view text, const std::string& path, std::vector<Document>& out) {
  for (auto& document : parse_documents(text, path)) {
    if (document.root.line == 0)
      add_lines(text, document);
    if (!document.root.is_array()) {
      out.push_back(std::move(document));
      continue;
    }
    for (auto& item : document.root.items)
      out.push_back({path, DocumentKind::other, std::move(item)});
  }
}

void merge(Value& into, const Value& value) {
  if (into.is_array() && value.is_array())
    into.items.insert(into.items.end(), value.items.begin(), value.items.end());
  else
    into = value;
}

Imported import_documents(const std::vector<Document>& documents, const ImportOptions& options) {
  ImportReport report;
  if (documents.empty())
    throw Error(Fault::input, "there is no group of Greengrass v1 in the folder",
                "it holds .json, .yaml or .yml files");
  const auto parts = read_parts(documents, report);
  if (parts.empty())
    throw Error(Fault::input, documents.front().name + ": is no group of Greengrass v1",
                "greengo's file has Group and Cores, a template AWS::Greengrass::Group, an answer "
                "of the API Definition");
  const auto sections = to_sections(parts, report);
  Value whole = Value::object();
  for (std::size_t i = 0; i < parts.size(); ++i) {
    check_section(sections[i], parts[i].path, parts.size() == 1);
    for (const auto& [key, value] : sections[i].members)
      merge(whole[key], value);
  }
  Imported out;
  out.text = to_deploy_yaml(parts, whole, options, report);
  out.items = report.items();
  parse_spec(out.text, options.output);
  return out;
}

} // namespace

Imported import_text(std::string_view text, const std::string& path, const ImportOptions& options) {
  std::vector<Document> documents;
  add_documents(text, path, documents);
  return import_documents(documents, options);
}

Imported import_group(const std::vector<std::string>& paths, const ImportOptions& options) {
  std::vector<Document> documents;
  for (const auto& path : paths) {
    if (!is_folder(path)) {
      add_documents(read_file(path, k_max_document_bytes), path, documents);
      continue;
    }
    const auto folder = open_folder(path);
    for (const auto& file : folder->list())
      if (is_template_name(file.name))
        add_documents(read_all(*folder->open(file.name), k_max_document_bytes),
                      path + "/" + file.name, documents);
  }
  return import_documents(documents, options);
}

DeploySpec read_spec_or_group(const std::string& path, const ImportOptions& options,
                              std::vector<ImportItem>& items) {
  if (!is_folder(path)) {
    const auto documents = parse_documents(read_file(path, k_max_document_bytes), path);
    if (!documents.empty() && documents.front().root.find("schema"))
      return read_spec(path);
  }
  auto imported = import_group({path}, options);
  items = std::move(imported.items);
  return parse_spec(imported.text, options.output);
}

} // namespace mlopsctl::templates
