// SPDX-License-Identifier: Apache-2.0
// deploy.yaml from the top: the plain sections, and the order in which the others are read.
#include "templates/spec.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/spec_sections.hpp"

#include <filesystem>

namespace mlopsctl::templates {
namespace {

std::optional<ModelLocation> read_model(ObjectReader& top) {
  auto reader = top.object("model");
  if (!reader)
    return std::nullopt;
  ModelLocation model;
  model.url = check_s3_url(*reader, "url", reader->text("url"));
  const auto file = model.url.substr(model.url.rfind('/') + 1);
  check_name(*reader, "url", file, {"the name of a model's file", 1, 255, "-_."});
  if (!reader->has("digest"))
    reader->fail("digest", "is missing: without it nothing says which weights run",
                 "add the sha256:... that 'mlopsctl package' prints for the model");
  model.digest = check_digest(*reader, "digest", reader->text("digest"));
  reader->finish();
  return model;
}

std::optional<Artifacts> read_artifacts(ObjectReader& top, const std::string& region) {
  auto reader = top.object("artifacts");
  if (!reader)
    return std::nullopt;
  Artifacts artifacts;
  artifacts.bucket = reader->text("bucket", "");
  if (!artifacts.bucket.empty())
    check_bucket(*reader, "bucket", artifacts.bucket);
  artifacts.prefix = check_key_part(*reader, "prefix", reader->text("prefix", ""));
  if (!artifacts.prefix.empty() && (artifacts.prefix.back() != '/' || artifacts.prefix[0] == '/'))
    reader->fail("prefix", "'" + shown(artifacts.prefix) + "' is not a folder in a bucket",
                 "write it with '/' at the end and none at the start: mlopsctl/");
  artifacts.registry = reader->text("registry", "");
  if (!artifacts.registry.empty())
    check_registry(*reader, "registry", artifacts.registry, region);
  artifacts.create_registry = reader->boolean("create_registry", false);
  if (artifacts.create_registry && artifacts.registry.empty())
    reader->fail("create_registry", "has no name to make it under",
                 "add registry: ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME");
  reader->finish();
  return artifacts;
}

void read_head(ObjectReader& top, DeploySpec& spec) {
  const auto schema = top.text("schema");
  if (schema != k_deploy_schema)
    top.fail("schema", "'" + shown(schema) + "' is not " + std::string(k_deploy_schema),
             "this program reads " + std::string(k_deploy_schema));
  spec.name = check_name(top, "name", top.text("name"), k_stack_name);
  if (!((spec.name[0] | 0x20) >= 'a' && (spec.name[0] | 0x20) <= 'z'))
    top.fail("name", "'" + shown(spec.name) + "' does not start with a letter",
             "it becomes the name of a stack and of components");
  spec.region = top.text("region", "");
  if (!spec.region.empty())
    check_region(top, "region", spec.region);
  spec.account = top.text("account", "");
  if (!spec.account.empty())
    check_account(top, "account", spec.account);
  if (top.has("retention_days"))
    spec.retention_days = check_range(top, "retention_days", top.integer("retention_days"), 1, 3653,
                                      "CloudWatch keeps logs for at most ten years");
  else
    top.integer("retention_days", 0);
}

} // namespace

DeploySpec parse_spec(std::string_view text, const std::string& path) {
  const Value root = parse_yaml(text, path);
  if (root.is_null())
    throw Error(Fault::input, path + ": is empty", "'mlopsctl template init' writes one to edit");
  check_literal_text(root, path);
  ObjectReader top(root, path);
  DeploySpec spec;
  spec.path = path;
  read_head(top, spec);
  spec.model = read_model(top);
  spec.artifacts = read_artifacts(top, spec.region);
  spec.tables = read_tables(top);
  spec.functions = read_functions(top, spec);
  spec.edge = read_edge(top, spec);
  spec.greengrass_v1 = read_greengrass_v1(top);
  spec.training = read_training(top, spec);
  spec.instance = read_instance(top, spec);
  spec.fan_out = read_fan_out(top, spec);
  spec.pipeline = read_pipeline(top);
  top.finish();
  return spec;
}

DeploySpec read_spec(const std::string& path) {
  std::error_code ignored;
  if (path != "-" && !std::filesystem::exists(path, ignored))
    throw Error(Fault::usage, path + ": no such file",
                "'mlopsctl template init -o " + path + "' writes one to edit");
  return parse_spec(read_file(path, k_max_spec_bytes), path);
}

std::string logical_id(std::string_view name) {
  std::string id;
  bool starts_word = true;
  for (const char c : name) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!is_letter && (c < '0' || c > '9')) {
      starts_word = true;
      continue;
    }
    id += starts_word && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    starts_word = false;
  }
  return id;
}

} // namespace mlopsctl::templates
