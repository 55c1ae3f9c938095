// SPDX-License-Identifier: Apache-2.0
// Tables: keys that are not declared, and keys under which one run overwrites another.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/validate/rules.hpp"

#include <algorithm>
#include <set>

namespace mlopsctl::templates {
namespace {

/// A name without case and punctuation: "Model-Name" is "modelname".
std::string squeezed(std::string_view text) {
  std::string out;
  for (const char c : lower(std::string(text)))
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
      out += c;
  return out;
}

std::string key_of(const Value& schema, std::string_view type) {
  for (const auto* key : as_list(&schema))
    if (const Value* own = key->find("KeyType"); own && own->string == type)
      if (const Value* name = key->find("AttributeName"))
        return text_of(*name);
  return "";
}

/// Every key schema of a table with its indexes.
std::vector<const Value*> key_schemas(const Resource& table) {
  std::vector<const Value*> out;
  if (const Value* own = table.properties->find("KeySchema"))
    out.push_back(own);
  for (const auto* name : {"GlobalSecondaryIndexes", "LocalSecondaryIndexes"})
    for (const auto* index : as_list(table.properties->find(name)))
      if (const Value* own = index->find("KeySchema"))
        out.push_back(own);
  return out;
}

void check_declared(const Resource& table, Report& report) {
  const Value* list = table.properties->find("AttributeDefinitions");
  std::set<std::string> declared;
  for (const auto* attribute : as_list(list))
    if (const Value* name = attribute->find("AttributeName"))
      declared.insert(text_of(*name));
  std::set<std::string> used;
  for (const auto* schema : key_schemas(table))
    for (const auto* key : as_list(schema)) {
      const Value* name = key->find("AttributeName");
      if (!name)
        continue;
      used.insert(text_of(*name));
      if (!declared.contains(text_of(*name)))
        report.add("key-not-declared", *name, table.path + ".Properties.KeySchema",
                   "key '" + shown(text_of(*name)) + "' is not among the AttributeDefinitions");
    }
  for (const auto& name : declared)
    if (!used.contains(name))
      report.add("key-not-declared", *list, table.path + ".Properties.AttributeDefinitions",
                 "'" + shown(name) + "' is declared, but no key: DynamoDB refuses that");
}

/// Why every run would have the same key; empty if it would not, as far as names tell.
std::string why_same_key(const Resource& table, const std::string& key) {
  // What many runs have in common.
  static const std::set<std::string> shared{
      "architecture", "batch",     "classes",      "count",          "dataset",    "datasetname",
      "dataversion",  "device",    "engine",       "images",         "imagecount", "machine",
      "model",        "modelname", "modelversion", "numberofimages", "precision",  "samples",
      "size",         "tag",       "threads",      "version"};
  if (shared.contains(squeezed(key)))
    return "is the same for every run of that " + shown(key);
  const auto holds = [](const std::string& text, std::initializer_list<std::string_view> words) {
    return std::any_of(words.begin(), words.end(),
                       [&](auto word) { return text.find(word) != std::string::npos; });
  };
  const Value* name = table.properties->find("TableName");
  const auto about = squeezed(table.id + (name ? text_of(*name) : ""));
  if (holds(about, {"benchmark", "experiment", "leaderboard", "metrics", "runs"}) &&
      !holds(squeezed(key), {"id", "uuid", "key", "time", "date", "hash", "digest", "run"}))
    return "does not tell one run from the next";
  return "";
}

void check_overwrites(const Resource& table, Report& report) {
  const Value* schema = table.properties->find("KeySchema");
  if (!schema || !key_of(*schema, "RANGE").empty())
    return;
  const auto key = key_of(*schema, "HASH");
  const auto why = why_same_key(table, key);
  if (!why.empty())
    report.add("table-key-overwrites", *schema, table.path + ".Properties.KeySchema",
               "the only key '" + shown(key) + "' " + why + ", so that each overwrites the last");
}

} // namespace

void check_tables(const Stack& stack, Report& report) {
  for (const auto* table : stack.of_type("AWS::DynamoDB::Table")) {
    check_declared(*table, report);
    check_overwrites(*table, report);
  }
}

} // namespace mlopsctl::templates
