// SPDX-License-Identifier: Apache-2.0
// validate: what it reads, where it points, and that each rule finds what breaks it and nothing
// else.
#include "core/text.hpp"
#include "fixture.hpp"
#include "templates/validate/validate.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <set>

namespace mlopsctl::templates {
namespace {

/// "rule place: text", a line each.
std::string found_in(const std::string& text, const std::string& name = "t.yaml") {
  Validation done;
  ResourceTypes types;
  validate_text(text, name, types, done);
  std::string out;
  for (const auto& finding : done.findings)
    out += std::string(finding.rule->id) + " " + finding.place + ": " + finding.text + "\n";
  return out;
}

std::set<std::string> rules_of(const std::string& text, const std::string& name = "t.json") {
  Validation done;
  ResourceTypes types;
  validate_text(text, name, types, done);
  std::set<std::string> out;
  for (const auto& finding : done.findings)
    out.emplace(finding.rule->id);
  return out;
}

std::string rendered(const std::string& kind, const std::string& spec) {
  return to_json(cloudformation(render_text(kind, spec)));
}

const std::string k_functions =
    k_common +
    "retention_days: 7\nfunctions:\n"
    "  - {name: detect, package: zip, table: gestures, triggers: [{s3: {bucket: fresh, "
    "prefix: in/, suffix: .png}}, {schedule: rate(1 day)}]}\n"
    "  - {name: image, package: image, digest: \"sha256:" +
    std::string(64, 'c') +
    "\"}\n"
    "tables: [{name: gestures, partition_key: \"Gesture ID\"}, {name: runs, layout: benchmark}]\n";

/// A clean template, and a change that breaks one rule.
struct Mutation {
  std::string rule;
  std::string kind;
  std::string from; ///< text of the rendered JSON
  std::string to;
};

const std::string k_function = "cloud-function";
const std::string k_edge = "edge-group";

/// A security group before the other resources.
std::string with_ingress(const std::string& from) {
  return R"("Resources":{"Door":{"Type":"AWS::EC2::SecurityGroup","Properties":{"GroupDescription":"d",)"
         R"("SecurityGroupIngress":[{"IpProtocol":"tcp","FromPort":22,"ToPort":22,)" +
         from + "}]}},";
}

const std::vector<Mutation>& mutations() {
  static const std::vector<Mutation> table{
      {"bucket-before-permission", k_function, "\"DependsOn\":[\"DetectFreshPermission\"],", ""},
      {"bucket-loop", k_function, "\"Variables\":{",
       "\"Variables\":{\"OUTPUT\":\"s3://fresh/in/out/\","},
      {"bucket-loop", k_function, "\"Variables\":{",
       "\"Variables\":{\"OUTPUT_PREFIX\":\"in/out/\","},
      {"bucket-loop", k_function, "\"Action\":\"s3:GetObject\"",
       "\"Action\":[\"s3:GetObject\",\"s3:PutObject\"]"},
      {"circular-dependency", k_function, "\"Type\":\"AWS::Logs::LogGroup\"",
       "\"DependsOn\":\"DetectFunction\",\"Type\":\"AWS::Logs::LogGroup\""},
      {"deployment-merge", k_edge, "\"Merge\":\"", "\"Merge\":\"now "},
      {"deployment-merge", k_edge, "\"Merge\":\"", "\"Merge\":{},\"Text\":\""},
      {"greengrass-v1-ended", k_function, "\"Type\":\"AWS::SQS::Queue\"",
       "\"Type\":\"AWS::Greengrass::Definition\""},
      {"handler-not-in-package", k_function,
       "\"Code\":{\"S3Bucket\":\"my-artifacts\",\"S3Key\":\"m/detect.zip\"}",
       "\"Code\":{\"ZipFile\":\"exports.handler = 1\"}"},
      {"key-not-declared", k_function, "\"AttributeName\":\"Gesture ID\",\"AttributeType\"",
       "\"AttributeName\":\"Gesture\",\"AttributeType\""},
      {"lambda-memory", k_function, "\"MemorySize\":", "\"MemorySize\":9"},
      {"lambda-memory", k_function, "\"MemorySize\":", "\"MemorySize\":64,\"Description\":"},
      {"lambda-timeout", k_function, "\"Timeout\":", "\"Timeout\":90"},
      {"lambda-timeout", k_function,
       "\"Timeout\":", "\"Timeout\":{\"Fn::If\":[\"C\",3600,60]},\"Description\":"},
      {"not-a-resource", k_function, "\"UpdateReplacePolicy\":", "\"UpdateReplacePolice\":"},
      {"not-a-resource", k_function, "\"Type\":\"AWS::SQS::Queue\"", "\"Metadata\":{}"},
      {"open-port", k_function, "\"Resources\":{", with_ingress("\"CidrIp\":\"0.0.0.0/0\"")},
      {"open-port", k_function, "\"Resources\":{", with_ingress("\"CidrIpv6\":\"::/0\"")},
      {"public-access", k_function, "\"Principal\":{\"Service\":\"lambda.amazonaws.com\"}",
       "\"Principal\":{\"AWS\":\"*\"}"},
      {"public-access", k_function, "\"Resources\":{",
       "\"Resources\":{\"Url\":{\"Type\":\"AWS::Lambda::Url\",\"Properties\":{\"AuthType\":"
       "\"NONE\","
       "\"TargetFunctionArn\":\"of-another-template\"}},"},
      {"recipe-lifecycle", k_edge, "\\\"Run\\\":", "\\\"Startup\\\": \\\"true\\\", \\\"Run\\\":"},
      {"recipe-too-large", k_edge, "\"InlineRecipe\":\"{",
       "\"InlineRecipe\":\"{" + std::string(16000, ' ')},
      {"reference-to-nothing", k_function, "\"Fn::GetAtt\":[\"DetectRole\"",
       "\"Fn::GetAtt\":[\"DetectRolle\""},
      {"reference-to-nothing", k_function, "{\"Ref\":\"DetectLogs\"}", "{\"Ref\":\"DetectLog\"}"},
      {"reference-to-nothing", k_function, "${AWS::Partition}", "${AWS::Partitions}"},
      {"reference-to-nothing", k_function, "{\"Ref\":\"DetectLogs\"}",
       "{\"Fn::FindInMap\":[\"Logs\",\"a\",\"b\"]}"},
      {"secret-in-environment", k_function, "\"Variables\":{",
       "\"Variables\":{\"DB_PASSWORD\":\"hunter2\","},
      {"secret-in-text", k_function, "\"Variables\":{",
       "\"Variables\":{\"CAMERA\":\"rtsp://user:hunter2@camera/1\","},
      {"secret-in-text", k_function, "\"Description\":\"",
       "\"Description\":\"AKIAIOSFODNN7EXAMPLE "},
      {"secret-in-text", k_edge, "\"Description\":\"",
       "\"Description\":\"-----BEGIN RSA PRIVATE KEY-----MIIE "},
      {"table-key-overwrites", k_function, "Gesture ID", "size"},
      {"trigger-without-permission", k_function, "\"Principal\":\"events.amazonaws.com\"",
       "\"Principal\":\"sns.amazonaws.com\""},
      {"trigger-without-permission", k_function, "\"Principal\":\"s3.amazonaws.com\"",
       "\"Principal\":\"sns.amazonaws.com\""},
      {"unknown-attribute", k_function, "{\"Ref\":\"DetectLogs\"}",
       "{\"Fn::GetAtt\":\"DetectLogs\"}"},
      {"unknown-attribute", k_function, "[\"DetectRole\",\"Arn\"]", "[\"DetectRole\",\"Arm\"]"},
      {"unknown-function", k_function, "{\"Fn::Sub\":", "{\"Fn::Substitute\":"},
      {"unknown-section", k_function, "\"Outputs\":", "\"Output\":"},
      {"unused-parameter", k_function,
       "\"Resources\":", "\"Parameters\":{\"P\":{\"Type\":\"String\"}},\"Resources\":"},
      {"wildcard-action", k_function, "\"Action\":\"dynamodb:PutItem\"",
       "\"Action\":\"dynamodb:*\""},
      {"wildcard-resource", k_function,
       "\"Resource\":{\"Fn::Sub\":\"arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}"
       ":table/"
       "gestures\"}",
       "\"Resource\":\"*\""},
      {"wrong-property", k_function, "\"PackageType\":\"Zip\"", "\"PackageType\":\"Tar\""},
      {"wrong-property", k_function, "\"AssumeRolePolicyDocument\":", "\"AssumeRolePolicy\":"},
      {"wrong-property", k_function, "\"RetentionInDays\":7", "\"RetentionInDays\":8"},
      {"wrong-property", k_function, "\"SourceAccount\":{\"Ref\":\"AWS::AccountId\"}",
       "\"SourceAccount\":\"12\""},
      {"wrong-property", k_function, "\"SqsManagedSseEnabled\":true",
       "\"SqsManagedSseEnabled\":\"maybe\""},
      {"wrong-property", k_function, "\"TableName\":\"gestures\"", "\"TableName\":\"g\""},
      {"wrong-property", k_edge, "\"FailureHandlingPolicy\":\"ROLLBACK\"",
       "\"FailureHandlingPolicy\":\"ROLL\""},
      {"wrong-property", k_edge, "\\\"ComponentVersion\\\": \\\"",
       "\\\"ComponentVersion\\\": \\\"v"},
  };
  return table;
}

const std::string& clean(const std::string& kind) {
  static const std::map<std::string, std::string> texts{
      {k_function, rendered(k_function, k_functions)},
      {k_edge, rendered(k_edge, std::string(example_spec()))}};
  return texts.at(kind);
}

std::string broken(const Mutation& mutation) {
  auto text = clean(mutation.kind);
  auto at = text.find(mutation.from);
  EXPECT_NE(at, std::string::npos) << mutation.rule << ": no " << mutation.from;
  for (; at != std::string::npos; at = text.find(mutation.from, at + mutation.to.size()))
    text.replace(at, mutation.from.size(), mutation.to);
  // What the conditions of the mutations are.
  return text.find("\"Fn::If\":[\"C\"") == std::string::npos
             ? text
             : R"({"Conditions":{"C":{"Fn::Equals":["a","b"]}},)" + text.substr(1);
}

TEST(Validate, EachRuleFindsWhatBreaksItAndNothingElse) {
  for (const auto& mutation : mutations())
    EXPECT_EQ(rules_of(broken(mutation)), std::set<std::string>{mutation.rule})
        << mutation.to << "\n"
        << found_in(broken(mutation));
}

// These need files beside the template; the test of the command breaks them.
const std::set<std::string> k_of_files{"image-refused", "package-unreadable", "schema",
                                       "zip-too-large"};

TEST(Validate, EveryRuleHasAMutation) {
  std::set<std::string> broken_ones = k_of_files;
  for (const auto& mutation : mutations())
    broken_ones.insert(mutation.rule);
  for (const auto& rule : all_rules()) {
    EXPECT_TRUE(broken_ones.contains(std::string(rule.id))) << rule.id;
    EXPECT_FALSE(rule.what.empty() || rule.fix.empty()) << rule.id;
  }
  EXPECT_TRUE(std::is_sorted(all_rules().begin(), all_rules().end(),
                             [](const Rule& a, const Rule& b) { return a.id < b.id; }));
}

/// The clean template so often that it has \p count resources.
std::string many_resources(std::size_t count) {
  const Value once = parse_json(clean(k_function), "once");
  Value out = once;
  Value& resources = *out.find("Resources");
  for (int copy = 1; resources.members.size() < count; ++copy) {
    auto text = to_json(*once.find("Resources"));
    for (const auto& [id, body] : once.find("Resources")->members)
      for (auto at = text.find("\"" + id + "\""); at != std::string::npos;
           at = text.find("\"" + id + "\"", at + 1))
        text.insert(at + 1 + id.size(), std::to_string(copy));
    for (auto& member : parse_json(text, "copy").members)
      resources.members.push_back(std::move(member));
  }
  return to_json(out, 2);
}

TEST(Validate, FiveHundredResourcesTakeNoTime) {
  const auto text = many_resources(500);
  const auto start = std::chrono::steady_clock::now();
  Validation done;
  ResourceTypes types;
  validate_text(text, "t.json", types, done);
  const auto ms =
      std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  std::cout << done.resources << " resources, " << text.size() << " bytes: " << fixed(ms, 1)
            << " ms\n";
  EXPECT_GE(done.resources, 500);
  EXPECT_TRUE(done.findings.empty());
  EXPECT_LT(ms, 2000); // aims at 200; other work and sanitizers take their share
}

TEST(Validate, WhatAParameterIsByDefaultIsLookedAt) {
  const std::string parameters = "Parameters: {Seconds: {Type: Number, Default: 3600}, From: "
                                 "{Type: String, Default: 0.0.0.0/0}}\n";
  EXPECT_EQ(
      found_in(parameters +
               "Resources:\n"
               "  F: {Type: AWS::Serverless::Function, Properties: {Timeout: !Ref Seconds}}\n"
               "  D: {Type: AWS::EC2::SecurityGroupIngress, Properties: {FromPort: 22, CidrIp: "
               "!Ref From}}\n"),
      "lambda-timeout t.yaml:3: Resources.F.Properties.Timeout: is 3600 s; Lambda takes 1 to 900\n"
      "open-port t.yaml:4: Resources.D.Properties.CidrIp: port 22 is open to the whole world "
      "(0.0.0.0/0)\n");
}

TEST(Validate, ManyReferencesToNothingTakeNoTime) {
  std::string text = R"({"Resources":{)";
  for (int i = 0; i < 20000; ++i)
    text += "\"R" + std::to_string(i) + R"(":{"Type":"A::B::C","Properties":{"X":{"Ref":"N)" +
            std::to_string(i) + "\"}}},";
  text += "\"" + std::string(200000, 'K') + R"(":{"Type":"A::B::C","Properties":{"X":[)";
  for (int i = 0; i < 100000; ++i)
    text += "0,";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(rules_of(text + "0]}}}}"), std::set<std::string>{"reference-to-nothing"});
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Validate, SecretsAreNotRepeated) {
  for (const auto& secret :
       {"AKIAIOSFODNN7EXAMPLE", "ghp_abcdefghijklmnopqrstuvwxyz0123456789", "hunter2"}) {
    const auto found = found_in(
        "Resources: {A: {Type: X::Y::Z, Properties: {Environment: {Variables: {PASSWORD: " +
        std::string(secret) + "}}}}}");
    EXPECT_NE(found, "") << secret;
    EXPECT_EQ(found.find(secret), std::string::npos) << found;
  }
  // Where a secret is, is none.
  EXPECT_EQ(
      found_in(
          "Parameters: {P: {Type: String, NoEcho: true}}\nResources: {A: {Type: X::Y::Z, "
          "Properties: {Environment: {Variables: {DB_PASSWORD: !Ref P, TOKEN_FILE: x, SECRET_ARN: "
          "\"arn:aws:secretsmanager:eu-west-1:123456789012:secret:x\", API_KEY: "
          "\"{{resolve:secretsmanager:x}}\"}}}}}"),
      "");
}

TEST(Validate, WhatIsRenderedHasNoFinding) {
  for (const auto& kind : all_kinds()) {
    if (kind.name == "training-job") // a request is no template
      continue;
    for (const auto& file : render_text(std::string(kind.name), std::string(example_spec())).files)
      if (file.name.ends_with(".json") || file.name.ends_with(".yaml")) { // no script, no unit
        EXPECT_EQ(found_in(file.text, file.name), "") << file.name;
      }
  }
  EXPECT_EQ(found_in(clean(k_function)), "");
}

const std::string k_yaml = R"(# a comment
Parameters:
  Stage: {Type: String}
Conditions:
  IsLive: !Equals [!Ref Stage, live]
Resources:
  Detect:
    Type: AWS::Lambda::Function
    Condition: IsLive
    Properties:
      Role: !GetAtt Role.Arn
      Code:
        ZipFile: !Sub
          - "${Name} ${Role} ${!Kept}"
          - {Name: !Ref Stage}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Version: 2012-10-17}
)";

std::string changed(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(Validate, YamlHasShortFunctionsAndLines) {
  const auto refs = [](const std::string& text) {
    std::string out;
    for (const auto& line : split(found_in(text), '\n'))
      if (line.starts_with("reference-to-nothing") || line.starts_with("unknown"))
        out += line + "\n";
    return out;
  };
  EXPECT_EQ(refs(k_yaml), "");
  EXPECT_EQ(
      refs(changed(k_yaml, "Role.Arn", "Rol.Arn")),
      "reference-to-nothing t.yaml:11: Resources.Detect.Properties.Role: Fn::GetAtt of 'Rol', "
      "which the template does not have, did you mean 'Role'?\n");
  EXPECT_EQ(refs(changed(k_yaml, "${Role}", "${Rule}")),
            "reference-to-nothing t.yaml:14: Resources.Detect.Properties.Code.ZipFile: Ref of "
            "'Rule', which the template does not have, did you mean 'Role'?\n");
  EXPECT_EQ(refs(changed(k_yaml, "Condition: IsLive", "Condition: IsAlive")),
            "reference-to-nothing t.yaml:9: Resources.Detect.Condition: condition of 'IsAlive', "
            "which the template does not have, did you mean 'IsLive'?\n");
  EXPECT_EQ(refs(changed(k_yaml, "!GetAtt Role.Arn", "!GetAt Role.Arn")),
            "unknown-function t.yaml:11: Resources.Detect.Properties.Role: 'Fn::GetAt' is no "
            "function, did you mean 'Fn::GetAtt'?\n");
  EXPECT_EQ(refs(changed(k_yaml, "Role.Arn", "Role")),
            "unknown-attribute t.yaml:11: Resources.Detect.Properties.Role: Fn::GetAtt of 'Role' "
            "names no attribute\n");
}

TEST(Validate, JsonHasPaths) {
  EXPECT_EQ(
      found_in(R"({"Resources":{"A":{"Type":"X::Y::Z","Properties":{"B":[{"Ref":"Missing"}]}}}})",
               "t.json"),
      "reference-to-nothing t.json: Resources.A.Properties.B[0]: Ref of 'Missing', which the "
      "template does not have\n");
}

TEST(Validate, HostileTextIsRefusedInTime) {
  const auto refused = [](const std::string& text) {
    return error_of([&] { found_in(text); }, Fault::input);
  };
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int i = 1; i < 40; ++i)
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) +
            ", *a" + std::to_string(i - 1) + "]\n";
  EXPECT_NE(refused(bomb).find("values after aliases are expanded"), std::string::npos);
  EXPECT_NE(refused("Resources:\n\tA: {}\n").find("t.yaml:2"), std::string::npos);
  EXPECT_EQ(refused("Resources: {A: {Type: B}, A: {Type: B}}"), "t.yaml:1: key 'A' occurs twice");
  EXPECT_NE(refused("a: " + std::string(150, '[') + std::string(150, ']'))
                .find("nested more than 100 deep"),
            std::string::npos);
  EXPECT_EQ(refused(" \n"), "t.yaml: is empty");
  EXPECT_EQ(refused("hello"), "t.yaml: is nothing that can be checked");
  std::string chain = R"({"Resources":{)"; // 20,000 resources, each needing the next one
  for (int i = 0; i < 20000; ++i)
    chain += "\"R" + std::to_string(i) + R"(":{"Type":"A::B::C","DependsOn":"R)" +
             std::to_string(i + 1) + "\"},";
  chain += R"("R20000":{"Type":"A::B::C","DependsOn":"R0"}}})";
  EXPECT_EQ(rules_of(chain), std::set<std::string>{"circular-dependency"});
}

TEST(Validate, AnAddressForAllNeedsBothPermissions) {
  const auto open =
      render_text("cloud-function", k_common + "functions: [{name: f, url: {auth: none}}]\n");
  const auto text = text_of(open, "signs.template.json");
  const auto without = [&](const std::string& action) {
    auto broken = text;
    const auto at = broken.find("\"" + action + "\"");
    broken.replace(at, action.size() + 2, "\"lambda:GetFunction\"");
    return found_in(broken);
  };
  EXPECT_EQ(found_in(text).find("trigger-without-permission"), std::string::npos);
  for (const std::string action : {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})
    EXPECT_NE(without(action).find("trigger-without-permission"), std::string::npos) << action;
}

TEST(Validate, AMacroMayMakeWhatIsReferredTo) {
  const std::string text = "Resources: {A: {Type: B::C::D, Properties: {X: !Ref Made}}}\n";
  EXPECT_NE(found_in(text), "");
  EXPECT_EQ(found_in("Transform: AWS::Serverless-2016-10-31\n" + text), "");
}

} // namespace
} // namespace mlopsctl::templates
