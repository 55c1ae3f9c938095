// SPDX-License-Identifier: Apache-2.0
// Between the readers, one for each way in which a group is written down, and deploy.yaml: the
// group's lists in the spelling of v1's API.
#pragma once

#include "core/value.hpp"
#include "templates/import/import.hpp"
#include "templates/validate/document.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::templates {

class ImportReport {
public:
  void add(const std::string& path, const Value& at, std::string what, std::string todo);
  const std::vector<ImportItem>& items() const { return items_; }

private:
  std::vector<ImportItem> items_;
};

/// What one file says of the group: some of Name, RoleArn (texts), DefaultConfig (object), Cores,
/// Functions, Resources, Subscriptions, Loggers, Devices, Connectors (lists). A function may have
/// greengo's Handler, Package, Alias and LambdaVariables, too. "<name>" in a text is what the file
/// does not say.
struct V1Lists {
  std::string path; ///< for messages
  Value lists = Value::object();
};

/// Takes from one object of v1 the keys that have a place in deploy.yaml; finish() lists the rest.
class Taker {
public:
  /// \param where for messages, such as "Functions[0]"; an object is expected there.
  /// \throws Error(input) with the line
  Taker(const Value& object, std::string path, std::string where, ImportReport& report);

  /// Null where absent.
  Value take(std::string_view key);
  /// Numbers and booleans as text; null and an item in the list where the file does not say it.
  Value text(std::string_view key, const std::string& todo = "write it into deploy.yaml");
  /// "900000" is a number: CloudFormation makes one of it.
  Value whole(std::string_view key);
  /// 'True', 'yes', "true".
  Value flag(std::string_view key);
  Taker object(std::string_view key); ///< an empty one where absent
  void finish();

  const std::string& path() const { return path_; }
  const std::string& where() const { return where_; }
  const Value& value() const { return *object_; }
  ImportReport& report() { return *report_; }

private:
  const Value* object_;
  std::string path_;
  std::string where_;
  ImportReport* report_;
  std::vector<std::string> taken_;
};

/// Entries of a list of v1; absent: none. \throws Error(input) if it is no list.
std::vector<Taker> entries(const V1Lists& part, std::string_view key, ImportReport& report);

/// Adds the lists of a definition version; what is none of them is listed.
/// \param where for messages
void add_lists(V1Lists& out, const Value& definition, const std::string& where,
               ImportReport& report);

/// What each part gives of section greengrass_v1 of deploy.yaml, as it is to be read; lines are
/// those of the part's file. \param parts all files of the group
std::vector<Value> to_sections(const std::vector<V1Lists>& parts, ImportReport& report);

/// deploy.yaml around a checked section. \param name of the group
std::string to_deploy_yaml(const std::vector<V1Lists>& parts, const Value& section,
                           const ImportOptions& options, ImportReport& report);

/// "arn:aws:iot:...:thing/NAME" -> NAME; a name stays as it is.
Value thing_name(const Value& thing);

/// A mapping of more keys than any group has. \throws Error(input)
void check_key_count(const Value& map, const std::string& path, const std::string& where);

/// "<" in \p text: something that the file does not say.
bool is_unknown(std::string_view text);

// The readers.
V1Lists read_greengo(const Value& root, const std::string& path, ImportReport& report);
/// \param root functions in their long form
V1Lists read_v1_template(const Value& root, const std::string& path, ImportReport& report);
/// \param documents answers of v1's API, in any order
std::vector<V1Lists> read_definitions(const std::vector<Document>& documents, ImportReport& report);

} // namespace mlopsctl::templates
