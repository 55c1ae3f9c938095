// SPDX-License-Identifier: Apache-2.0
// Groups of Greengrass v1 become deploy.yaml: nothing of them is lost in silence.
#include "core/io.hpp"
#include "fixture.hpp"
#include "templates/import/import.hpp"

#include <filesystem>

namespace mlopsctl::templates {
namespace {

const std::string k_group = "Group: {name: G}\n"
                            "Cores: [{name: c, key_path: ./k, config_path: ./c, SyncShadow: no}]\n";

Imported imported(const std::string& text) {
  return import_text(text, "greengo.yaml", {"deploy.yaml", "", ""});
}

Value section(const std::string& text) {
  return *parse_spec(imported(text).text, "deploy.yaml").greengrass_v1;
}

std::string refused(const std::string& text) {
  return error_and_hint_of([&] { imported(text); });
}

/// Every item, a line each.
std::string items(const std::string& text) {
  std::string out;
  for (const auto& item : imported(text).items)
    out += item.place + ": " + item.what + "; " + item.todo + "\n";
  return out;
}

std::string function(const std::string& configuration) {
  return k_group + "Lambdas:\n  - name: F\n    greengrassConfig: {" + configuration + "}\n";
}

TEST(Import, GreengoKeepsEveryPartOfTheGroup) {
  const auto text =
      k_group +
      "Lambdas:\n"
      "  - {name: F, handler: m.h, package: ./src, alias: dev, environment: {A: 1}, "
      "greengrassConfig:\n"
      "      {MemorySize: '900000', Timeout: 10, Pinned: True, EncodingType: binary, ExecArgs: "
      "-x,\n"
      "       Environment: {AccessSysfs: yes, Variables: {B: no, C: true}, Execution: {RunAs: "
      "{Uid: 1,\n"
      "       Gid: 2}}, ResourceAccessPolicies: [{ResourceId: s, Permission: rw}]}}}\n"
      "Resources:\n"
      "  - {Name: s, Id: s, SecretsManagerSecretResourceData: {ARN: "
      "'arn:aws:secretsmanager:eu-west-1:123456789012:secret:x', "
      "AdditionalStagingLabelsToDownload: "
      "[L]}}\n"
      "Subscriptions: [{Source: 'Lambda:: F', Subject: a/+/#, Target: 'Device::D'}, {Source: "
      "'Connector::C', Subject: $aws/x, Target: GGShadowService}]\n"
      "Loggers: [{Component: GreengrassSystem, Id: l, Level: WARN, Space: 9, Type: "
      "AWSCloudWatch}]\n"
      "Devices: [{name: D, key_path: ./k, SyncShadow: True}]\n"
      "Connectors: [{Id: C, ConnectorArn: "
      "'arn:aws:greengrass:eu-west-1::/connectors/X/versions/1', "
      "Parameters: {P: 1}}]\n";
  const auto group = section(text);
  EXPECT_EQ(
      to_json(*group.find("functions")),
      R"([{"name":"F","arn":null,"alias":"dev","handler":"m.h","package":"./src","executable":null,)"
      R"("exec_args":"-x","memory_kb":900000,"timeout_s":10,"pinned":true,"encoding":"binary",)"
      R"("sysfs":true,"isolation":null,"run_as":{"uid":1,"gid":2},"variables":[{"name":"B","value":)"
      R"("no"},{"name":"C","value":"true"}],"lambda_variables":[{"name":"A","value":"1"}],)"
      R"("resources":[{"id":"s","permission":"rw"}]}])");
  EXPECT_EQ(text_at(group.find("resources")->items.at(0), {"labels"}), R"(["L"])");
  EXPECT_EQ(to_json(*group.find("subscriptions")),
            R"([{"source":"Lambda::F","target":"Device::D","topic":"a/+/#"},)"
            R"({"source":"Connector::C","target":"GGShadowService","topic":"$aws/x"}])");
  EXPECT_EQ(
      to_json(*group.find("loggers")),
      R"([{"component":"GreengrassSystem","level":"WARN","type":"AWSCloudWatch","space_kb":9}])");
  EXPECT_EQ(to_json(*group.find("devices")),
            R"([{"name":"D","certificate":null,"sync_shadow":true}])");
  EXPECT_EQ(text_at(group.find("connectors")->items.at(0), {"parameters"}),
            R"([{"name":"P","value":"1"}])");
}

TEST(Import, AnchorsAndMergedKeysAreRead) {
  const auto group =
      section(k_group + "Lambdas:\n"
                        "  - &a {name: A, alias: dev, greengrassConfig: &c {Timeout: 7}}\n"
                        "  - {<<: *a, name: B}\n"
                        "  - {name: C, greengrassConfig: {<<: [*c], Pinned: yes}}\n");
  const auto& functions = group.find("functions")->items;
  ASSERT_EQ(functions.size(), 3U);
  EXPECT_EQ(text_at(functions[1], {"name"}) + text_at(functions[1], {"alias"}), "Bdev");
  EXPECT_EQ(text_at(functions[2], {"timeout_s"}) + text_at(functions[2], {"pinned"}), "7true");
}

TEST(Import, WhatHasNoPlaceIsListedWithItsLine) {
  const auto listed =
      items("Group: {name: G, colour: red}\n"
            "Cores:\n  - name: c\n    key_path: ./k\n    config_path: ./c\n    SyncShadow: no\n"
            "Lambdas:\n  - {name: F, role: mine, greengrassConfig: {Weight: 3}}\n"
            "Subscriptions:\n  - {Source: cloud, Subject: a, Target: 'Lambda::Gone'}\n"
            "Extra: {a: 1}\n");
  for (const std::string line :
       {"greengo.yaml:1: the file.Group.colour: red; deploy.yaml has no place for it",
        "greengo.yaml:4: Cores[0].key_path: certificate and key of c; they stay where they are",
        "greengo.yaml:8: Lambdas[0].role: mine; deploy.yaml has no place for it",
        "greengo.yaml:8: Functions[0].FunctionConfiguration.Weight: 3; deploy.yaml has no place",
        "greengo.yaml:10: Subscriptions[0].Target: 'Lambda::Gone' is no function, device or "
        "connector of the group; it is left out",
        "greengo.yaml:11: the file.Extra: {\"a\":1}; deploy.yaml has no place for it"})
    EXPECT_NE(listed.find(line), std::string::npos) << line << "\n--- in\n" << listed;
}

TEST(Import, WhatAPersonMustDecideIsMarkedAndListed) {
  const auto result = imported(k_group);
  std::size_t marked = 0;
  for (auto at = result.text.find("# DECIDE: "); at != std::string::npos;
       at = result.text.find("# DECIDE: ", at + 1))
    ++marked;
  std::size_t listed = 0;
  int line = 1;
  std::vector<std::string> lines(1);
  for (const char c : result.text)
    c == '\n' ? static_cast<void>(lines.emplace_back()) : lines.back().push_back(c);
  for (const auto& item : result.items)
    if (item.place.starts_with("deploy.yaml:")) {
      ++listed;
      line = std::stoi(item.place.substr(12));
      EXPECT_NE(lines.at(static_cast<std::size_t>(line) - 1).find("# DECIDE: " + item.todo),
                std::string::npos)
          << item.place;
    }
  EXPECT_EQ(listed, marked);
  EXPECT_GE(marked, 8U);
}

TEST(Import, HostileGroupsAreRefusedWithTheirLine) {
  EXPECT_EQ(refused("Group: {name: " + std::string(300, 'a') + "}\nCores: []\n"),
            "greengo.yaml:1: Name: '" + std::string(60, 'a') +
                "...' has 300 bytes; the name of a group has 1 to 128");
  EXPECT_NE(refused("Group: {name: no way}\nCores: []\n").find("is not the name of a group"),
            std::string::npos);
  EXPECT_EQ(refused("Group: {name: true}\nCores: []\n"),
            "greengo.yaml:1: Name: is true or false, text was expected; put it in quotes");
  EXPECT_EQ(refused("Group: {}\nCores: []\n"),
            "greengo.yaml: the group has no name; greengo: Group: {name: ...}");
  EXPECT_NE(refused(k_group + "Lambdas: [{name: \"a\\nb\", greengrassConfig: {}}]\n")
                .find("greengo.yaml:3: greengrass_v1.functions[0].name: 'a\\x0ab' holds a control"),
            std::string::npos);
  EXPECT_NE(refused(k_group + "Lambdas: [{name: \"\xF0\x9F\x98\x80\", greengrassConfig: {}}]\n")
                .find("is not a Greengrass v1 id"),
            std::string::npos);
  EXPECT_NE(refused(function("Environment: {Variables: {A: '${x}'}}")).find("greengo.yaml:5: "),
            std::string::npos);
  EXPECT_NE(refused(k_group + "Cores: []\n").find("greengo.yaml:3: key 'Cores' occurs twice"),
            std::string::npos);
  EXPECT_NE(refused("Group:\n\tname: G\nCores: []\n").find("a line starts with a tab"),
            std::string::npos);
  EXPECT_NE(refused(k_group + "Lambdas: {a: 1}\n").find("a list was expected"), std::string::npos);
  EXPECT_NE(refused(function("MemorySize: much")).find("greengo.yaml:5: "), std::string::npos);
  EXPECT_NE(refused(function("Pinned: maybe")).find("true or false was expected"),
            std::string::npos);
  EXPECT_NE(refused(function("MemorySize: 1, Environment: {Execution: {IsolationMode: "
                             "NoContainer}}"))
                .find("is not taken without a container"),
            std::string::npos);
  EXPECT_NE(refused(function("Environment: {ResourceAccessPolicies: [{ResourceId: r}]}"))
                .find("'r' is no resource of the group"),
            std::string::npos);
  EXPECT_NE(refused(k_group + "Resources: [{Id: r, Name: r, LocalVolumeResourceData: {SourcePath: "
                              "/a/b, DestinationPath: /c}, LocalDeviceResourceData: {SourcePath: "
                              "/dev/a}}]\n")
                .find("Resources[0] is two things: volume and device"),
            std::string::npos);
  EXPECT_NE(refused("a: 1\n").find("is no group of Greengrass v1"), std::string::npos);
}

/// Nine lines that would be a thousand million entries.
TEST(Import, AliasBombsAreRefused) {
  std::string bomb = k_group + "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const auto before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j)
      bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_NE(refused(bomb).find("after aliases are expanded"), std::string::npos);
}

/// Work that grows with the square of what is read has a bound.
TEST(Import, MappingsAreBounded) {
  std::string keys;
  for (int i = 0; i < 1001; ++i)
    keys += "k" + std::to_string(i) + ": 1, ";
  EXPECT_NE(
      refused(function("Environment: {Variables: {" + keys + "}}"))
          .find("greengo.yaml:5: Functions[0].FunctionConfiguration.Environment.Variables has "
                "1001 keys; at most 1000"),
      std::string::npos);
  EXPECT_NE(refused(k_group + "x: &x {" + keys + "}\ny: {<<: *x}\n").find("what << names has 1001"),
            std::string::npos);
}

/// The group in the example, as greengo would have it, is found to be what the runtime does.
TEST(Import, ARowOfThreeFunctionsBecomesTheTopicsOfTheRuntime) {
  const auto result = imported(
      k_group +
      "Lambdas:\n  - {name: Out, greengrassConfig: {}}\n  - {name: In, greengrassConfig: {}}\n"
      "  - {name: Mid, greengrassConfig: {}}\n"
      "Resources:\n"
      "  - {Id: n, Name: n, LocalDeviceResourceData: {SourcePath: /dev/nvidia0}}\n"
      "  - {Id: v, Name: v, LocalDeviceResourceData: {SourcePath: /dev/video2}}\n"
      "  - {Id: e, Name: e, LocalVolumeResourceData: {SourcePath: /etc/x, DestinationPath: /x}}\n"
      "  - {Id: b, Name: b, LocalVolumeResourceData: {SourcePath: /data/b/, DestinationPath: "
      "/b/}}\n"
      "Subscriptions:\n"
      "  - {Source: cloud, Subject: t1, Target: 'Lambda::In'}\n"
      "  - {Source: 'Lambda::In', Subject: t2, Target: cloud}\n"
      "  - {Source: 'Lambda::In', Subject: t3, Target: 'Lambda::Mid'}\n"
      "  - {Source: 'Lambda::Mid', Subject: t4, Target: cloud}\n"
      "  - {Source: 'Lambda::Mid', Subject: t5, Target: 'Lambda::Out'}\n"
      "  - {Source: 'Lambda::Out', Subject: t6, Target: cloud}\n");
  const auto spec = parse_spec(result.text, "deploy.yaml");
  ASSERT_TRUE(spec.edge && spec.edge->buffer);
  const auto& topics = spec.edge->topics;
  EXPECT_EQ(topics.start + topics.status + topics.frames + topics.results + topics.predictions +
                topics.stored,
            "t1t2t3t4t5t6");
  EXPECT_EQ(spec.edge->cores.at(0).camera, "/dev/video2");
  EXPECT_EQ(spec.edge->buffer->source + spec.edge->buffer->destination, "/data/b/b");
}

TEST(Import, GreengosOwnFilesAreRead) {
  const auto folder = std::filesystem::path(MLOPSCTL_SHARED) / "data/golden/greengo";
  if (!std::filesystem::exists(folder))
    GTEST_SKIP() << "needs ../shared/data/golden/greengo, which is not here";
  int read = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder))
    if (file.path().extension() == ".yaml") {
      const auto result = import_group({file.path().string()}, {"deploy.yaml", "", ""});
      EXPECT_NO_THROW(parse_spec(result.text, "deploy.yaml")) << file.path();
      ++read;
    }
  EXPECT_EQ(read, 4);
}

} // namespace
} // namespace mlopsctl::templates
