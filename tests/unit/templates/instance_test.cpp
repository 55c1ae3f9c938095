// SPDX-License-Identifier: Apache-2.0
// One machine with the service: who may reach it, what its role may do, and names that are refused.
#include "fixture.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::templates {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string k_runtime =
    "runtime: {url: s3://code/r.tar.gz, digest: \"sha256:" + std::string(64, 'b') + "\"}";

std::string with_instance(const std::string& more) {
  return k_common + "instance: {" + k_runtime + more + "}\n";
}

/// The properties of the only resource of \p type.
Value properties(const Value& document, const std::string& type) {
  for (const auto& [id, resource] : document.find("Resources")->members)
    if (resource.find("Type")->string == type)
      return *resource.find("Properties");
  ADD_FAILURE() << "no " << type;
  return {};
}

const std::string k_ec2 = ", type: t3.large, allow_from: [10.1.0.0/16, \"2001:db8::/32\"]";

TEST(Instance, ItsPortIsOpenToTheNamedNetworksAlone) {
  const auto document =
      cloudformation(render_text("instance", with_instance(k_ec2 + ", port: 9000")));
  const auto group = properties(document, "AWS::EC2::SecurityGroup");
  EXPECT_EQ(text_at(group, {"SecurityGroupIngress"}),
            R"([{"CidrIp":"10.1.0.0/16","FromPort":9000,"IpProtocol":"tcp","ToPort":9000},)"
            R"({"CidrIpv6":"2001:db8::/32","FromPort":9000,"IpProtocol":"tcp","ToPort":9000}])");
  for (const std::string world : {"0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1", "2000::/3"})
    EXPECT_THAT(refusal(with_instance(", type: t3.large, allow_from: [\"" + world + "\"]")),
                HasSubstr("'" + world + "' is open to the world, or to much of it"));
  for (const std::string none :
       {"10.0.0.1", "10.0.0.0/33", "10.0.0/8", "here", "10.0.0.0/8; x", ""})
    EXPECT_THAT(refusal(with_instance(", type: t3.large, allow_from: [\"" + none + "\"]")),
                HasSubstr("is not a network"))
        << none;
  EXPECT_THAT(refusal(with_instance(", type: t3.large")),
              HasSubstr("instance.allow_from: is missing: nobody could reach the service"));
}

TEST(Instance, ItsDiskIsEncryptedAndItsKeysNeedAToken) {
  const auto document = cloudformation(render_text("instance", with_instance(k_ec2)));
  EXPECT_THAT(text_at(properties(document, "AWS::EC2::Instance"), {"BlockDeviceMappings"}),
              HasSubstr(R"("Encrypted":true)"));
  EXPECT_EQ(text_at(properties(document, "AWS::EC2::LaunchTemplate"),
                    {"LaunchTemplateData", "MetadataOptions", "HttpTokens"}),
            "required");
}

TEST(Instance, OtherUserDataIsAnotherInstance) {
  const auto id = [](const std::string& more) {
    const auto document = cloudformation(render_text("instance", with_instance(k_ec2 + more)));
    for (const auto& [name, resource] : document.find("Resources")->members)
      if (resource.find("Type")->string == "AWS::EC2::Instance")
        return name;
    return std::string();
  };
  EXPECT_EQ(id(""), id(""));
  EXPECT_NE(id(""), id(", port: 9000"));
}

TEST(Instance, OnAMachineOfYourOwnThereIsNoCloud) {
  const auto rendered = render_text("instance", with_instance(""));
  ASSERT_EQ(rendered.files.size(), 2U);
  EXPECT_EQ(rendered.files[0].name, "install.sh");
  EXPECT_EQ(rendered.files[1].name, "signs.service");
}

TEST(Instance, WhatTheUnitSaysStaysOneWord) {
  const auto unit =
      text_of(render_text("instance", with_instance(", hosts: [a.example, b], token_file: /etc/t")),
              "signs.service");
  EXPECT_THAT(unit, HasSubstr(R"("--allow-host" "a.example" "--allow-host" "b" --token-file)"));
  EXPECT_THAT(unit, HasSubstr("LoadCredential=token:/etc/t\n"));
  EXPECT_THAT(unit, HasSubstr("\nDynamicUser=yes\n"));
  EXPECT_THAT(unit, HasSubstr("\nCapabilityBoundingSet=\n"));
}

TEST(Instance, RefusesWhatWouldBeMoreThanAName) {
  const auto refused = [](const std::string& more) { return refusal(with_instance(more)); };
  for (const std::string hostile : {"a b", "$(reboot)", "a;b", "%h", "\\U0001F600", "'"}) {
    EXPECT_THAT(refused(", hosts: [\"" + hostile + "\"]"), HasSubstr("is not a host name"));
    EXPECT_THAT(refused(", token_file: \"/etc/" + hostile + "\""), Not(testing::StrEq(k_no_error)));
    EXPECT_THAT(refused(", type: \"" + hostile + ".large\""), Not(testing::StrEq(k_no_error)));
    EXPECT_THAT(refused(", ami: \"/aws/" + hostile + "\""), Not(testing::StrEq(k_no_error)));
  }
  EXPECT_THAT(refused(", hosts: [" + std::string(300, 'a') + "]"), HasSubstr("has 300 bytes"));
  EXPECT_THAT(refused(", ami: ami-xyz"), HasSubstr("'ami-xyz' is not ami- and 8 to 17 digits"));
  EXPECT_THAT(refused(", vpc: vpc-0123456789abcdef0"), HasSubstr("instance.subnet: is missing"));
  EXPECT_THAT(refused(", port: 443"), HasSubstr("443 is outside 1024 to 65535"));
  EXPECT_THAT(refused(", volume_gb: 2"), HasSubstr("2 is outside 8 to 16384"));
  EXPECT_THAT(refused(", tls: {cert: /a}"), HasSubstr("unknown key 'cert'"));
  EXPECT_THAT(refusal(k_common + "instance: {port: 9000}\n"),
              HasSubstr("instance.runtime: is missing"));
  EXPECT_THAT(refusal(k_common + "instance: {runtime: {url: s3://code/r.tar.gz}}\n"),
              HasSubstr("instance.runtime.digest"));
}

} // namespace
} // namespace mlopsctl::templates
