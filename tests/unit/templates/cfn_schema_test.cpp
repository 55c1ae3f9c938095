// SPDX-License-Identifier: Apache-2.0
// Every rendered resource against CloudFormation's own resource schemas, which lie outside the
// repository.
#include "fixture.hpp"

#define VALIJSON_USE_EXCEPTIONS 1 // else it ends the program
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>

namespace mlopsctl::templates {
namespace {

using Json = nlohmann::json;

const std::filesystem::path k_schemas =
    std::filesystem::path(MLOPSCTL_SHARED) / "data/golden/cfn-schemas";
constexpr std::size_t k_max_matched_chars = 2000; // std::regex recurses once a character

// Stands for what CloudFormation puts in place of Ref, Fn::GetAtt, Fn::Sub.
const std::string k_intrinsic = "INTRINSIC-INTRINSIC-INTRINSIC";

/// Types that the folder has no schema for; a rendered resource of any other must be checked.
const std::set<std::string> k_without_schema{"AWS::IoT::RoleAlias", "AWS::IoT::ThingGroup"};

Json without_intrinsics(const Json& value) {
  if (value.is_object() && value.size() == 1) {
    const auto& key = value.begin().key();
    if (key == "Ref" && value.begin()->get<std::string>() == "AWS::AccountId")
      return "123456789012";
    if (key == "Ref" || key.starts_with("Fn::"))
      return k_intrinsic;
  }
  if (value.is_string() && value.get_ref<const std::string&>().size() > k_max_matched_chars)
    return k_intrinsic;
  Json out = value;
  if (value.is_structured())
    for (auto item = out.begin(); item != out.end(); ++item)
      *item = without_intrinsics(*item);
  return out;
}

/// Patterns that std::regex cannot read are dropped; the others, and lists of values, take the
/// stand-in too.
void prepare(Json& schema) {
  if (schema.is_object()) {
    if (auto pattern = schema.find("pattern"); pattern != schema.end() && pattern->is_string()) {
      auto text = pattern->get<std::string>();
      if (text.ends_with("\\Z")) // the end, in other dialects
        text.replace(text.size() - 2, 2, "$");
      const auto wider = "(?:^" + k_intrinsic + "$)|(?:" + text + ")";
      try {
        const std::regex readable(wider);
        *pattern = wider;
      } catch (const std::regex_error&) {
        schema.erase(pattern);
      }
    }
    // valijson asks for text wherever a format stands, and throws if it is an object.
    if (auto format = schema.find("format"); format != schema.end() && format->is_string())
      schema.erase(format);
    if (auto values = schema.find("enum"); values != schema.end() && values->is_array() &&
                                           !values->empty() && values->front().is_string())
      values->push_back(k_intrinsic);
  }
  if (schema.is_structured())
    for (auto& item : schema)
      prepare(item);
}

Json load_schema(const std::string& type) {
  auto name = type; // AWS::Lambda::Function -> aws-lambda-function.json
  for (auto at = name.find("::"); at != std::string::npos; at = name.find("::"))
    name.replace(at, 2, "-");
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::ifstream file(k_schemas / (name + ".json"));
  if (!file)
    return {};
  auto schema = Json::parse(file);
  prepare(schema);
  return schema;
}

/// What the schema of \p type says against \p properties; empty if nothing.
std::string check(const std::string& type, const Json& properties) {
  const auto json = load_schema(type);
  if (json.is_null())
    return "no schema for " + type;
  valijson::Schema schema;
  valijson::SchemaParser parser;
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(json);
  parser.populateSchema(schema_adapter, schema);
  const auto instance = without_intrinsics(properties);
  const valijson::adapters::NlohmannJsonAdapter adapter(instance);
  valijson::ValidationResults results;
  valijson::Validator validator;
  if (validator.validate(schema, adapter, &results))
    return "";
  std::string text;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    for (const auto& part : error.context)
      text += part;
    text += ": " + error.description + "\n";
  }
  return text.empty() ? "refused" : text;
}

Json resources_of(const std::string& kind, const std::string& spec) {
  return Json::parse(to_json(cloudformation(render_text(kind, spec)))).at("Resources");
}

const std::string k_cores = "  cores: [{name: a, camera: /dev/video0, platform: linux/arm/v7}]\n";

const std::vector<std::pair<std::string, std::string>> k_variants{
    {"cloud-function", std::string(example_spec())},
    {"edge-group", std::string(example_spec())},
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
};

TEST(CloudFormation, EveryResourceIsWhatItsSchemaSays) {
  if (!std::filesystem::exists(k_schemas))
    GTEST_SKIP() << "needs ../shared/data/golden/cfn-schemas, which is not here";
  std::set<std::string> seen;
  for (const auto& [kind, spec] : k_variants) {
    const auto resources = resources_of(kind, spec);
    for (const auto& [id, resource] : resources.items()) {
      const auto type = resource.at("Type").get<std::string>();
      if (k_without_schema.contains(type))
        continue;
      seen.insert(type);
      EXPECT_EQ(check(type, resource.at("Properties")), "") << kind << " " << id;
    }
  }
  EXPECT_GE(seen.size(), 13U);
}

TEST(CloudFormation, TheCheckRefusesBrokenResources) {
  if (!std::filesystem::exists(k_schemas))
    GTEST_SKIP() << "needs ../shared/data/golden/cfn-schemas, which is not here";
  const auto resources = resources_of("cloud-function", std::string(example_spec()));
  const auto function = resources.at("InferImagesFunction").at("Properties");
  const std::string type = "AWS::Lambda::Function";
  ASSERT_EQ(check(type, function), "");
  auto broken = function;
  broken["MemorySize"] = "much";
  EXPECT_NE(check(type, broken), "");
  broken = function;
  broken.erase("Code");
  EXPECT_NE(check(type, broken), "");
  broken = function;
  broken["Memory"] = 3;
  EXPECT_NE(check(type, broken), "");
  broken = function;
  broken["Architectures"] = {"mips"};
  EXPECT_NE(check(type, broken), "");
  auto group = resources.at("InferImagesLogs").at("Properties");
  ASSERT_EQ(check("AWS::Logs::LogGroup", group), "");
  group["RetentionInDays"] = 31;
  EXPECT_NE(check("AWS::Logs::LogGroup", group), "");
}

TEST(CloudFormation, ReferencesLeadSomewhere) {
  for (const auto& [kind, spec] : k_variants) {
    const auto resources = resources_of(kind, spec);
    const std::function<void(const Json&)> walk = [&](const Json& value) {
      if (value.is_object() && value.contains("Ref")) {
        const auto target = value["Ref"].get<std::string>();
        EXPECT_TRUE(resources.contains(target) || target.starts_with("AWS::")) << target;
      }
      if (value.is_object() && value.contains("Fn::GetAtt")) {
        EXPECT_TRUE(resources.contains(value["Fn::GetAtt"][0])) << value.dump();
      }
      if (value.is_structured())
        for (const auto& item : value)
          walk(item);
    };
    for (const auto& resource : resources) {
      walk(resource);
      for (const auto& id : resource.value("DependsOn", Json::array()))
        EXPECT_TRUE(resources.contains(id)) << id;
    }
  }
}

} // namespace
} // namespace mlopsctl::templates
