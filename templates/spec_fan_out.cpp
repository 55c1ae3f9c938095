// SPDX-License-Identifier: Apache-2.0
// Section 'fan_out': one data set on many machines.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/spec_sections.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

std::string optional_place(ObjectReader& reader, const char* key,
                           const std::string& fallback = {}) {
  auto place = reader.text(key, fallback);
  return place.empty() ? place : check_shared_place(reader, key, place);
}

std::string optional_name(ObjectReader& reader, const char* key, const NameRule& rule) {
  auto name = reader.text(key, "");
  return name.empty() ? name : check_name(reader, key, name, rule);
}

std::vector<std::string> read_ids(ObjectReader& reader, const char* key, std::string_view prefix) {
  auto ids = reader.texts(key);
  for (const auto& id : ids)
    check_ec2_id(reader, key, id, prefix);
  return ids;
}

void read_places(ObjectReader& reader, FanOut& fan_out) {
  fan_out.input = optional_place(reader, "input");
  fan_out.truth = optional_place(reader, "truth", fan_out.input);
  fan_out.images = optional_place(reader, "images");
  fan_out.output = optional_place(reader, "output");
}

void read_resources(ObjectReader& reader, FanOut& fan_out) {
  fan_out.cpus =
      check_range(reader, "cpus", reader.integer("cpus", 1), 1, 256, "processors of a shard");
  fan_out.memory_mb = check_range(reader, "memory_mb", reader.integer("memory_mb", 2048), 256,
                                  1 << 20, "memory of a shard, in MB");
  fan_out.time_limit_minutes =
      check_range(reader, "time_limit_minutes", reader.integer("time_limit_minutes", 60), 1, 10'080,
                  "a shard takes a minute to a week; more shards take less");
  fan_out.retries =
      check_range(reader, "retries", reader.integer("retries", 2), 0, 9, "of a shard that failed");
}

std::string read_function_name(ObjectReader& reader, const std::vector<Function>& functions) {
  auto name = reader.text("function", "");
  if (name.empty())
    return name;
  std::vector<std::string> names;
  for (const auto& function : functions)
    names.push_back(function.name);
  if (std::find(names.begin(), names.end(), name) == names.end())
    reader.fail("function",
                "'" + shown(name) + "' is not under functions" + did_you_mean(name, names),
                "add {name: ..., images: s3://...} there");
  return name;
}

} // namespace

std::optional<FanOut> read_fan_out(ObjectReader& top, const DeploySpec& spec) {
  auto reader = top.object("fan_out");
  if (!reader)
    return std::nullopt;
  FanOut fan_out;
  fan_out.shards =
      check_range(*reader, "shards", reader->integer("shards"), 1, 10'000, "each shard is one job");
  fan_out.engine =
      reader->one_of("engine", {"slurm", "step-functions", "batch", "kubernetes"}, "slurm");
  read_places(*reader, fan_out);
  read_resources(*reader, fan_out);
  fan_out.partition = optional_name(*reader, "partition", {"a partition of Slurm", 1, 64, "-_."});
  fan_out.image = reader->text("image", "");
  if (!fan_out.image.empty())
    check_image(*reader, "image", fan_out.image);
  fan_out.service_account =
      optional_name(*reader, "service_account", {"a service account's name", 1, 63, "-"});
  fan_out.function = read_function_name(*reader, spec.functions);
  fan_out.subnets = read_ids(*reader, "subnets", "subnet-");
  fan_out.security_groups = read_ids(*reader, "security_groups", "sg-");
  reader->finish();
  return fan_out;
}

} // namespace mlopsctl::templates
