// SPDX-License-Identifier: Apache-2.0
#include "fixture.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::templates {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string with_function(const std::string& body) {
  return k_common + "functions:\n  - {name: infer, " + body + "}\n";
}
std::string with_edge(const std::string& body) {
  return k_common + "retention_days: 30\nedge:\n" + body;
}

TEST(Spec, ReadsTheExampleAndFillsDefaultsIn) {
  const auto spec = parse_spec(example_spec(), "deploy.yaml");
  EXPECT_EQ(spec.name, "sign-language");
  ASSERT_EQ(spec.functions.size(), 2U);
  EXPECT_EQ(spec.functions[0].tmp_mb, 512);
  EXPECT_TRUE(spec.functions[0].dead_letter);
  ASSERT_TRUE(spec.edge && spec.edge->buffer);
  EXPECT_EQ(spec.edge->buffer->max_bytes, 1ULL << 30);
  EXPECT_EQ(spec.edge->cores[1].camera, "/dev/video0"); // of the section
  EXPECT_EQ(spec.tables[1].partition_key, "model_dataset");
}

TEST(Spec, EverySectionIsOptional) {
  EXPECT_EQ(refusal("schema: mlopsctl.deploy/1\nname: x\n"), k_no_error);
}

TEST(Spec, ReadsTheSectionsOfOtherKinds) {
  const auto spec = parse_spec(
      k_head + "training: {train: s3://sets/train.manifest, validation: s3://sets/v.manifest, "
               "label_attribute: bb, instance: ml.g4dn.xlarge, role: "
               "\"arn:aws:iam::123456789012:role/train\"}\n"
               "fan_out: {shards: 64, engine: slurm}\npipeline: {ci: github, gates: "
               "[\"map_50>=0.9\"]}\n",
      "d.yaml");
  EXPECT_EQ(spec.training->instance, "ml.g4dn.xlarge");
  EXPECT_EQ(spec.fan_out->shards, 64);
  EXPECT_EQ(spec.pipeline->gates.at(0), "map_50>=0.9");
}

TEST(Spec, UnknownKeysHaveALineAndASuggestion) {
  EXPECT_EQ(refusal(k_head + "modle: {}\n"),
            "d.yaml:4: unknown key 'modle', did you mean 'model'?");
  EXPECT_EQ(refusal(with_function("memory: 3, memory_nb: 4")).substr(0, 8), "d.yaml:7");
  EXPECT_THAT(refusal(with_edge("  topics: {strat: a}\n")), HasSubstr("did you mean 'start'?"));
}

TEST(Spec, NoDigestNoRender) {
  EXPECT_THAT(refusal(k_head + "model: {url: s3://models/m.tar.gz}\n"),
              StartsWith("d.yaml:4: model.digest: is missing"));
  EXPECT_THAT(refusal(k_head + "model: {url: s3://models/m.tar.gz, digest: sha256:12}\n"),
              HasSubstr("'sha256:12' is not sha256: and 64 lower-case hex digits"));
}

TEST(Spec, LambdaLimits) {
  EXPECT_THAT(refusal(with_function("timeout_s: 3600")),
              StartsWith("d.yaml:7: functions[0].timeout_s: 3600 is outside 1 to 900; Lambda ends "
                         "a function after 900 s"));
  EXPECT_EQ(refusal(with_function("timeout_s: 900")), k_no_error);
  EXPECT_THAT(refusal(with_function("timeout_s: 0")), HasSubstr("0 is outside 1 to 900"));
  EXPECT_THAT(refusal(with_function("memory_mb: 127")), HasSubstr("127 is outside 128 to 10240"));
  EXPECT_EQ(refusal(with_function("memory_mb: 10240")), k_no_error);
  EXPECT_THAT(refusal(with_function("memory_mb: 10241")), HasSubstr("10241 is outside"));
  EXPECT_THAT(refusal(with_function("memory_mb: 2048.5")), HasSubstr("a whole number"));
  EXPECT_THAT(refusal(k_common + "functions: [{name: f, data: s3://sets/d.manifest, table: abc}]\n"
                                 "tables: [{name: abc, partition_key: id}]\n"),
              HasSubstr("'abc' holds items, and a function with data keeps rows"));
  EXPECT_THAT(refusal(k_common + "functions: [{name: f, lookup: abc}]\n"
                                 "tables: [{name: abc, partition_key: id, sort_key: at}]\n"),
              HasSubstr("lookup: 'abc' is no table of names"));
  EXPECT_THAT(refusal(with_function("reserved_concurrency: -1")),
              HasSubstr("-1 is outside 0 to 100000"));
  EXPECT_EQ(refusal(with_function("reserved_concurrency: 0")), k_no_error);
  EXPECT_THAT(refusal(with_function("tmp_mb: 511")), HasSubstr("511 is outside 512 to 10240"));
}

TEST(Spec, FunctionNames) {
  const auto named = [](const std::string& name) {
    return refusal(k_common + "functions: [{name: \"" + name + "\"}]\n");
  };
  EXPECT_EQ(named(std::string(64, 'f')), k_no_error);
  EXPECT_THAT(named(std::string(65, 'f')), HasSubstr("has 65 bytes"));
  EXPECT_THAT(named(std::string(300, 'f')), HasSubstr("has 300 bytes"));
  EXPECT_LT(named(std::string(300, 'f')).size(), 200U); // the message does not repeat all of it
  EXPECT_THAT(named("a b"), HasSubstr("is not a Lambda function name"));
  EXPECT_THAT(named("caf\xC3\xA9"), HasSubstr("is not a Lambda function name"));
  EXPECT_THAT(named("\xF0\x9F\x98\x80"), HasSubstr("is not a Lambda function name"));
  EXPECT_THAT(named("a\\nb"), HasSubstr("'a\\x0ab' holds a control character"));
}

TEST(Spec, YamlNoIsTextAndNumbersAreNot) {
  const auto spec = parse_spec("schema: mlopsctl.deploy/1\nname: no\n", "d.yaml");
  EXPECT_EQ(spec.name, "no");
  EXPECT_THAT(refusal("schema: mlopsctl.deploy/1\nname: 12\n"),
              HasSubstr("d.yaml:2: name: is a whole number, text was expected; put it in quotes"));
}

TEST(Spec, IdsThatBecomeTheSameAreRefused) {
  EXPECT_THAT(refusal(k_common + "functions:\n  - {name: a-b}\n  - {name: a_b}\n"),
              HasSubstr("d.yaml:8: functions[1].name: 'a_b' and 'a-b' are the same"));
  EXPECT_THAT(refusal(k_head + "tables:\n  - {name: abc, partition_key: k}\n"
                               "  - {name: abc, partition_key: k}\n"),
              HasSubstr("occurs twice"));
}

TEST(Spec, TextThatOthersWouldReplaceIsRefused) {
  for (const std::string hostile :
       {"{{resolve:secretsmanager:prod:SecretString:password}}", "${AWS::AccountId}",
        "${iot:Connection.Thing.ThingName}", "{iot:thingName}", "{configuration:/serve}",
        "${{ secrets.TOKEN }}", "{com.example.C:work:path}"}) {
    EXPECT_THAT(refusal(k_head + "tables:\n  - {name: abc, partition_key: \"" + hostile + "\"}\n"),
                StartsWith("d.yaml:5: tables[0].partition_key: '"))
        << hostile;
    EXPECT_THAT(refusal(k_head + "pipeline:\n  gates: [\"" + hostile + "\"]\n"),
                HasSubstr("taken literally"))
        << hostile;
    EXPECT_THAT(refusal(k_head + "\"" + hostile + "\": 1\n"), HasSubstr("a key: ")) << hostile;
  }
}

TEST(Spec, Buckets) {
  const auto bucket = [](const std::string& name) {
    return refusal(with_function("triggers: [{s3: {bucket: \"" + name + "\"}}]"));
  };
  EXPECT_EQ(bucket("abc"), k_no_error);
  for (const std::string bad : {"ab", "Abc", "a_b", "-abc", "abc-", "a..b", "192.168.0.1"})
    EXPECT_THAT(bucket(bad), HasSubstr("triggers[0].s3.bucket: '" + bad + "'"));
  EXPECT_THAT(bucket(std::string(64, 'b')), HasSubstr("is not a bucket name"));
}

TEST(Spec, Triggers) {
  const auto trigger = [](const std::string& text) {
    return refusal(with_function("triggers: [" + text + "]"));
  };
  EXPECT_THAT(trigger("{}"), HasSubstr("a trigger is one of s3 and schedule"));
  EXPECT_THAT(trigger("{s3: {bucket: abc}, schedule: rate(1 day)}"), HasSubstr("one of"));
  EXPECT_THAT(trigger("{s3: {bucket: abc, prefix: \"a*\"}}"), HasSubstr("read differently"));
  EXPECT_THAT(trigger("{s3: {bucket: abc, prefix: \"a b/\"}}"), HasSubstr("read differently"));
  EXPECT_THAT(trigger("{s3: {bucket: abc, prefix: /images/}}"), HasSubstr("starts with '/'"));
  for (const std::string good : {"rate(1 day)", "rate(5 minutes)", "cron(0 3 * * ? *)"})
    EXPECT_EQ(trigger("{schedule: \"" + good + "\"}"), k_no_error) << good;
  for (const std::string bad : {"rate(1 days)", "rate(5 minute)", "rate(0 days)", "rate(1 )",
                                "cron(0 3 * * * *)", "cron(0 3 ? * ? *)", "daily", "cron(* * ? *"})
    EXPECT_NE(trigger("{schedule: \"" + bad + "\"}"), k_no_error) << bad;
}

TEST(Spec, TriggersOfOneBucketThatS3WouldRefuse) {
  const auto two = [](const std::string& first, const std::string& second) {
    return refusal(with_function("triggers: [{s3: {bucket: abc, " + first +
                                 "}}, {s3: {bucket: abc, " + second + "}}]"));
  };
  EXPECT_THAT(two("prefix: a/", "prefix: a/b/"), HasSubstr("the same object would fire"));
  EXPECT_EQ(two("prefix: a/", "prefix: b/"), k_no_error);
  EXPECT_EQ(two("suffix: .jpg", "suffix: .png"), k_no_error);
  EXPECT_THAT(two("existing: true", "prefix: b/"), HasSubstr("existing: true for one trigger"));
}

TEST(Spec, TablesAreNamedOnce) {
  const std::string tables = "tables: [{name: gestures, partition_key: id}]\n";
  EXPECT_EQ(refusal(with_function("table: gestures") + tables), k_no_error);
  EXPECT_THAT(refusal(with_function("table: gesture") + tables),
              HasSubstr("'gesture' is not under tables, did you mean 'gestures'?"));
  EXPECT_THAT(refusal(k_head + "tables: [{name: ab, partition_key: k}]\n"), HasSubstr("2 bytes"));
  EXPECT_THAT(refusal(k_head + "tables: [{name: abc}]\n"), HasSubstr("partition_key: is missing"));
  EXPECT_THAT(refusal(k_head + "tables: [{name: abc, layout: benchmark, partition_key: size}]\n"),
              HasSubstr("is set by layout: benchmark"));
  EXPECT_THAT(refusal(k_head + "tables: [{name: abc, partition_key: \"\xF0\x9F\x98\x80\"}]\n"),
              HasSubstr("is not an attribute name"));
}

TEST(Spec, Urls) {
  const auto data = [](const std::string& url) {
    return refusal(with_function("data: \"" + url + "\""));
  };
  EXPECT_EQ(data("s3://sets/frames/frameA (1).manifest"), k_no_error);
  EXPECT_THAT(data("https://sets/x"), HasSubstr("is not an S3 URL"));
  EXPECT_THAT(data("s3://sets"), HasSubstr("is not an S3 URL"));
  EXPECT_THAT(data("s3://sets/"), HasSubstr("a key of 0 bytes"));
  EXPECT_THAT(data("s3://Sets/x"), HasSubstr("'Sets' is not a bucket name"));
  EXPECT_THAT(data("s3://sets/*"), HasSubstr("read as a wildcard"));
  EXPECT_THAT(data("s3://sets/caf\xC3\xA9"), HasSubstr("is not ASCII"));
  EXPECT_THAT(data("s3://sets/" + std::string(1025, 'k')), HasSubstr("1025 bytes"));
}

TEST(Spec, RolesAndRegistries) {
  EXPECT_EQ(refusal(with_function("role: \"arn:aws:iam::123456789012:role/a/b\"")), k_no_error);
  EXPECT_THAT(refusal(with_function("role: \"arn:aws:iam::123:role/a\"")),
              HasSubstr("is not the ARN of a role"));
  EXPECT_THAT(refusal(k_head + "artifacts: {create_registry: true}\n"),
              HasSubstr("has no name to make it under"));
  EXPECT_THAT(refusal(with_function("url: {auth: open}")), HasSubstr("auth: 'open'"));
  EXPECT_THAT(refusal(with_function("url: none")), HasSubstr("url"));
  EXPECT_THAT(refusal(k_head + "artifacts: {registry: docker.io/me/signs}\n"),
              HasSubstr("is not an ECR repository"));
  EXPECT_THAT(refusal(k_head + "artifacts: {registry: "
                               "123456789012.dkr.ecr.us-east-1.amazonaws.com/signs}\n"),
              HasSubstr("is in another region than the functions (eu-west-1)"));
  EXPECT_THAT(refusal(k_head + "functions: [{name: f, package: image}]\n"),
              HasSubstr("needs artifacts.registry"));
}

TEST(Spec, CamerasNeedAnEnd) {
  EXPECT_THAT(refusal(k_head + "edge: {camera: /dev/video0}\n"),
              StartsWith("d.yaml:4: edge.camera: has a camera, and retention_days is not set"));
  EXPECT_EQ(refusal(with_edge("  camera: /dev/video0\n")), k_no_error);
  EXPECT_THAT(refusal(with_edge("  cores: [{name: a}]\n")),
              HasSubstr("edge.cores[0].camera: is missing"));
}

TEST(Spec, CamerasHoldNoSecret) {
  const auto text = refusal(with_edge("  camera: rtsp://user:secret@host/stream\n"));
  EXPECT_THAT(text, HasSubstr("a user, password or token would be readable"));
  EXPECT_THAT(text, Not(HasSubstr("secret@")));
  EXPECT_THAT(refusal(with_edge("  camera: /dev/../etc/passwd\n")), HasSubstr("edge.camera"));
  EXPECT_THAT(refusal(with_edge("  camera: \"/dev/$(reboot)\"\n")), HasSubstr("edge.camera"));
}

TEST(Spec, EdgeRanges) {
  const auto buffer = [](const std::string& body) {
    return refusal(with_edge("  buffer: {source: /shared/b, " + body + "}\n"));
  };
  EXPECT_EQ(buffer("max_bytes: 500MB, on_full: stop"), k_no_error);
  EXPECT_EQ(buffer("max_bytes: 1048576"), k_no_error);
  EXPECT_THAT(buffer("max_bytes: lots"), HasSubstr("'lots' is not a size"));
  EXPECT_THAT(buffer("max_bytes: 1kB"), HasSubstr("is outside 1 MiB to 16 TiB"));
  EXPECT_THAT(buffer("on_full: drop"), HasSubstr("'drop' is none of stop, drop-oldest"));
  EXPECT_THAT(refusal(with_edge("  buffer: {source: /etc/x}\n")), HasSubstr("of the system"));
  EXPECT_THAT(refusal(with_edge("  topics: {start: \"a/#\"}\n")), HasSubstr("is not a topic"));
  EXPECT_THAT(refusal(with_edge("  topics: {start: a, status: a}\n")), HasSubstr("too"));
  EXPECT_THAT(
      refusal(with_edge("  cores: [{name: a, camera: /dev/video0, platform: linux/mips}]\n")),
      HasSubstr("'linux/mips' is none of linux/amd64"));
  EXPECT_THAT(refusal(with_edge("  cores: [{name: a, camera: /dev/video0, certificate: "
                                "\"arn:aws:iot:eu-west-1:123456789012:cert/12\"}]\n")),
              HasSubstr("is not the ARN of a certificate"));
  EXPECT_THAT(refusal(with_edge("  posix_user: root:root\n")), HasSubstr("as root"));
  EXPECT_EQ(refusal(with_edge("  rollout: {devices_per_minute: 1000, abort_percent: 1}\n")),
            k_no_error);
  EXPECT_THAT(refusal(with_edge("  rollout: {devices_per_minute: 1001}\n")),
              HasSubstr("1001 is outside 1 to 1000"));
  EXPECT_THAT(refusal(with_edge("  rollout: {abort_percent: 0}\n")),
              HasSubstr("0 is outside 1 to 100"));
  EXPECT_THAT(refusal(with_edge("  rollout: {abort_after: 0}\n")), HasSubstr("0 is outside 1 to"));
  EXPECT_THAT(refusal(with_edge("  rollout: {devices: 3}\n")), HasSubstr("unknown key 'devices'"));
}

TEST(Spec, NotASpec) {
  EXPECT_THAT(refusal(""), HasSubstr("is empty"));
  EXPECT_THAT(refusal("[1, 2]"), HasSubstr("a mapping was expected"));
  EXPECT_THAT(refusal("schema: mlopsctl.model/1\nname: x\n"),
              HasSubstr("is not mlopsctl.deploy/1"));
  EXPECT_THAT(refusal("name: x\n"), HasSubstr("schema: is missing"));
}

TEST(Spec, LogicalIds) {
  EXPECT_EQ(logical_id("sign-language"), "SignLanguage");
  EXPECT_EQ(logical_id("a_b.c1"), "ABC1");
  EXPECT_EQ(logical_id("--"), "");
}

} // namespace
} // namespace mlopsctl::templates
