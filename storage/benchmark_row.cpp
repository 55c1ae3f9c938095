// SPDX-License-Identifier: Apache-2.0
#include "storage/benchmark_row.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"

#include <algorithm>

namespace mlopsctl::storage {
namespace {

Value texts(const std::vector<std::string>& list) {
  Value out = Value::array();
  for (const auto& text : list)
    out.push(text);
  return out;
}

/// Visits every plain field with its key: the one list from which rows are written and read.
template <class Row, class Visit> void for_each_field(Row& row, const Visit& visit) {
  visit("time", row.time);
  visit("tag", row.tag);
  visit("note", row.note);
  visit("task", row.task);
  visit("model", row.model_name);
  visit("model_version", row.model_version);
  visit("model_digest", row.model_digest);
  visit("overrides", row.overrides);
  visit("dataset", row.dataset_name);
  visit("dataset_digest", row.dataset_digest);
  visit("images", row.dataset_images);
  visit("objects", row.dataset_objects);
  visit("seed", row.seed);
  visit("engine", row.engine);
  visit("engine_version", row.engine_version);
  visit("threads", row.threads);
  visit("batch", row.batch);
  visit("scenario", row.scenario);
  visit("protocol", row.protocol);
  visit("cpu", row.cpu);
  visit("cores", row.cores);
  visit("memory_bytes", row.memory_bytes);
  visit("kernel", row.kernel);
  visit("container", row.is_container);
  visit("mlopsctl_version", row.program_version);
  visit("command", row.command_line);
}

struct Write {
  Value& out;
  void operator()(const char* key, const std::string& field) const { out[key] = field; }
  void operator()(const char* key, const std::vector<std::string>& field) const {
    out[key] = texts(field);
  }
  void operator()(const char* key, std::int64_t field) const { out[key] = field; }
  void operator()(const char* key, int field) const { out[key] = field; }
  void operator()(const char* key, bool field) const { out[key] = field; }
};

/// A missing or null member leaves the field as it is; another type is an error.
struct Read {
  const Value& from;
  const std::string& name;

  const Value* find(const char* key, bool (Value::*is_kind)() const) const {
    const Value* value = from.find(key);
    if (value == nullptr || value->is_null())
      return nullptr;
    if (!(value->*is_kind)())
      throw Error(Fault::input, name + ": '" + key + "' is " + std::string(kind_name(value->kind)),
                  "this is not a row that mlopsctl wrote");
    return value;
  }
  void operator()(const char* key, std::string& field) const {
    if (const Value* value = find(key, &Value::is_string))
      field = value->string;
  }
  void operator()(const char* key, std::vector<std::string>& field) const {
    if (const Value* value = find(key, &Value::is_array))
      for (const auto& item : value->items)
        field.push_back(item.string);
  }
  void operator()(const char* key, std::int64_t& field) const {
    if (const Value* value = find(key, &Value::is_number))
      field = value->integer;
  }
  void operator()(const char* key, int& field) const {
    if (const Value* value = find(key, &Value::is_number))
      field = static_cast<int>(value->integer);
  }
  void operator()(const char* key, bool& field) const {
    if (const Value* value = from.find(key))
      field = value->boolean;
  }
};

Value content(const BenchmarkRow& row) {
  Value out = Value::object();
  for_each_field(row, Write{out});
  for (const auto& [name, number] : row.numbers)
    out[name] = number ? Value(*number) : Value();
  return out;
}

} // namespace

void seal(BenchmarkRow& row) {
  row.id = sha256(to_json(content(row)));
}

void seal_for(BenchmarkRow& row, const std::string& request) {
  row.id = sha256(row.model_digest + "\n" + row.dataset_digest + "\n" + request);
}

Value to_value(const BenchmarkRow& row) {
  Value out = Value::object();
  out["schema_version"] = k_benchmark_schema;
  out["id"] = row.id;
  for (auto& member : content(row).members)
    out.members.push_back(std::move(member));
  return out;
}

BenchmarkRow benchmark_row_from(const Value& value, const std::string& name) {
  const Value* version = value.find("schema_version");
  if (version == nullptr || version->integer < 1)
    throw Error(Fault::input, name + ": no row of a benchmark table");
  if (version->integer > k_benchmark_schema)
    throw Error(Fault::input,
                name + ": row of version " + std::to_string(version->integer) +
                    ", this program reads up to " + std::to_string(k_benchmark_schema),
                "use a newer mlopsctl");
  BenchmarkRow row;
  const Read read{value, name};
  read("id", row.id);
  std::vector<std::string> known{"schema_version", "id"};
  for_each_field(row, read);
  for_each_field(row, [&](const char* key, const auto&) { known.emplace_back(key); });
  for (const auto& [key, member] : value.members)
    if ((member.is_number() || member.is_null()) &&
        std::find(known.begin(), known.end(), key) == known.end())
      row.numbers.emplace_back(key, member.is_number() ? std::optional(member.real) : std::nullopt);
  return row;
}

std::optional<NamedNumber> find_number(const BenchmarkRow& row, const std::string& name) {
  for (const auto& number : row.numbers)
    if (number.first == name)
      return number;
  return std::nullopt;
}

} // namespace mlopsctl::storage
