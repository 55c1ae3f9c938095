// SPDX-License-Identifier: Apache-2.0
// Groups of Greengrass v1 as CloudFormation templates, and as answers of its API.
#include "fixture.hpp"
#include "templates/import/import.hpp"

namespace mlopsctl::templates {
namespace {

/// Booleans and numbers as text, as many templates have them; the topic is the one of the test.
const std::string k_template = R"(
Parameters:
  CoreCertificateArn: {Type: String}
  InferVersionArn: {Type: String}
  Folder: {Type: String, Default: /ml/od/}
  Stage: {Type: String, Default: test}
  Size: {Type: String}
Conditions:
  IsTest: !Equals [!Ref Stage, test]
  IsLarge: !Equals [!Ref Size, large]
Mappings:
  Memory: {test: {kb: '900000'}}
Resources:
  Thing:
    Type: AWS::IoT::Thing
    Properties: {ThingName: front-desk}
  CoreDefinition:
    Type: AWS::Greengrass::CoreDefinition
    Properties: {Name: core}
  CoreVersion:
    Type: AWS::Greengrass::CoreDefinitionVersion
    Properties:
      CoreDefinitionId: !Ref CoreDefinition
      Cores:
        - Id: core
          CertificateArn: !Ref CoreCertificateArn
          ThingArn: !Join [':', ['arn:aws:iot', !Ref 'AWS::Region', !Ref 'AWS::AccountId', !Sub 'thing/${Thing}']]
          SyncShadow: 'true'
  Functions:
    Type: AWS::Greengrass::FunctionDefinition
    Properties:
      Name: functions
      InitialVersion:
        DefaultConfig: {Execution: {IsolationMode: GreengrassContainer, RunAs: {Uid: '1', Gid: 2}}}
        Functions:
          - Id: Infer
            FunctionArn: !Ref InferVersionArn
            FunctionConfiguration:
              MemorySize: !FindInMap [Memory, !Ref Stage, kb]
              Timeout: '60'
              Pinned: 'true'
              Environment:
                Variables:
                  STAGE: !If [IsTest, !Sub '${Stage}-a', live]
                  GONE: !If [IsTest, !Ref 'AWS::NoValue', here]
                  SIZE: !If [IsLarge, big, small]
                ResourceAccessPolicies: [{ResourceId: model, Permission: ro}]
          - Id: Store
            FunctionArn: arn:aws:lambda:eu-west-1:123456789012:function:Store:3
            FunctionConfiguration: {Pinned: true}
  ResourcesVersion:
    Type: AWS::Greengrass::ResourceDefinitionVersion
    Properties:
      ResourceDefinitionId: x
      Resources:
        - Id: model
          Name: model
          ResourceDataContainer:
            S3MachineLearningModelResourceData: {S3Uri: s3://models/m.tar.gz, DestinationPath: !Ref Folder}
  OldResources:
    Type: AWS::Greengrass::ResourceDefinitionVersion
    Properties: {ResourceDefinitionId: x, Resources: []}
  Subscriptions:
    Type: AWS::Greengrass::SubscriptionDefinitionVersion
    Properties:
      SubscriptionDefinitionId: y
      Subscriptions:
        - {Id: a, Source: cloud, Subject: in, Target: !Ref InferVersionArn}
        - {Id: b, Source: !Ref InferVersionArn, Subject: out, Target: 'arn:aws:lambda:eu-west-1:123456789012:function:Store:3'}
        - {Id: c, Source: !GetAtt Other.Arn, Subject: out, Target: cloud}
  Loggers:
    Type: AWS::Greengrass::LoggerDefinitionVersion
    Condition: IsLarge
    Properties: {LoggerDefinitionId: z, Loggers: [{Id: l, Component: Lambda, Level: INFO, Type: FileSystem, Space: '10'}]}
  Group:
    Type: AWS::Greengrass::Group
    Properties:
      Name: !Sub signs-${Stage}
      RoleArn: !Sub 'arn:aws:iam::${AWS::AccountId}:role/r'
      InitialVersion:
        CoreDefinitionVersionArn: !Ref CoreVersion
        FunctionDefinitionVersionArn: !GetAtt Functions.LatestVersionArn
        ResourceDefinitionVersionArn: !Ref ResourcesVersion
        SubscriptionDefinitionVersionArn: !Ref Subscriptions
        LoggerDefinitionVersionArn: !Ref Loggers
      Tags: {a: b}
)";

Imported imported(const std::string& text) {
  return import_text(text, "t.yaml", {"deploy.yaml", "", ""});
}

std::string items(const Imported& imported) {
  std::string out;
  for (const auto& item : imported.items)
    out += item.place + ": " + item.what + "; " + item.todo + "\n";
  return out;
}

void expect_lines(const std::string& text, const std::vector<std::string>& lines) {
  for (const auto& line : lines)
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n--- in\n" << text;
}

TEST(ImportTemplate, WhatItSaysIsKept) {
  const auto spec = parse_spec(imported(k_template).text, "deploy.yaml");
  EXPECT_EQ(spec.name + " " + spec.region + " " + spec.account + " " + spec.edge->thing_group,
            "signs-test eu-west-1 123456789012 signs-test");
  EXPECT_EQ(spec.edge->cores.at(0).name, "front-desk");
  EXPECT_EQ(spec.model->url, "s3://models/m.tar.gz");
  const auto& group = *spec.greengrass_v1;
  EXPECT_TRUE(group.find("sync_shadow")->boolean);
  const auto& infer = group.find("functions")->items.at(0);
  EXPECT_EQ(text_at(infer, {"memory_kb"}) + text_at(infer, {"timeout_s"}) +
                text_at(infer, {"pinned"}) + text_at(infer, {"isolation"}) +
                text_at(infer, {"run_as"}) + text_at(infer, {"arn"}),
            R"(90000060trueGreengrassContainer{"uid":1,"gid":2}null)");
  EXPECT_EQ(text_at(group.find("functions")->items.at(1), {"arn"}),
            "arn:aws:lambda:eu-west-1:123456789012:function:Store:3");
  EXPECT_EQ(text_at(group.find("resources")->items.at(0), {"destination"}), "/ml/od");
  EXPECT_EQ(to_json(*group.find("subscriptions")),
            R"([{"source":"cloud","target":"Lambda::Infer","topic":"in"},)"
            R"({"source":"Lambda::Infer","target":"Lambda::Store","topic":"out"}])");
  EXPECT_EQ(group.find("loggers")->items.size(), 1U);
}

TEST(ImportTemplate, WhatItDoesNotSayIsListed) {
  expect_lines(
      items(imported(k_template)),
      {"t.yaml:5: Parameters.Folder: its default '/ml/od/' is taken",
       "t.yaml:14: Resources.Thing (AWS::IoT::Thing); it is no part of the group",
       "t.yaml:26: Cores[0].CertificateArn is <CoreCertificateArn>; edge.cores: add certificate",
       "Functions[0].FunctionArn is <InferVersionArn>; greengrass_v1.functions: add its arn",
       "Fn::If: the other branch of condition 'IsTest', live, is left out",
       "Fn::If: whether condition 'IsLarge' holds is not said by the template; its first branch",
       "Fn::If: the other branch of condition 'IsLarge', small, is left out",
       "Resources.OldResources is not what the group's version names; it is left out",
       "Subscriptions[2].Source: '<Other.Arn>' is no function, device or connector of the group",
       "Resources.Loggers: condition 'IsLarge' is not decided by the template: it is taken",
       "Group.RoleArn is arn:aws:iam::<AWS::AccountId>:role/r; greengrass_v1: add role",
       "Group.Tags: {\"a\":\"b\"}; deploy.yaml has no place for it"});
}

TEST(ImportTemplate, TextThatCloudFormationWouldReplaceIsRefused) {
  // '${!x}' of the template becomes '${x}', which no text of deploy.yaml may hold.
  auto text = k_template;
  text.replace(text.find("${Stage}-a"), 10, "${Stage}-${!x}");
  EXPECT_NE(error_and_hint_of([&] {
              imported(text);
            }).find("t.yaml:44: greengrass_v1.functions[0].variables[0].value: 'test-${x}' holds"),
            std::string::npos);
}

std::string refused(const std::string& resources) {
  return error_and_hint_of([&] { imported("Resources:\n" + resources); });
}

TEST(ImportTemplate, WhatIsNoGroupIsRefused) {
  EXPECT_EQ(refused("  A: {Type: AWS::IoT::Thing}\n"),
            "t.yaml: has no AWS::Greengrass::Group; a group of Greengrass v1 is expected");
  EXPECT_EQ(refused("  A: {Type: AWS::Greengrass::Group, Properties: {Name: a}}\n"
                    "  B: {Type: AWS::Greengrass::Group, Properties: {Name: b}}\n"),
            "t.yaml:3: 'B' is a second group; a deploy.yaml has one: take it into a template of "
            "its own");
  EXPECT_NE(refused("  A: {Type: AWS::Greengrass::Group, Properties: []}\n")
                .find("t.yaml:2: Resources.A.Properties is no mapping"),
            std::string::npos);
  // References that go round.
  EXPECT_NE(refused("  A: {Type: AWS::Greengrass::Group, Properties: {Name: !Ref T}}\n"
                    "  T: {Type: AWS::IoT::Thing, Properties: {ThingName: !Sub '${T}${T}'}}\n")
                .find("references go round"),
            std::string::npos);
  EXPECT_NE(error_and_hint_of([] {
              imported("Conditions: {A: {Condition: A}}\nResources:\n"
                       "  L: {Type: AWS::Greengrass::LoggerDefinition, Condition: A}\n"
                       "  G: {Type: AWS::Greengrass::Group, Properties: {Name: g}}\n");
            }).find("conditions go round"),
            std::string::npos);
}

const std::string k_answers = R"([
{"Name": "signs", "Id": "7", "LatestVersionArn": "x"},
{"Id": "7", "Version": "1", "Definition": {
  "CoreDefinitionVersionArn": "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/definition/cores/c/versions/1",
  "FunctionDefinitionVersionArn": "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/definition/functions/f/versions/2",
  "SubscriptionDefinitionVersionArn": "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/definition/subscriptions/s/versions/3"}},
{"Arn": "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/definition/cores/c/versions/1", "Definition": {"Cores": [
  {"Id": "c", "CertificateArn": "arn:aws:iot:eu-west-1:123456789012:cert/CERT",
   "ThingArn": "arn:aws:iot:eu-west-1:123456789012:thing/desk", "SyncShadow": false}]}},
{"Arn": "arn:aws:greengrass:eu-west-1:123456789012:/greengrass/definition/functions/f/versions/2", "Definition": {"Functions": [
  {"Id": "F", "FunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:F:1", "FunctionConfiguration": {"Timeout": 3}}]}},
{"Arn": "arn:old", "Definition": {"Functions": [{"Id": "G"}]}}
])";

std::string answers() {
  auto text = k_answers;
  return text.replace(text.find("CERT"), 4, std::string(64, 'a'));
}

TEST(ImportAnswers, TheVersionsThatTheGroupNamesAreRead) {
  const auto result = import_text(answers(), "all.json", {"deploy.yaml", "", ""});
  const auto spec = parse_spec(result.text, "deploy.yaml");
  EXPECT_EQ(spec.name + " " + spec.region + " " + spec.account, "signs eu-west-1 123456789012");
  EXPECT_EQ(spec.edge->cores.at(0).name, "desk");
  EXPECT_TRUE(spec.edge->cores.at(0).certificate.ends_with("a"));
  const auto& functions = spec.greengrass_v1->find("functions")->items;
  ASSERT_EQ(functions.size(), 1U);
  EXPECT_EQ(text_at(functions[0], {"name"}) + text_at(functions[0], {"timeout_s"}), "F3");
  expect_lines(
      items(result),
      {"all.json:12: arn:old is not what the group's version names; it is left out",
       "SubscriptionDefinitionVersionArn: arn:aws:greengrass:eu-west-1:123456789012:/greengr",
       "is not among the files; add what 'aws greengrass get-subscription-definition-version "
       "--subscription-definition-id s --subscription-definition-version-id 3' answered"});
}

TEST(ImportAnswers, WithoutItsNameTheGroupHasItsId) {
  auto text = answers();
  text.replace(text.find("\"Name\": \"signs\""), 15, "\"Other\": 1");
  const auto result = import_text(text, "all.json", {"deploy.yaml", "", ""});
  EXPECT_EQ(parse_spec(result.text, "deploy.yaml").edge->thing_group, "7");
  expect_lines(items(result), {"all.json: the name of the group is not among the files",
                               "is no answer of Greengrass v1; it is left out"});
}

TEST(ImportAnswers, TextOfTheGroupIsNoYaml) {
  auto text = answers();
  const std::string account = "eu-west-1:123456789012:thing";
  text.replace(text.find(account), account.size(), "eu-west-1:1\\nmodel: {}:thing");
  text.replace(text.find("\"CertificateArn\""), 16, "\"Certificate\"");
  EXPECT_NE(error_and_hint_of([&] {
              import_text(text, "all.json", {"deploy.yaml", "", ""});
            }).find("deploy.yaml:7: account: '1\\x0amodel' holds a control character"),
            std::string::npos);
}

TEST(ImportAnswers, TwoGroupsAreRefused) {
  const std::string group = R"({"Definition": {"CoreDefinitionVersionArn": "a"}})";
  EXPECT_EQ(error_and_hint_of([&] {
              import_text("[" + group + "," + group + "]", "all.json", {"deploy.yaml", "", ""});
            }),
            "all.json: is a second version of a group; a deploy.yaml has one group: give the files "
            "of one");
}

} // namespace
} // namespace mlopsctl::templates
