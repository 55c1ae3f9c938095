// SPDX-License-Identifier: Apache-2.0
// edge-group --generation v1: what is rendered of a group is the group, as its importers read it.
#include "fixture.hpp"
#include "templates/import/import.hpp"

namespace mlopsctl::templates {
namespace {

Rendered render_v1(const std::string& text) {
  RenderOptions options;
  options.generation = "v1";
  return render_kind(find_kind("edge-group"), parse_spec(text, "d.yaml"), options);
}

std::string file_that_ends(const Rendered& rendered, const std::string& end) {
  for (const auto& file : rendered.files)
    if (file.name.ends_with(end))
      return file.text;
  ADD_FAILURE() << "no file that ends with " << end;
  return "";
}

DeploySpec imported(const std::string& text) {
  return parse_spec(import_text(text, "group", {"deploy.yaml", "eu-west-1", ""}).text,
                    "deploy.yaml");
}

std::string section(const DeploySpec& spec) {
  return to_json(*spec.greengrass_v1, 1);
}

/// \param function, device, group what only one of the two files holds
std::string group_spec(const std::string& function, const std::string& device,
                       const std::string& group, const std::string& core) {
  return k_head +
         "retention_days: 1\nedge:\n  thing_group: g:1\n  cores: [{name: desk, camera: "
         "/dev/video0" +
         core + "}]\ngreengrass_v1:\n  sync_shadow: true\n" + group +
         R"(  functions:
    - {name: F)" +
         function + R"(, executable: bin/f, exec_args: -x, memory_kb: 9, timeout_s: 3, pinned: true,
       encoding: binary, sysfs: true, isolation: GreengrassContainer, run_as: {uid: 0, gid: 7},
       variables: [{name: A, value: "no"}, {name: B, value: "1"}],
       resources: [{id: v, permission: rw}, {id: m, permission: ro}]}
    - {name: G)" +
         function + R"(, isolation: NoContainer}
  resources:
    - {id: v, name: volume, kind: volume, source: /data/v, destination: /v, group_owner: staff}
    - {id: d, kind: device, source: /dev/video0, add_group_owner: true}
    - {id: m, kind: s3-model, source: s3://models/m.zip, destination: /m, group_owner: "7", permission: rw}
    - {id: j, kind: sagemaker-model, source: "arn:aws:sagemaker:eu-west-1:123456789012:training-job/x", destination: /j}
    - {id: s, kind: secret, source: "arn:aws:secretsmanager:eu-west-1:123456789012:secret:x", labels: [L]}
  subscriptions:
    - {source: cloud, topic: a/+, target: "Lambda::F"}
    - {source: "Lambda::F", topic: b, target: "Lambda::G"}
    - {source: "Device::D", topic: $aws/x, target: GGShadowService}
    - {source: "Connector::C", topic: c, target: "Device::D"}
  loggers:
    - {component: GreengrassSystem, level: WARN, type: AWSCloudWatch}
    - {component: Lambda, level: DEBUG, type: FileSystem, space_kb: 10}
  devices: [{name: D, sync_shadow: true)" +
         device + R"(}]
  connectors:
    - {name: C, arn: "arn:aws:greengrass:eu-west-1::/connectors/SNS/versions/4", parameters: [{name: P, value: "yes"}]}
)";
}

TEST(FirstGeneration, ATemplateIsImportedAsTheGroupThatItWas) {
  const auto certificate =
      "\"arn:aws:iot:eu-west-1:123456789012:cert/" + std::string(64, 'a') + "\"";
  const auto text =
      group_spec("", ", certificate: " + certificate,
                 "  role: \"arn:aws:iam::123456789012:role/r\"\n", ", certificate: " + certificate);
  const auto before = parse_spec(text, "d.yaml");
  const auto after = imported(file_that_ends(render_v1(text), ".template.json"));
  EXPECT_EQ(section(after), section(before));
  EXPECT_EQ(after.edge->thing_group, "g:1");
  EXPECT_EQ(after.edge->cores.at(0).name, "desk");
  EXPECT_EQ(after.edge->cores.at(0).certificate, before.edge->cores.at(0).certificate);
}

TEST(FirstGeneration, FunctionsKeepTheirArns) {
  const auto text =
      group_spec(", arn: \"arn:aws:lambda:eu-west-1:123456789012:function:F:1\"", "", "", "");
  auto other = text; // two functions have two
  other.replace(other.rfind("function:F:1"), 12, "function:G:1");
  const auto rendered = render_v1(other);
  EXPECT_EQ(section(imported(file_that_ends(rendered, ".template.json"))),
            section(parse_spec(other, "d.yaml")));
  EXPECT_NE(rendered.warnings.at(1).find("the arn of F is in the template alone"),
            std::string::npos);
}

TEST(FirstGeneration, AGreengoFileIsImportedAsTheGroupThatItWas) {
  const auto text = group_spec(", handler: m.h, package: ./src, alias: dev, lambda_variables: "
                               "[{name: C, value: \"3\"}]",
                               "", "", "");
  EXPECT_EQ(section(imported(file_that_ends(render_v1(text), ".greengo.yaml"))),
            section(parse_spec(text, "d.yaml")));
}

TEST(FirstGeneration, WhatIsNotKnownIsAParameter) {
  const auto rendered = render_v1(group_spec("", "", "", ""));
  const auto parameters = *cloudformation(rendered).find("Parameters");
  std::string names;
  for (const auto& [name, parameter] : parameters.members)
    names += name + " ";
  EXPECT_EQ(names, "CoreCertificateArn DeviceDCertificateArn FVersionArn GVersionArn ");
}

TEST(FirstGeneration, TheWarningSaysWhenItEndedAndWhatToDo) {
  const auto rendered = render_v1(std::string(example_spec()));
  EXPECT_EQ(rendered.warnings.at(0),
            "Greengrass v1 ended on 2026-10-07: the service takes no group any more; leave "
            "--generation v1 out for v2, or see mlopsctl template migrate");
  EXPECT_EQ(rendered.files.size(), 4U); // of two cores
}

TEST(FirstGeneration, WithoutAGroupThereIsNothingToRender) {
  EXPECT_NE(error_and_hint_of([] { render_v1(k_head); }).find("'edge.cores' is missing"),
            std::string::npos);
  const auto no_group =
      k_head + "retention_days: 1\nedge: {cores: [{name: a, camera: /dev/video0}]}\n";
  EXPECT_NE(error_and_hint_of([&] {
              render_v1(no_group);
            }).find("'greengrass_v1.functions' is missing, which edge-group --generation v1 needs"),
            std::string::npos);
}

} // namespace
} // namespace mlopsctl::templates
