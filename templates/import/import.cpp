// SPDX-License-Identifier: Apache-2.0
#include "templates/import/import.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/import/lists.hpp"
#include "templates/spec_sections.hpp"
#include "templates/validate/document.hpp"

namespace mlopsctl::templates {
namespace {

/// What is wrong with the group is said with the lines of its own file.
void check_section(const Value& section, const std::string& path) {
  Value root = Value::object();
  root["greengrass_v1"] = section;
  check_literal_text(root, path);
  ObjectReader top(root, path);
  read_greengrass_v1(top);
}

V1Lists read_lists(std::string_view text, const std::string& path, ImportReport& report) {
  const auto documents = parse_documents(text, path);
  if (documents.size() == 1 && documents.front().kind == DocumentKind::greengo)
    return read_greengo(documents.front().root, path, report);
  throw Error(Fault::input, path + ": is no group of Greengrass v1",
              "greengo's file has Group and Cores");
}

Imported import_parts(const std::vector<V1Lists>& parts, const ImportOptions& options,
                      ImportReport& report) {
  const Value section = to_section(parts, report);
  check_section(section, parts.front().path);
  Imported out;
  out.text = to_deploy_yaml(parts, section, options, report);
  out.items = report.items();
  parse_spec(out.text, options.output);
  return out;
}

} // namespace

Imported import_text(std::string_view text, const std::string& path, const ImportOptions& options) {
  ImportReport report;
  return import_parts({read_lists(text, path, report)}, options, report);
}

Imported import_group(const std::vector<std::string>& paths, const ImportOptions& options) {
  ImportReport report;
  std::vector<V1Lists> parts;
  for (const auto& path : paths)
    parts.push_back(read_lists(read_file(path, k_max_document_bytes), path, report));
  return import_parts(parts, options, report);
}

} // namespace mlopsctl::templates
