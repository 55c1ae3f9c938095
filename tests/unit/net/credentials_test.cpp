// SPDX-License-Identifier: Apache-2.0
#include "net/credential_process.hpp"
#include "net/endpoint.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/net/fakes.hpp"

#include <gmock/gmock.h>

namespace mlopsctl::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* k_secret = "CANARYsecret/with+signs";

std::string document(const std::string& expiration = "2099-01-01T00:00:00Z") {
  return std::string(R"({"AccessKeyId":"AKID2","SecretAccessKey":")") + k_secret +
         R"(","Token":"TOK","Expiration":")" + expiration + "\"}";
}

CredentialChain chain_of(FakeServer& server, const Environment& environment,
                         const std::string& asked = "") {
  return {asked, load_profile(asked, environment), environment, factory_of(server)};
}

TEST(AwsConfig, ReadsSectionsBlocksAndComments) {
  const auto sections = parse_aws_config("# comment\r\n"
                                         "[default]\r\n"
                                         "region = eu-west-1   ; here\r\n"
                                         "aws_secret_access_key = a=b#c/d\n"
                                         "[profile  dev]\n"
                                         "s3 =\n"
                                         "  addressing_style = path\n"
                                         "output = json\n",
                                         "config");
  EXPECT_EQ(sections.at("default").at("region"), "eu-west-1");
  EXPECT_EQ(sections.at("default").at("aws_secret_access_key"), "a=b#c/d");
  EXPECT_EQ(sections.at("profile dev").at("s3.addressing_style"), "path");
  EXPECT_EQ(sections.at("profile dev").at("output"), "json");
}

TEST(AwsConfig, NamesTheLineAndNeverTheText) {
  const auto message =
      error_and_hint_of([] { parse_aws_config("[a]\nCANARYsecret\n", "credentials"); });
  EXPECT_THAT(message, HasSubstr("credentials:2: is neither [name] nor key = value"));
  EXPECT_THAT(message, Not(HasSubstr("CANARY")));
  EXPECT_THAT(error_and_hint_of([] { parse_aws_config("a=b", "f"); }),
              HasSubstr("f:1: stands before"));
  EXPECT_THAT(error_and_hint_of([] { parse_aws_config("[a", "f"); }),
              HasSubstr("f:1: '[' without ']'"));
}

TEST(CredentialChain, TheEnvironmentComesFirst) {
  FakeServer server;
  auto chain = chain_of(server, environment_of({{"AWS_ACCESS_KEY_ID", "AKID"},
                                                {"AWS_SECRET_ACCESS_KEY", k_secret},
                                                {"AWS_SESSION_TOKEN", "T"}}));
  EXPECT_EQ(chain.get().access_key_id, "AKID");
  EXPECT_EQ(chain.get().session_token, "T");
  EXPECT_TRUE(server.requests.empty());
}

TEST(CredentialChain, HalfAKeyIsRefused) {
  FakeServer server;
  auto chain = chain_of(server, environment_of({{"AWS_SECRET_ACCESS_KEY", k_secret}}));
  const auto message = error_and_hint_of([&] { chain.get(); });
  EXPECT_THAT(message, HasSubstr("AWS_ACCESS_KEY_ID: is not set"));
  EXPECT_THAT(message, Not(HasSubstr("CANARY")));
}

TEST(CredentialChain, AProfileThatIsAskedForComesBeforeTheEnvironment) {
  const TestFolder folder;
  FakeServer server;
  const auto environment = environment_of(
      {{"AWS_ACCESS_KEY_ID", "AKID"},
       {"AWS_SECRET_ACCESS_KEY", k_secret},
       {"AWS_SHARED_CREDENTIALS_FILE",
        folder.write("credentials",
                     "[dev]\naws_access_key_id=DEV\naws_secret_access_key=s\n[default]\n"
                     "aws_access_key_id=DEFAULT\naws_secret_access_key=s\n")},
       {"AWS_CONFIG_FILE", folder.write("config", "[profile dev]\nregion=eu-west-3\n")}});
  EXPECT_EQ(chain_of(server, environment, "dev").get().access_key_id, "DEV");
  EXPECT_EQ(chain_of(server, environment).get().access_key_id, "AKID");
  EXPECT_EQ(resolve_endpoint("dynamodb", {}, load_profile("dev", environment), environment).url,
            "https://dynamodb.eu-west-3.amazonaws.com");
  EXPECT_THAT(error_and_hint_of([&] { load_profile("none", environment); }),
              HasSubstr("profile 'none' is neither in "));
}

TEST(CredentialChain, WhatIsNotBuiltNamesTheWayOut) {
  const TestFolder folder;
  FakeServer server;
  const auto environment = environment_of(
      {{"AWS_CONFIG_FILE", folder.write("config", "[profile role]\nrole_arn=arn:aws:iam::1:role/r\n"
                                                  "[profile sso]\nsso_session=x\n")}});
  for (const auto* name : {"role", "sso"}) {
    auto chain = chain_of(server, environment, name);
    EXPECT_THAT(
        error_and_hint_of([&] { chain.get(); }),
        HasSubstr(std::string("aws configure export-credentials --format env --profile ") + name));
  }
  auto web = chain_of(server, environment_of({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/t"}}));
  EXPECT_THAT(error_and_hint_of([&] { web.get(); }), HasSubstr("web identity"));
}

TEST(CredentialChain, AsksTheContainer) {
  FakeServer server;
  server.reply(200, document());
  auto chain = chain_of(server, environment_of({{"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/x"},
                                                {"AWS_CONTAINER_AUTHORIZATION_TOKEN", "auth"}}));
  EXPECT_EQ(chain.get().session_token, "TOK");
  EXPECT_EQ(server.requests.at(0).url, "http://169.254.170.2/v2/x");
  EXPECT_EQ(server.requests.at(0).headers.at(0), NameValue("Authorization", "auth"));
  EXPECT_FALSE(server.options.at(0).use_proxy);
  auto elsewhere = chain_of(server, environment_of({{"AWS_CONTAINER_CREDENTIALS_FULL_URI",
                                                     "http://127.0.0.1.evil.example/"}}));
  EXPECT_THAT(error_and_hint_of([&] { elsewhere.get(); }), HasSubstr("may not be asked for keys"));
}

TEST(CredentialChain, AsksTheMachineWithATokenAndAgainWhenKeysEnd) {
  FakeServer server;
  server.reset(); // the first try may be lost
  for (const auto* end : {"2001-01-01T00:00:00Z", "2099-01-01T00:00:00Z"}) {
    server.reply(200, "imds-token");
    server.reply(200, "role name\n");
    server.reply(200, document(end));
  }
  auto chain = chain_of(server, environment_of({}));
  EXPECT_EQ(chain.get().access_key_id, "AKID2");
  EXPECT_EQ(server.requests.at(1).method, "PUT");
  EXPECT_EQ(server.requests.at(3).url,
            "http://169.254.169.254/latest/meta-data/iam/security-credentials/role%20name");
  EXPECT_EQ(server.requests.at(3).headers.at(0),
            NameValue("x-aws-ec2-metadata-token", "imds-token"));
  chain.get(); // they ended in 2001
  EXPECT_EQ(server.requests.size(), 7U);
  chain.get();
  EXPECT_EQ(server.requests.size(), 7U);
}

TEST(CredentialChain, NothingAtAllIsSaid) {
  FakeServer server;
  auto chain = chain_of(server, environment_of({{"AWS_EC2_METADATA_DISABLED", "true"}}));
  EXPECT_THAT(error_and_hint_of([&] { chain.get(); }), HasSubstr("no AWS credentials"));
  EXPECT_TRUE(server.requests.empty());
}

TEST(CredentialsDocument, IsNeverQuoted) {
  for (const auto* text : {"CANARY", R"({"AccessKeyId":"CANARY"})", "{\"Secret\":\"CANARY", "[]"}) {
    const auto message = error_and_hint_of([&] { parse_credentials_document(text, "container"); });
    EXPECT_THAT(message, HasSubstr("container: the reply"));
    EXPECT_THAT(message, Not(HasSubstr("CANARY")));
  }
}

TEST(CredentialProcess, RunsWithoutAShell) {
  EXPECT_EQ(split_command(R"(a "b c" 'd\e' f\ g "")"),
            (std::vector<std::string>{"a", "b c", "d\\e", "f g", ""}));
  EXPECT_EQ(run_credential_process("printf '%s' '$HOME `id`'"), "$HOME `id`");
  EXPECT_THAT(error_and_hint_of([] { run_credential_process("/nonexistent/x CANARY"); }),
              ::testing::AllOf(HasSubstr("'/nonexistent/x' cannot be run"), Not(HasSubstr("CANARY"))));
  EXPECT_THAT(error_and_hint_of([] { run_credential_process("false"); }),
              HasSubstr("'false' failed"));
  EXPECT_THAT(error_and_hint_of([] { run_credential_process("head -c 70000 /dev/zero"); }),
              HasSubstr("more than 64.0 KiB"));
  EXPECT_THAT(error_and_hint_of([] { split_command("a 'b"); }), HasSubstr("open quote"));
  EXPECT_THAT(error_and_hint_of([] { split_command(" "); }), HasSubstr("names no program"));
}

TEST(CredentialProcess, GivesKeys) {
  const TestFolder folder;
  const auto keys = folder.write("keys.json", document());
  const auto environment = environment_of(
      {{"AWS_CONFIG_FILE", folder.write("config", "[default]\ncredential_process = cat " + keys)}});
  FakeServer server;
  EXPECT_EQ(chain_of(server, environment).get().secret_access_key, k_secret);
}

TEST(UtcTime, IsReadStrictly) {
  EXPECT_EQ(parse_utc_s("1970-01-02T00:00:01Z"), 86401);
  EXPECT_EQ(parse_utc_s("2026-11-21T08:00:00.123Z"), 1795248000);
  for (const auto* text :
       {"", "2026-11-21", "2026-11-21T08:00:00", "2026/11/21T08:00:00Z", "xxxx-11-21T08:00:00Z"})
    EXPECT_EQ(parse_utc_s(text), std::nullopt) << text;
}

} // namespace
} // namespace mlopsctl::net
