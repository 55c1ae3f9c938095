// SPDX-License-Identifier: Apache-2.0
// Sections 'functions' and 'tables'.
#include "core/error.hpp"
#include "core/text.hpp"
#include "package/lambda_bundle.hpp"
#include "templates/checks.hpp"
#include "templates/spec_sections.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

S3Trigger read_s3_trigger(ObjectReader& reader) {
  S3Trigger trigger;
  trigger.bucket = check_bucket(reader, "bucket", reader.text("bucket"));
  trigger.existing = reader.boolean("existing", false);
  trigger.prefix = check_key_part(reader, "prefix", reader.text("prefix", ""));
  trigger.suffix = check_key_part(reader, "suffix", reader.text("suffix", ""));
  if (trigger.prefix.starts_with('/'))
    reader.fail("prefix", "'" + shown(trigger.prefix) + "' starts with '/', which keys do not",
                "leave the first '/' out");
  reader.finish();
  return trigger;
}

std::vector<Trigger> read_triggers(ObjectReader& function) {
  std::vector<Trigger> triggers;
  for (auto& reader : function.objects("triggers")) {
    Trigger trigger;
    trigger.line = reader.line();
    if (auto s3 = reader.object("s3"))
      trigger.s3 = read_s3_trigger(*s3);
    trigger.schedule = reader.text("schedule", "");
    if (!trigger.schedule.empty())
      check_schedule(reader, "schedule", trigger.schedule);
    reader.finish();
    if (trigger.s3.has_value() != trigger.schedule.empty())
      reader.fail("", "a trigger is one of s3 and schedule", "make it two entries of the list");
    triggers.push_back(std::move(trigger));
  }
  return triggers;
}

void read_code(ObjectReader& reader, Function& function) {
  function.package = reader.one_of("package", {"image", "zip"}, "zip");
  function.digest = reader.text("digest", "");
  if (!function.digest.empty())
    check_digest(reader, "digest", function.digest);
  function.architecture = reader.one_of("architecture", {"x86_64", "arm64"}, "x86_64");
  function.memory_mb = check_range(reader, "memory_mb", reader.integer("memory_mb", 2048),
                                   package::k_lambda_least_memory_mb,
                                   package::k_lambda_most_memory_mb, "Lambda's limits, in MB");
  function.timeout_s = check_range(
      reader, "timeout_s", reader.integer("timeout_s", 60), 1, package::k_lambda_most_timeout_s,
      "Lambda ends a function after 900 s; split the work over several runs");
  function.tmp_mb =
      check_range(reader, "tmp_mb", reader.integer("tmp_mb", package::k_lambda_least_tmp_mb),
                  package::k_lambda_least_tmp_mb, package::k_lambda_most_tmp_mb,
                  "Lambda's limits for /tmp, in MB");
}

void read_data(ObjectReader& reader, Function& function) {
  function.data = reader.text("data", "");
  if (!function.data.empty())
    check_s3_url(reader, "data", function.data);
  function.images = reader.text("images", "");
  if (!function.images.empty())
    check_s3_url(reader, "images", function.images);
}

/// A record is found by its name alone.
std::string read_lookup(ObjectReader& reader, const std::vector<ItemTable>& tables) {
  auto name = read_table_name(reader, tables, "lookup");
  for (const auto& table : tables)
    if (table.name == name &&
        (table.partition_key.empty() || !table.sort_key.empty() || table.layout != "item"))
      reader.fail("lookup", "'" + name + "' is no table of names",
                  "it needs a partition_key, the name, and no sort_key");
  return name;
}

void read_calls(ObjectReader& reader, Function& function) {
  if (auto url = reader.object("url")) {
    function.url_auth = url->one_of("auth", {"iam", "none"}, "iam");
    url->finish();
  }
  if (reader.has("reserved_concurrency"))
    function.reserved_concurrency =
        check_range(reader, "reserved_concurrency", reader.integer("reserved_concurrency"), 0,
                    100'000, "runs at the same time that are set aside for it; 0 stops it");
  else
    reader.integer("reserved_concurrency", 0);
}

Function read_function(ObjectReader& reader, const DeploySpec& spec) {
  Function function;
  function.name = check_name(reader, "name", reader.text("name"), k_function_name);
  if (logical_id(function.name).empty())
    reader.fail("name", "'" + function.name + "' has no letter or digit");
  read_code(reader, function);
  read_data(reader, function);
  function.table = read_table_name(reader, spec.tables);
  for (const auto& table : spec.tables)
    if (table.name == function.table && !function.data.empty() && table.layout != "benchmark")
      reader.fail("table", "'" + table.name + "' holds items, and a function with data keeps rows",
                  "add {name: benchmark, layout: benchmark} under tables, and name that");
  function.lookup = read_lookup(reader, spec.tables);
  function.role = reader.text("role", "");
  if (!function.role.empty())
    check_role_arn(reader, "role", function.role);
  function.triggers = read_triggers(reader);
  read_calls(reader, function);
  // A role that we do not render may not be allowed to send to the queue: Lambda would refuse it.
  function.dead_letter =
      reader.boolean("dead_letter", function.role.empty() && !function.triggers.empty());
  reader.finish();
  return function;
}

bool overlaps(std::string_view a, std::string_view b) {
  return a.starts_with(b) || b.starts_with(a);
}
bool ends_overlap(std::string_view a, std::string_view b) {
  return a.ends_with(b) || b.ends_with(a);
}

// S3 refuses two notifications whose prefixes AND suffixes overlap (user guide, "Configuring event
// notifications using object key name filtering"), and a bucket is either made here or it is not.
void check_pair(const S3Trigger& a, const Trigger& second, const std::string& path) {
  const S3Trigger& b = *second.s3;
  const auto place = path + ":" + std::to_string(second.line) + ": bucket '" + b.bucket + "' ";
  if (a.existing != b.existing)
    throw Error(Fault::input, place + "is existing: true for one trigger and not for another",
                "say the same for both");
  if (!a.existing && overlaps(a.prefix, b.prefix) && ends_overlap(a.suffix, b.suffix))
    throw Error(Fault::input,
                place + "has two triggers that the same object would fire (prefix '" + b.prefix +
                    "', suffix '" + b.suffix + "'), which S3 refuses",
                "give them prefixes or suffixes that exclude each other");
}

void check_buckets(const std::vector<Function>& functions, const std::string& path) {
  std::vector<const Trigger*> seen;
  for (const auto& function : functions)
    for (const auto& trigger : function.triggers) {
      if (!trigger.s3)
        continue;
      for (const auto* earlier : seen)
        if (earlier->s3->bucket == trigger.s3->bucket)
          check_pair(*earlier->s3, trigger, path);
      seen.push_back(&trigger);
    }
}

/// Logical ids must differ, or one resource would silently replace the other.
template <class Thing>
void check_id(const ObjectReader& reader, const std::vector<Thing>& earlier,
              const std::string& name) {
  for (const auto& other : earlier) {
    if (other.name == name)
      reader.fail("name", "'" + name + "' occurs twice");
    if (logical_id(other.name) == logical_id(name))
      reader.fail("name",
                  "'" + name + "' and '" + other.name + "' are the same without punctuation",
                  "CloudFormation's ids have letters and digits only: rename one");
  }
}

void read_keys(ObjectReader& reader, ItemTable& table) {
  table.partition_key = reader.text("partition_key", "");
  table.sort_key = reader.text("sort_key", "");
  if (table.layout == "benchmark") {
    if (!table.partition_key.empty() || !table.sort_key.empty())
      reader.fail(table.partition_key.empty() ? "sort_key" : "partition_key",
                  "is set by layout: benchmark (a run's id, so that no run overwrites another)",
                  "leave it out");
    table.partition_key = "model_dataset"; // digests of both: a comparison is one query
    table.sort_key = "run_id";
    return;
  }
  if (table.partition_key.empty() && !table.existing)
    reader.fail("partition_key", "is missing", "add it, or layout: benchmark");
  if (!table.partition_key.empty())
    check_attribute(reader, "partition_key", table.partition_key);
  if (!table.sort_key.empty())
    check_attribute(reader, "sort_key", table.sort_key);
  if (!table.sort_key.empty() && table.sort_key == table.partition_key)
    reader.fail("sort_key", "is the same attribute as partition_key");
}

} // namespace

std::string read_table_name(ObjectReader& reader, const std::vector<ItemTable>& tables,
                            const std::string& key) {
  auto name = reader.text(key, "");
  if (name.empty())
    return name;
  std::vector<std::string> names;
  for (const auto& table : tables)
    names.push_back(table.name);
  if (std::find(names.begin(), names.end(), name) == names.end())
    reader.fail(key, "'" + shown(name) + "' is not under tables" + did_you_mean(name, names),
                "add {name: ..., partition_key: ...} there; existing: true if it is there already");
  return name;
}

std::vector<ItemTable> read_tables(ObjectReader& top) {
  std::vector<ItemTable> tables;
  for (auto& reader : top.objects("tables")) {
    ItemTable table;
    table.name = check_name(reader, "name", reader.text("name"), k_table_name);
    if (logical_id(table.name).empty())
      reader.fail("name", "'" + table.name + "' has no letter or digit");
    check_id(reader, tables, table.name);
    table.layout = reader.one_of("layout", {"item", "benchmark"}, "item");
    table.existing = reader.boolean("existing", false);
    read_keys(reader, table);
    reader.finish();
    tables.push_back(std::move(table));
  }
  return tables;
}

std::vector<Function> read_functions(ObjectReader& top, const DeploySpec& spec) {
  std::vector<Function> functions;
  for (auto& reader : top.objects("functions")) {
    auto function = read_function(reader, spec);
    check_id(reader, functions, function.name);
    const bool has_code =
        spec.artifacts &&
        !(function.package == "image" ? spec.artifacts->registry : spec.artifacts->bucket).empty();
    if (!has_code)
      reader.fail("package", function.package == "image"
                                 ? "image: needs artifacts.registry, where the image is pushed"
                                 : "zip: needs artifacts.bucket, where the zip is uploaded");
    functions.push_back(std::move(function));
  }
  check_buckets(functions, spec.path);
  return functions;
}

} // namespace mlopsctl::templates
