// SPDX-License-Identifier: Apache-2.0
// Every rendered resource against CloudFormation's own resource schemas, which lie outside the
// repository.
#include "core/io.hpp"
#include "fixture.hpp"
#include "templates/validate/types.hpp"

#include <algorithm>
#include <filesystem>
#include <set>

namespace mlopsctl::templates {
namespace {

const std::filesystem::path k_schemas =
    std::filesystem::path(MLOPSCTL_SHARED) / "data/golden/cfn-schemas";

/// Types that the folder has no schema for; a rendered resource of any other must be checked.
const std::set<std::string> k_without_schema{"AWS::Batch::ComputeEnvironment",
                                             "AWS::Batch::JobDefinition",
                                             "AWS::Batch::JobQueue",
                                             "AWS::EC2::Instance",
                                             "AWS::EC2::LaunchTemplate",
                                             "AWS::EC2::SecurityGroup",
                                             "AWS::IAM::InstanceProfile",
                                             "AWS::IoT::RoleAlias",
                                             "AWS::IoT::ThingGroup"};

/// What the schema of \p type says against \p properties; empty if nothing.
std::string check(const std::string& type, const Value& properties) {
  static ResourceTypes types(k_schemas.string());
  auto* known = types.find(type);
  if (!known || known->rule != "schema")
    return "no schema for " + type;
  std::string text;
  for (const auto& violation : known->schema.check(properties, type))
    text += violation.path + ": " + violation.text + "\n";
  return text;
}

/// The folder's schema of AWS::Lambda::Permission is older than this property (October 2025).
Value without_newer_keys(Value properties) {
  std::erase_if(properties.members,
                [](const auto& member) { return member.first == "InvokedViaFunctionUrl"; });
  return properties;
}

Value resources_of(const std::string& kind, const std::string& spec) {
  return *cloudformation(render_text(kind, spec)).find("Resources");
}

const std::string k_cores = "  cores: [{name: a, camera: /dev/video0, platform: linux/arm/v7}]\n";

const std::vector<std::pair<std::string, std::string>> k_variants{
    {"cloud-function", std::string(example_spec())},
    {"edge-group", std::string(example_spec())},
    {"instance", std::string(example_spec())},
    {"benchmark-table", std::string(example_spec())},
    // A new bucket with two functions, with and without a filter, retention, an arm function.
    {"cloud-function", k_common +
                           "retention_days: 7\nfunctions:\n"
                           "  - {name: a, package: image, digest: \"sha256:" +
                           std::string(64, 'c') +
                           "\", triggers: [{s3: {bucket: fresh, prefix: in/, suffix: .png}}]}\n"
                           "  - {name: b, architecture: arm64, tmp_mb: 10240, triggers: "
                           "[{s3: {bucket: fresh, prefix: out/}}, {s3: {bucket: other}}]}\n"},
    // A role of the user's, a table that exists, cron, no queue; a table with two keys.
    {"cloud-function",
     k_common + "functions:\n  - {name: f, role: \"arn:aws:iam::123456789012:role/mine\", table: "
                "there, triggers: [{schedule: \"cron(0 3 * * ? *)\"}]}\n"
                "tables: [{name: there, existing: true}, {name: two, partition_key: \"a b\", "
                "sort_key: c}]\n"},
    // Existing buckets with every kind of filter.
    {"cloud-function", k_common + "functions:\n  - {name: f, triggers: "
                                  "[{s3: {bucket: one, existing: true}}, {s3: {bucket: two, "
                                  "existing: true, prefix: a/}}, {s3: {bucket: three, existing: "
                                  "true, suffix: .jpg}}]}\n"},
    // Addresses of both kinds, concurrency.
    {"cloud-function", k_common + "functions:\n  - {name: f, url: {}, reserved_concurrency: 5}\n"
                                  "  - {name: g, url: {auth: none}}\n"},
    {"edge-group", k_common + "retention_days: 1\nedge:\n" + k_cores},
    {"edge-group", k_common +
                       "retention_days: 1\nedge:\n  cores: [{name: a, camera: /dev/video0, "
                       "certificate: \"arn:aws:iot:eu-west-1:123456789012:cert/" +
                       std::string(64, 'a') + "\"}]\n"},
    {"edge-group",
     k_common + "retention_days: 1\nedge:\n" + k_cores +
         "  mqtt: {endpoint: abc-ats.iot.eu-west-1.amazonaws.com}\n  runtime_digests: "
         "{linux/arm/v7: \"sha256:" +
         std::string(64, 'd') +
         "\"}\n  components: [{name: aws.greengrass.Cli, version: 2.12.0}]\n"},
    {"fan-out", k_common + k_fan_out +
                    "engine: batch, image: \"r.example/m:1\", subnets: [subnet-1], "
                    "security_groups: [sg-1]}\n"},
    {"fan-out", k_common + "functions: [{name: f, images: s3://sets/i/}]\n" + k_fan_out +
                    "engine: step-functions, function: f}\n"},
    {"pipeline", k_common + k_pipeline + "ci: github}\n"},
    {"pipeline", k_common + k_pipeline + "ci: codebuild}\n"},
};

TEST(CloudFormation, EveryResourceIsWhatItsSchemaSays) {
  if (!std::filesystem::exists(k_schemas))
    GTEST_SKIP() << "needs ../shared/data/golden/cfn-schemas, which is not here";
  std::set<std::string> seen;
  for (const auto& [kind, spec] : k_variants)
    for (const auto& document : cloudformations(render_text(kind, spec)))
      for (const auto& [id, resource] : document.find("Resources")->members) {
        const auto type = resource.find("Type")->string;
        if (k_without_schema.contains(type))
          continue;
        seen.insert(type);
        EXPECT_EQ(check(type, without_newer_keys(*resource.find("Properties"))), "")
            << kind << " " << id;
      }
  EXPECT_GE(seen.size(), 15U);
}

TEST(CloudFormation, EveryResourceOfTheFirstGenerationIsWhatItsSchemaSays) {
  if (!std::filesystem::exists(k_schemas))
    GTEST_SKIP() << "needs ../shared/data/golden/cfn-schemas, which is not here";
  RenderOptions options;
  options.generation = "v1";
  auto more = parse_spec(std::string(example_spec()), "d.yaml");
  more.greengrass_v1->find("devices")->push(
      parse_json(R"({"name": "D", "certificate": null, "sync_shadow": true})", "device"));
  more.greengrass_v1->find("connectors")
      ->push(parse_json(
          R"({"name": "C", "arn": "arn:c", "parameters": [{"name": "P", "value": "1"}]})",
          "connector"));
  std::set<std::string> seen;
  const auto resources =
      *cloudformation(render_kind(find_kind("edge-group"), more, options)).find("Resources");
  for (const auto& [id, resource] : resources.members) {
    const auto type = resource.find("Type")->string;
    seen.insert(type);
    EXPECT_EQ(check(type, *resource.find("Properties")), "") << id;
  }
  EXPECT_EQ(seen.size(), 18U); // seven definitions, their versions, a group, its version, a thing
}

TEST(CloudFormation, TheCheckRefusesBrokenResources) {
  if (!std::filesystem::exists(k_schemas))
    GTEST_SKIP() << "needs ../shared/data/golden/cfn-schemas, which is not here";
  const auto resources = resources_of("cloud-function", std::string(example_spec()));
  const Value function = *resources.find("InferImagesFunction")->find("Properties");
  const std::string type = "AWS::Lambda::Function";
  ASSERT_EQ(check(type, function), "");
  const auto broken = [&](const char* key, const Value& value) {
    Value out = function;
    out[key] = value;
    return check(type, out);
  };
  EXPECT_NE(broken("MemorySize", "much"), "");
  EXPECT_NE(broken("Memory", 3), "");
  EXPECT_NE(broken("Architectures", parse_json("[\"mips\"]", "x")), "");
  Value without = function;
  std::erase_if(without.members, [](const auto& member) { return member.first == "Code"; });
  EXPECT_NE(check(type, without), "");
  Value group = *resources.find("InferImagesLogs")->find("Properties");
  ASSERT_EQ(check("AWS::Logs::LogGroup", group), "");
  group["RetentionInDays"] = 31;
  EXPECT_NE(check("AWS::Logs::LogGroup", group), "");
}

/// What is built in knows every property that the published schemas know, and no schema is needed
/// to refuse what they refuse.
TEST(CloudFormation, BuiltInTypesKnowAllProperties) {
  if (!std::filesystem::exists(k_schemas))
    GTEST_SKIP() << "needs ../shared/data/golden/cfn-schemas, which is not here";
  ResourceTypes own;
  ResourceTypes published(k_schemas.string());
  int compared = 0;
  for (const auto& file : std::filesystem::directory_iterator(k_schemas)) {
    const auto schema = parse_json(read_file(file.path().string(), 1 << 20), "schema");
    const auto type = schema.find("typeName")->string;
    const auto* known = own.find(type);
    if (!known)
      continue;
    ++compared;
    const auto* full = published.find(type);
    std::set<std::string> attributes(known->attributes.begin(), known->attributes.end());
    for (const auto& [name, property] : schema.find("properties")->members)
      EXPECT_TRUE(known->schema.root().find("properties")->find(name) || attributes.contains(name))
          << type << " " << name;
    for (const auto& replaces : full->replaces)
      EXPECT_NE(std::find(known->replaces.begin(), known->replaces.end(),
                          replaces.substr(0, replaces.find('.'))),
                known->replaces.end())
          << type << " " << replaces;
    const Value* required = schema.find("required");
    EXPECT_EQ(required ? required->items.size() : 0,
              known->schema.root().find("required")->items.size())
        << type;
  }
  EXPECT_GE(compared, 15);
}

} // namespace
} // namespace mlopsctl::templates
