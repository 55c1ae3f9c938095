// SPDX-License-Identifier: Apache-2.0
// What v1's API answered while it lived: get-group-version, which names definition versions, and
// each of those. (Greengrass V1 API reference, "GetGroupVersion", "GetFunctionDefinitionVersion")
#include "core/error.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/import/lists.hpp"

#include <algorithm>
#include <map>

namespace mlopsctl::templates {
namespace {

constexpr std::string_view k_version_arn = "DefinitionVersionArn";

std::string text_at(const Value& value, std::string_view key) {
  const Value* found = value.find(key);
  return found ? found->string : "";
}

/// get-group-version, not one of the definitions.
bool names_versions(const Value& definition) {
  return std::any_of(definition.members.begin(), definition.members.end(),
                     [](const auto& member) { return member.first.ends_with(k_version_arn); });
}

/// ".../functions/ID/versions/VERSION" as the call that answers with it.
std::string call_for(const std::string& key, const std::string& arn) {
  const auto kind = lower(key.substr(0, key.size() - k_version_arn.size()));
  const auto parts = split(arn, '/');
  const auto id = parts.size() > 2 ? parts[parts.size() - 3] : "ID";
  return "add what 'aws greengrass get-" + kind + "-definition-version --" + kind +
         "-definition-id " + shown(id) + " --" + kind + "-definition-version-id " +
         shown(parts.back()) + "' answered";
}

class DefinitionsReader {
public:
  explicit DefinitionsReader(ImportReport& report) : report_(report) {}

  std::vector<V1Lists> read(const std::vector<Document>& documents) {
    for (const auto& document : documents)
      find_group(document);
    for (const auto& document : documents)
      find_lists(document);
    for (const auto& [arn, place] : wanted_)
      report_.add(place.path, *place.at, place.key + ": " + shown(arn) + " is not among the files",
                  call_for(place.key, arn));
    name_the_group();
    return std::move(out_);
  }

private:
  struct Place {
    std::string path, key;
    const Value* at;
  };

  void find_group(const Document& document) {
    V1Lists part{document.name, Value::object()};
    const Value* definition = document.root.find("Definition");
    if (!definition) {
      for (const auto* key : {"Name", "RoleArn"})
        if (const Value* found = document.root.find(key))
          part.lists[key] = *found;
      if (!part.lists.members.empty())
        out_.push_back(std::move(part));
      else
        report_.add(document.name, document.root, "is no answer of Greengrass v1",
                    "it is left out");
      return;
    }
    if (!names_versions(*definition))
      return;
    for (const auto& [key, arn] : definition->members)
      if (!arn.string.empty())
        wanted_[arn.string] = {document.name, key, &arn};
    if (has_group_)
      throw Error(Fault::input, document.name + ": is a second version of a group",
                  "a deploy.yaml has one group: give the files of one");
    has_group_ = true;
    fallback_ = {document.name, Value::object()};
    if (const Value* id = document.root.find("Id"))
      fallback_.lists["Name"] = *id;
  }

  /// The version of a group has an id only.
  void name_the_group() {
    if (!has_group_ || std::any_of(out_.begin(), out_.end(), [](const auto& part) {
          return part.lists.find("Name") != nullptr;
        }))
      return;
    report_.add(fallback_.path, Value(), "the name of the group is not among the files",
                "add what 'aws greengrass get-group --group-id ID' answered; its id is taken");
    out_.push_back(std::move(fallback_));
  }

  void find_lists(const Document& document) {
    const Value* definition = document.root.find("Definition");
    if (!definition || names_versions(*definition))
      return;
    const auto arn = text_at(document.root, "Arn");
    if (has_group_ && !arn.empty() && wanted_.erase(arn) == 0) {
      report_.add(document.name, document.root,
                  shown(arn) + " is not what the group's version names", "it is left out");
      return;
    }
    out_.push_back({document.name, Value::object()});
    add_lists(out_.back(), *definition, "Definition", report_);
  }

  ImportReport& report_;
  std::vector<V1Lists> out_;
  std::map<std::string, Place> wanted_; ///< by ARN
  V1Lists fallback_;
  bool has_group_ = false;
};

} // namespace

std::vector<V1Lists> read_definitions(const std::vector<Document>& documents,
                                      ImportReport& report) {
  return DefinitionsReader(report).read(documents);
}

} // namespace mlopsctl::templates
