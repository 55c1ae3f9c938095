// SPDX-License-Identifier: Apache-2.0
// The tree itself and ObjectReader. The doors to the JSON and YAML libraries are json.cpp and
// yaml.cpp.
#include "core/value.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl {

Value Value::array() {
  Value value;
  value.kind = Kind::array;
  return value;
}

Value Value::object() {
  Value value;
  value.kind = Kind::object;
  return value;
}

const Value* Value::find(std::string_view key) const {
  for (const auto& [name, member] : members)
    if (name == key)
      return &member;
  return nullptr;
}

Value* Value::find(std::string_view key) {
  for (auto& [name, member] : members)
    if (name == key)
      return &member;
  return nullptr;
}

Value& Value::operator[](std::string_view key) {
  kind = Kind::object;
  if (Value* found = find(key))
    return *found;
  return members.emplace_back(std::string(key), Value{}).second;
}

void Value::push(Value item) {
  kind = Kind::array;
  items.push_back(std::move(item));
}

std::string_view kind_name(Value::Kind kind) {
  switch (kind) {
  case Value::Kind::null: return "nothing";
  case Value::Kind::boolean: return "true or false";
  case Value::Kind::integer: return "a whole number";
  case Value::Kind::number: return "a number";
  case Value::Kind::string: return "text";
  case Value::Kind::array: return "a list";
  case Value::Kind::object: return "a mapping";
  }
  return "something";
}

ObjectReader::ObjectReader(const Value& value, std::string path, std::string where)
    : value_(&value), path_(std::move(path)), where_(std::move(where)) {
  if (value.is_null() && where_.empty())
    throw Error(Fault::input, path_ + ": is empty, a mapping was expected");
  if (!value.is_object())
    throw Error(Fault::input, path_ + ":" + std::to_string(value.line) + ": " +
                                  (where_.empty() ? "the file" : where_) + " is " +
                                  std::string(kind_name(value.kind)) + ", a mapping was expected");
}

bool ObjectReader::has(std::string_view key) const {
  const Value* found = value_->find(key);
  return found && !found->is_null();
}

std::string ObjectReader::place(std::string_view key) const {
  const Value* found = value_->find(key);
  return path_ + ":" + std::to_string(found ? found->line : value_->line) + ": " +
         (where_.empty() ? "" : where_ + ".") + printable(key);
}

void ObjectReader::fail(std::string_view key, const std::string& text,
                        const std::string& hint) const {
  throw Error(Fault::input, place(key) + ": " + text, hint);
}

const Value* ObjectReader::look(std::string_view key) {
  known_.emplace_back(key);
  const Value* found = value_->find(key);
  return found && !found->is_null() ? found : nullptr;
}

const Value& ObjectReader::require(std::string_view key) {
  const Value* found = look(key);
  if (!found)
    fail(key, "is missing", "add it");
  return *found;
}

std::string ObjectReader::text(std::string_view key) {
  const Value& value = require(key);
  if (!value.is_string())
    fail(key, "is " + std::string(kind_name(value.kind)) + ", text was expected",
         "put it in quotes");
  return value.string;
}

std::string ObjectReader::text(std::string_view key, std::string fallback) {
  return has(key) ? text(key) : (known_.emplace_back(key), std::move(fallback));
}

std::int64_t ObjectReader::integer(std::string_view key) {
  const Value& value = require(key);
  if (value.kind != Value::Kind::integer)
    fail(key, "is " + std::string(kind_name(value.kind)) + ", a whole number was expected");
  return value.integer;
}

std::int64_t ObjectReader::integer(std::string_view key, std::int64_t fallback) {
  return has(key) ? integer(key) : (known_.emplace_back(key), fallback);
}

double ObjectReader::number(std::string_view key, double fallback) {
  const Value* value = look(key);
  if (!value)
    return fallback;
  if (!value->is_number() || !std::isfinite(value->real))
    fail(key, "is " + std::string(kind_name(value->kind)) + ", a number was expected");
  return value->real;
}

bool ObjectReader::boolean(std::string_view key, bool fallback) {
  const Value* value = look(key);
  if (!value)
    return fallback;
  if (value->kind != Value::Kind::boolean)
    fail(key, "is " + std::string(kind_name(value->kind)) + ", true or false was expected");
  return value->boolean;
}

std::string ObjectReader::one_of(std::string_view key, const std::vector<std::string>& choices,
                                 std::string fallback) {
  std::string value = text(key, std::move(fallback));
  if (std::find(choices.begin(), choices.end(), value) == choices.end())
    fail(key, "'" + printable(value) + "' is none of " + mlopsctl::join(choices, ", ") +
                  did_you_mean(value, choices));
  return value;
}

std::vector<std::string> ObjectReader::texts(std::string_view key) {
  std::vector<std::string> out;
  const Value* value = look(key);
  if (!value)
    return out;
  if (!value->is_array())
    fail(key, "is " + std::string(kind_name(value->kind)) + ", a list of texts was expected");
  for (const auto& item : value->items) {
    if (!item.is_string())
      fail(key, "holds " + std::string(kind_name(item.kind)) + ", a list of texts was expected",
           "put each in quotes");
    out.push_back(item.string);
  }
  return out;
}

std::vector<double> ObjectReader::numbers(std::string_view key) {
  std::vector<double> out;
  const Value* value = look(key);
  if (!value)
    return out;
  if (value->is_number())
    return {value->real};
  if (!value->is_array())
    fail(key, "is " + std::string(kind_name(value->kind)) + ", a list of numbers was expected");
  for (const auto& item : value->items) {
    if (!item.is_number() || !std::isfinite(item.real))
      fail(key, "holds " + std::string(kind_name(item.kind)) + ", a list of numbers was expected");
    out.push_back(item.real);
  }
  return out;
}

const Value* ObjectReader::child(std::string_view key) {
  return look(key);
}

std::optional<ObjectReader> ObjectReader::object(std::string_view key) {
  const Value* value = look(key);
  if (!value)
    return std::nullopt;
  return ObjectReader(*value, path_, (where_.empty() ? "" : where_ + ".") + std::string(key));
}

std::vector<ObjectReader> ObjectReader::objects(std::string_view key) {
  std::vector<ObjectReader> out;
  const Value* value = look(key);
  if (!value)
    return out;
  if (!value->is_array())
    fail(key, "is " + std::string(kind_name(value->kind)) + ", a list was expected");
  for (std::size_t i = 0; i < value->items.size(); ++i)
    out.emplace_back(value->items[i], path_,
                     (where_.empty() ? "" : where_ + ".") + std::string(key) + "[" +
                         std::to_string(i) + "]");
  return out;
}

void ObjectReader::finish() const {
  for (const auto& [name, member] : value_->members)
    if (std::find(known_.begin(), known_.end(), name) == known_.end())
      throw Error(Fault::input,
                  path_ + ":" + std::to_string(member.line) + ": unknown key '" + printable(name) +
                      "'" + (where_.empty() ? "" : " in " + where_) + did_you_mean(name, known_));
}

} // namespace mlopsctl
