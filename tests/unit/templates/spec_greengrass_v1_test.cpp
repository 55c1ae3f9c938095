// SPDX-License-Identifier: Apache-2.0
// Section greengrass_v1 of deploy.yaml: what is refused, and with which words.
#include "fixture.hpp"

namespace mlopsctl::templates {
namespace {

std::string refused(const std::string& section) {
  return refusal(k_head + "greengrass_v1: {" + section + "}\n");
}

void expect_refusal(const std::string& section, const std::string& words) {
  EXPECT_NE(refused(section).find(words), std::string::npos) << section << "\n" << refused(section);
}

TEST(GreengrassV1, AnEmptySectionIsAGroupWithNothing) {
  const auto spec = parse_spec(k_head + "greengrass_v1: {}\n", "d.yaml");
  EXPECT_EQ(to_json(*spec.greengrass_v1),
            R"({"sync_shadow":false,"role":null,"functions":[],"resources":[],"subscriptions":[],)"
            R"("loggers":[],"devices":[],"connectors":[]})");
}

TEST(GreengrassV1, FunctionsAreChecked) {
  expect_refusal("functions: [{name: a b}]",
                 "d.yaml:4: greengrass_v1.functions[0].name: 'a b' is not a Greengrass v1 id; use "
                 "letters, digits and :_-");
  expect_refusal("functions: [{name: " + std::string(300, 'a') + "}]", "has 300 bytes");
  expect_refusal("functions: [{name: a, memroy_kb: 3}]", "did you mean 'memory_kb'?");
  expect_refusal("functions: [{name: a}, {name: a}]", "'a' occurs twice, but for punctuation");
  expect_refusal("functions: [{name: a-b}, {name: a_b}]",
                 "'a_b' occurs twice, but for punctuation");
  expect_refusal("functions: [{name: a, arn: \"arn:aws:lambda:eu-west-1:123456789012:function:a:"
                 "$LATEST\"}]",
                 "is not an ARN; use letters");
  expect_refusal(
      "functions: [{name: a, arn: \"arn:aws:lambda:eu-west-1:123456789012:function:a\"}]",
      "is not the ARN of a version or an alias of a function");
  expect_refusal("functions: [{name: a, isolation: NoContainer, memory_kb: 3}]",
                 "memory_kb: is not taken without a container; leave it out");
  expect_refusal("functions: [{name: a, isolation: Jail}]",
                 "'Jail' is none of GreengrassContainer");
  expect_refusal("functions: [{name: a, memory_kb: 0}]", "0 is outside 1 to 2147483647");
  expect_refusal("functions: [{name: a, run_as: {uid: -1}}]", "-1 is outside 0");
  expect_refusal("functions: [{name: a, variables: {b: c}}]", "a list was expected");
  expect_refusal("functions: [{name: a, variables: [{name: b, value: 3}]}]", "put it in quotes");
  expect_refusal("functions: [{name: a, variables: [{name: b, value: c}, {name: b, value: d}]}]",
                 "'b' occurs twice");
  expect_refusal("functions: [{name: a, resources: [{id: gone}]}]",
                 "functions[0].resources[0].id: 'gone' is no resource of the group");
}

TEST(GreengrassV1, AFunctionHasAtMostTenResources) {
  std::string resources, ids;
  for (int i = 0; i < 11; ++i) {
    const auto id = "r" + std::to_string(i);
    resources += "{id: " + id + ", kind: device, source: /dev/" + id + "}, ";
    ids += "{id: " + id + "}, ";
  }
  expect_refusal("resources: [" + resources + "], functions: [{name: f, resources: [" + ids + "]}]",
                 "has 11 entries; a function of Greengrass v1 has at most 10");
}

TEST(GreengrassV1, ResourcesAreChecked) {
  expect_refusal("resources: [{id: r, kind: device, source: /var/x}]",
                 "'/var/x' is not a device; it starts with /dev/");
  expect_refusal("resources: [{id: r, kind: device, source: /dev/x, destination: /x}]",
                 "a device has none; leave it out");
  expect_refusal("resources: [{id: r, source: /sys/x, destination: /x}]",
                 "'/sys/x' is not a volume; Greengrass v1 refuses /sys");
  expect_refusal("resources: [{id: r, source: /x/y}]", "destination: is missing");
  expect_refusal("resources: [{id: r, kind: s3-model, source: http://x/y, destination: /x}]",
                 "'http://x/y' is not an S3 URL");
  expect_refusal("resources: [{id: r, kind: secret, source: something-that-is-no-arn}]",
                 "is not an ARN; it starts with arn:");
  expect_refusal("resources: [{id: r, kind: disk, source: /x/y}]", "'disk' is none of volume");
}

TEST(GreengrassV1, SubscriptionsAreChecked) {
  expect_refusal(
      "functions: [{name: Infer}], subscriptions: [{source: cloud, topic: a, target: "
      "\"Lambda::Infr\"}]",
      "subscriptions[0].target: 'Lambda::Infr' is no end of a subscription, did you mean "
      "'Lambda::Infer'?");
  expect_refusal("subscriptions: [{source: cloud, topic: a b, target: cloud}]",
                 "'a b' is not an MQTT topic filter");
  expect_refusal("subscriptions: [{source: cloud, target: cloud}]", "topic: is missing");
}

TEST(GreengrassV1, ListsAreBounded) {
  std::string loggers;
  for (int i = 0; i < 1001; ++i)
    loggers += "{},";
  expect_refusal("loggers: [" + loggers + "]", "has 1001 entries; at most 1000");
}

} // namespace
} // namespace mlopsctl::templates
