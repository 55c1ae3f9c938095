// SPDX-License-Identifier: Apache-2.0
#include "templates/import/lists.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

std::string place_of(const std::string& path, const Value& at) {
  return at.line > 0 ? path + ":" + std::to_string(at.line) : path;
}

/// Of a value, for a person; long ones are cut.
std::string words_for(const Value& value) {
  return shown(value.is_string() ? value.string : to_json(value));
}

} // namespace

void ImportReport::add(const std::string& path, const Value& at, std::string what,
                       std::string todo) {
  items_.push_back({std::move(what), place_of(path, at), std::move(todo)});
}

void check_key_count(const Value& map, const std::string& path, const std::string& where) {
  constexpr std::size_t k_max_keys = 1000;
  if (map.members.size() > k_max_keys)
    throw Error(Fault::input, place_of(path, map) + ": " + where + " has " +
                                  std::to_string(map.members.size()) + " keys; at most " +
                                  std::to_string(k_max_keys));
}

bool is_unknown(std::string_view text) {
  return text.find('<') != std::string_view::npos;
}

Taker::Taker(const Value& object, std::string path, std::string where, ImportReport& report)
    : object_(&object), path_(std::move(path)), where_(std::move(where)), report_(&report) {
  if (!object.is_object() && !object.is_null())
    throw Error(Fault::input, place_of(path_, object) + ": " + where_ + " is " +
                                  std::string(kind_name(object.kind)) + ", a mapping was expected");
}

Value Taker::take(std::string_view key) {
  taken_.emplace_back(key);
  const Value* found = object_->find(key);
  return found ? *found : Value();
}

Value Taker::text(std::string_view key, const std::string& todo) {
  Value value = take(key);
  if (value.kind == Value::Kind::boolean || value.is_number()) {
    const int line = value.line;
    value = Value(to_json(value));
    value.line = line;
  }
  if (!value.is_string() || !is_unknown(value.string))
    return value;
  report_->add(path_, value, where_ + "." + shown(key) + " is " + words_for(value), todo);
  return {};
}

Value Taker::whole(std::string_view key) {
  Value value = take(key);
  if (value.is_string() && is_unknown(value.string))
    return text(key);
  if (const auto number = parse_int(value.string); value.is_string() && number) {
    const int line = value.line;
    value = Value(*number);
    value.line = line;
  }
  return value;
}

Value Taker::flag(std::string_view key) {
  Value value = take(key);
  if (!value.is_string())
    return value;
  if (is_unknown(value.string))
    return text(key);
  const auto word = lower(value.string);
  const int line = value.line;
  if (word == "true" || word == "yes" || word == "on")
    value = Value(true);
  else if (word == "false" || word == "no" || word == "off")
    value = Value(false);
  value.line = line;
  return value;
}

Taker Taker::object(std::string_view key) {
  static const Value nothing;
  taken_.emplace_back(key);
  const Value* found = object_->find(key);
  return {found ? *found : nothing, path_, where_ + "." + std::string(key), *report_};
}

void Taker::finish() {
  for (const auto& [key, value] : object_->members)
    if (std::find(taken_.begin(), taken_.end(), key) == taken_.end() && !value.is_null())
      report_->add(path_, value, where_ + "." + shown(key) + ": " + words_for(value),
                   "deploy.yaml has no place for it: see whether it is still needed");
}

void add_lists(V1Lists& out, const Value& definition, const std::string& where,
               ImportReport& report) {
  static const std::vector<std::string> names{"Cores",   "Functions", "Resources", "Subscriptions",
                                              "Loggers", "Devices",   "Connectors"};
  for (const auto& [key, value] : definition.members) {
    if (key == "DefaultConfig" || std::find(names.begin(), names.end(), key) != names.end()) {
      Value& list = out.lists[key];
      if (list.is_array() && value.is_array())
        list.items.insert(list.items.end(), value.items.begin(), value.items.end());
      else
        list = value;
    } else if (!key.ends_with("DefinitionId")) {
      report.add(out.path, value, where + "." + shown(key) + ": " + words_for(value),
                 "deploy.yaml has no place for it: see whether it is still needed");
    }
  }
}

std::vector<Taker> entries(const V1Lists& part, std::string_view key, ImportReport& report) {
  std::vector<Taker> out;
  const Value* list = part.lists.find(key);
  if (!list || list->is_null())
    return out;
  if (!list->is_array())
    throw Error(Fault::input, place_of(part.path, *list) + ": " + std::string(key) + " is " +
                                  std::string(kind_name(list->kind)) + ", a list was expected");
  for (std::size_t i = 0; i < list->items.size(); ++i)
    out.emplace_back(list->items[i], part.path, std::string(key) + "[" + std::to_string(i) + "]",
                     report);
  return out;
}

} // namespace mlopsctl::templates
