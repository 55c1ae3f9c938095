// SPDX-License-Identifier: Apache-2.0
// validate: what it reads, where it points, and that each rule finds what breaks it and nothing
// else.
#include "core/text.hpp"
#include "fixture.hpp"
#include "templates/validate/validate.hpp"

#include <chrono>
#include <map>
#include <set>

namespace mlopsctl::templates {
namespace {

/// "rule place: text", a line each.
std::string found_in(const std::string& text, const std::string& name = "t.yaml") {
  Validation done;
  validate_text(text, name, done);
  std::string out;
  for (const auto& finding : done.findings)
    out += std::string(finding.rule->id) + " " + finding.place + ": " + finding.text + "\n";
  return out;
}

std::set<std::string> rules_of(const std::string& text, const std::string& name = "t.json") {
  Validation done;
  validate_text(text, name, done);
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

const std::vector<Mutation>& mutations() {
  static const std::vector<Mutation> table{
      {"unknown-section", k_function, "\"Outputs\":", "\"Output\":"},
      {"not-a-resource", k_function, "\"UpdateReplacePolicy\":", "\"UpdateReplacePolice\":"},
      {"not-a-resource", k_function, "\"Type\":\"AWS::SQS::Queue\"", "\"Metadata\":{}"},
      {"unknown-function", k_function, "{\"Fn::Sub\":", "{\"Fn::Substitute\":"},
      {"reference-to-nothing", k_function, "\"Fn::GetAtt\":[\"DetectRole\"",
       "\"Fn::GetAtt\":[\"DetectRolle\""},
      {"reference-to-nothing", k_function, "{\"Ref\":\"DetectLogs\"}", "{\"Ref\":\"DetectLog\"}"},
      {"reference-to-nothing", k_function, "\"DependsOn\":[\"DetectFreshPermission\"]",
       "\"DependsOn\":[\"DetectPermission\"]"},
      {"reference-to-nothing", k_function, "${AWS::Partition}", "${AWS::Partitions}"},
      {"reference-to-nothing", k_function, "{\"Ref\":\"DetectLogs\"}",
       "{\"Fn::FindInMap\":[\"Logs\",\"a\",\"b\"]}"},
      {"unknown-attribute", k_function, "{\"Ref\":\"DetectLogs\"}",
       "{\"Fn::GetAtt\":\"DetectLogs\"}"},
      {"circular-dependency", k_function, "\"Type\":\"AWS::Logs::LogGroup\"",
       "\"DependsOn\":\"DetectFunction\",\"Type\":\"AWS::Logs::LogGroup\""},
      {"unused-parameter", k_function,
       "\"Resources\":", "\"Parameters\":{\"P\":{\"Type\":\"String\"}},\"Resources\":"},
  };
  return table;
}

const std::string& clean(const std::string& kind) {
  static const std::map<std::string, std::string> texts{
      {k_function, rendered(k_function, k_functions)},
      {k_edge, rendered(k_edge, std::string(example_spec()))}};
  return texts.at(kind);
}

TEST(Validate, EachRuleFindsWhatBreaksItAndNothingElse) {
  for (const auto& [rule, kind, from, to] : mutations()) {
    auto text = clean(kind);
    const auto at = text.find(from);
    ASSERT_NE(at, std::string::npos) << rule << ": no " << from;
    text.replace(at, from.size(), to);
    EXPECT_EQ(rules_of(text), std::set<std::string>{rule}) << to << "\n" << found_in(text);
  }
}

TEST(Validate, EveryRuleHasAMutation) {
  std::set<std::string> broken;
  for (const auto& mutation : mutations())
    broken.insert(mutation.rule);
  for (const auto& rule : all_rules()) {
    EXPECT_TRUE(broken.contains(std::string(rule.id))) << rule.id;
    EXPECT_FALSE(rule.what.empty() || rule.fix.empty()) << rule.id;
  }
}

TEST(Validate, WhatIsRenderedHasNoFinding) {
  for (const auto& kind : all_kinds())
    for (const auto& file : render_text(std::string(kind.name), std::string(example_spec())).files)
      EXPECT_EQ(found_in(file.text, file.name), "") << file.name;
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

TEST(Validate, AMacroMayMakeWhatIsReferredTo) {
  const std::string text = "Resources: {A: {Type: B::C::D, Properties: {X: !Ref Made}}}\n";
  EXPECT_NE(found_in(text), "");
  EXPECT_EQ(found_in("Transform: AWS::Serverless-2016-10-31\n" + text), "");
}

} // namespace
} // namespace mlopsctl::templates
