// SPDX-License-Identifier: Apache-2.0
// schemas/deploy.json and parse_spec() say the same.
#include "core/io.hpp"
#include "fixture.hpp"

#define VALIJSON_USE_EXCEPTIONS 1
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

namespace mlopsctl::templates {
namespace {

bool fits_schema(const std::string& yaml) {
  static const auto document = nlohmann::json::parse(
      read_file(std::string(MLOPSCTL_SOURCE) + "/schemas/deploy.json", 1 << 20));
  valijson::Schema schema;
  valijson::SchemaParser(valijson::SchemaParser::kDraft7)
      .populateSchema(valijson::adapters::NlohmannJsonAdapter(document), schema);
  const auto spec = nlohmann::json::parse(to_json(parse_yaml(yaml, "d")));
  valijson::Validator validator;
  return validator.validate(schema, valijson::adapters::NlohmannJsonAdapter(spec), nullptr);
}

/// Every key path of a checked spec: what templates get has all keys that the reader knows.
void expect_keys(const nlohmann::json& root, const nlohmann::json& schema, const Value& value,
                 const std::string& path) {
  const nlohmann::json& node =
      schema.contains("$ref")
          ? root.at(nlohmann::json::json_pointer(schema["$ref"].get<std::string>().substr(1)))
          : schema;
  for (const auto& item : value.items)
    expect_keys(root, node.at("items"), item, path + "[]");
  if (!value.is_object())
    return;
  for (const auto& [key, member] : value.members) {
    ASSERT_TRUE(node.at("properties").contains(key)) << path << "." << key;
    expect_keys(root, node["properties"][key], member, path + "." + key);
  }
  for (const auto& [key, unused] : node.at("properties").items())
    EXPECT_TRUE(value.find(key) || key == "camera" || path.ends_with("runtime_digests") ||
                path.ends_with("hyperparameters"))
        << path << "." << key; // edge.camera has become the camera of each core
}

TEST(DeploySchema, HasTheKeysThatTheReaderKnows) {
  const auto schema = nlohmann::json::parse(
      read_file(std::string(MLOPSCTL_SOURCE) + "/schemas/deploy.json", 1 << 20));
  auto text = std::string(example_spec());
  const std::string function = "    package: image ";
  text.insert(text.find(function), "    url: {auth: iam}\n    reserved_concurrency: 5\n");
  ASSERT_TRUE(fits_schema(text));
  expect_keys(schema, schema, to_value(parse_spec(text, "d")), "");
}

TEST(DeploySchema, TheReaderAndTheSchemaRefuseTheSame) {
  for (const std::string part :
       {"functions: [{name: f, timeout_s: 3600}]",
        "functions: [{name: f, memory_mb: 1}]",
        "functions: [{name: \"a b\"}]",
        "functions: [{name: f, triggers: [{}]}]",
        "functions: [{name: f, reserved_concurrency: -1}]",
        "functions: [{name: f, url: {auth: all}}]",
        "retention_days: 0",
        "account: 123456789012",
        "nosuch: 1",
        "tables: [{name: ab}]",
        "edge: {topics: {start: \"#\"}}",
        "edge: {camera: camera}",
        "fan_out: {shards: 0}",
        "fan_out: {shards: 2, input: \"./set\"}",
        "fan_out: {shards: 2, output: \"-o\"}",
        "fan_out: {shards: 2, image: mlopsctl}",
        "fan_out: {shards: 2, subnets: [eth0]}",
        "fan_out: {shards: 2, partition: \"a b\"}",
        "fan_out: {shards: 2, retries: 10}",
        "pipeline: {ci: jenkins}",
        "pipeline: {model: /m}",
        "pipeline: {data: \"a\\nb\"}",
        "pipeline: {branch: \"a b\"}",
        "pipeline: {repository: name}",
        "pipeline: {deploy: [fan-out]}",
        "training: {}",
        "instance: {}",
        "instance: {type: t3.large}",
        "greengrass_v1: {functions: [{name: a b}]}",
        "greengrass_v1: {functions: [{name: a, memory_kb: 0}]}",
        "greengrass_v1: {resources: [{id: r}]}",
        "greengrass_v1: {resources: [{id: r, kind: disk, source: /a/b, destination: /c}]}",
        "greengrass_v1: {subscriptions: [{source: nowhere, topic: a, target: cloud}]}",
        "greengrass_v1: {loggers: [{level: LOUD}]}",
        "greengrass_v1: {devices: [{}]}",
        "greengrass_v1: {connectors: [{name: c}]}",
        "training: {train: s3://s/t, validation: s3://s/v, label_attribute: a, instance: t3.large, "
        "role: \"arn:aws:iam::123456789012:role/r\"}"}) {
    EXPECT_FALSE(fits_schema(k_common + part + "\n")) << part;
    EXPECT_NE(refusal(k_common + part + "\n"), k_no_error) << part;
  }
}

} // namespace
} // namespace mlopsctl::templates
