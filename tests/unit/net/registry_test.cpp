// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "net/oci_registry.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/net/fakes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mlopsctl::net {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string name_of(const std::string& text) {
  return parse_registry_name(text).text();
}

TEST(RegistryName, IsHostRepositoryAndTag) {
  EXPECT_EQ(name_of("docker://localhost:5000/a"), "localhost:5000/a:latest");
  EXPECT_EQ(name_of("docker://ghcr.io/team/a__b/c-d.e:V1_2"), "ghcr.io/team/a__b/c-d.e:V1_2");
  for (const char* bad :
       {"docker://host", "docker://host/", "docker://host/A", "docker://host/a//b",
        "docker://host/a:", "docker://host/a:.x", "docker://host/a___b", "docker://host/a..b",
        "docker://host/../b", "docker://host/-a", "docker://ho st/a", "docker://host/a?x",
        "docker:///a"})
    EXPECT_NE(error_of([&] { name_of(bad); }, Fault::usage), k_no_error) << bad;
  EXPECT_THAT(error_of([] { name_of("docker://user:CANARY@host/a"); }),
              testing::Not(HasSubstr("CANARY")));
  EXPECT_THAT(error_of([] { name_of("docker://host/a@sha256:00"); }), HasSubstr("a digest"));
}

std::optional<Challenge> challenge_of(const std::vector<std::string>& headers) {
  HttpReply reply;
  for (const auto& header : headers)
    reply.headers.emplace_back("Www-Authenticate", header);
  return find_challenge(reply);
}

TEST(RegistryAuth, ReadsChallenges) {
  const auto found = challenge_of(
      {"Basic realm=\"x\"", "Negotiate",
       R"(Bearer realm="https://a/t",service="s \"q\", t" , Scope="repository:a:pull,push",error=x)"});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->scheme, "bearer");
  EXPECT_EQ(found->values.at("realm"), "https://a/t");
  EXPECT_EQ(found->values.at("service"), "s \"q\", t");
  EXPECT_EQ(found->values.at("scope"), "repository:a:pull,push");
  EXPECT_EQ(found->values.at("error"), "x");
  EXPECT_EQ(challenge_of({"BASIC realm=\"a"})->values.at("realm"), "a"); // cut short
  EXPECT_FALSE(challenge_of({"Negotiate", ""}));
}

TEST(RegistryAuth, FindsLogins) {
  const TestFolder folder;
  const auto path = folder.write("config.json", R"({"auths":{"https://index.docker.io/v1/":
      {"auth":"aHVi"},"https://here:5000/":{"auth":"aGVyZQ=="},"bad":{"auth":"!CANARY"},"id":
      {"identitytoken":"CANARY"},"empty":{}},"credHelpers":{"kept":"ecr-login"}})");
  const auto environment =
      environment_of({{"DOCKER_CONFIG", std::filesystem::path(path).parent_path().string()}});
  EXPECT_EQ(find_login("docker.io", environment).basic, "aHVi");
  EXPECT_EQ(find_login("here:5000", environment).basic, "aGVyZQ==");
  EXPECT_EQ(find_login("other", environment).basic, "");
  EXPECT_EQ(find_login("other", environment).refusal, "");
  EXPECT_THAT(find_login("kept", environment).refusal, HasSubstr("docker-credential-ecr-login"));
  EXPECT_THAT(find_login("id", environment).refusal, HasSubstr("an identity token"));
  EXPECT_THAT(error_of([&] { find_login("bad", environment); }),
              testing::AllOf(HasSubstr("is no base64"), testing::Not(HasSubstr("CANARY"))));
}

TEST(RegistryAuth, KnowsEcr) {
  EXPECT_EQ(ecr_region("123456789012.dkr.ecr.eu-west-1.amazonaws.com"), "eu-west-1");
  EXPECT_EQ(ecr_region("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn"), "cn-north-1");
  EXPECT_FALSE(ecr_region("123456789012.dkr.ecr.eu-west-1.amazonaws.com.evil.org"));
  EXPECT_FALSE(ecr_region("public.ecr.aws"));
  EXPECT_THAT(error_of([] {
                fetch_ecr_login("sa-east-1", {"eu-west-1", "", "", false});
              }),
              HasSubstr("'eu-west-1' is not the registry's, which is sa-east-1"));
}

struct Fixture {
  FakeServer server;
  RegistryClient client{parse_registry_name("docker://registry.test/a:1"), false,
                        std::make_unique<FakeClient>(server),
                        [] {
                          return RegistryLogin{"dXNlcjpwdw==", ""};
                        },
                        Backoff([this](double seconds) { waited_s += seconds; })};
  double waited_s = 0;

  std::vector<std::string> asked() const {
    std::vector<std::string> out;
    for (const auto& request : server.requests)
      out.push_back(request.method + " " + request.url);
    return out;
  }
};

RegistryBlob blob_of(const std::string& text) {
  return {sha256(text), text.size(), [text] { return source_from_text(text, "blob"); }};
}

TEST(Registry, SendsASmallBlobAtOnce) {
  Fixture f;
  f.server.reply(200, "");
  f.server.reply(202, "", {{"Location", "/up/1?state=a%2Fb"}});
  f.server.reply(201, "");
  const auto blob = blob_of("hello");
  EXPECT_EQ(f.client.push_blob(blob, "", {}), 5U);
  EXPECT_THAT(f.asked(), ElementsAre("GET https://registry.test/v2/",
                                     "POST https://registry.test/v2/a/blobs/uploads/",
                                     "PUT https://registry.test/up/1?state=a%2Fb&digest=sha256%3A" +
                                         blob.digest.substr(7)));
  EXPECT_EQ(f.server.requests.back().body, "hello");
}

TEST(Registry, GivesItsLoginToNoOtherHost) {
  Fixture f;
  f.server.reply(401, "", {{"WWW-Authenticate", "Basic realm=\"r\""}});
  f.server.reply(202, "", {{"Location", "https://store.test/up/1"}});
  f.server.reply(201, "");
  f.client.push_blob(blob_of("hello"), "", {});
  EXPECT_EQ(f.server.header(1, "Authorization"), "Basic dXNlcjpwdw==");
  EXPECT_EQ(f.asked().back().substr(0, 27), "PUT https://store.test/up/1");
  EXPECT_EQ(f.server.header(2, "Authorization"), "");
}

TEST(Registry, GoesOnWhereItWasCut) {
  Fixture f;
  const std::string large(20'000'000, 'x');
  constexpr std::size_t k_piece = std::size_t{8} << 20;
  f.server.reply(200, "");
  f.server.reply(202, "", {{"Location", "/up/1"}});
  f.server.reply(202, "", {{"Location", "/up/2"}});
  f.server.reset();
  f.server.reply(204, "", {{"Location", "/up/3"}, {"Range", "0-9999999"}});
  f.server.reply(202, "", {{"Location", "/up/4"}});
  f.server.reply(201, "");
  std::uint64_t told = 0;
  EXPECT_GE(f.client.push_blob(blob_of(large), "", [&](std::uint64_t bytes) { told += bytes; }),
            large.size() - 1'611'392);
  EXPECT_EQ(told, large.size());
  EXPECT_EQ(f.server.header(2, "Content-Range"), "0-" + std::to_string(k_piece - 1));
  EXPECT_EQ(f.asked()[4], "GET https://registry.test/up/2");
  EXPECT_EQ(f.server.header(5, "Content-Range"),
            "10000000-" + std::to_string(10'000'000 + k_piece - 1));
  EXPECT_EQ(f.server.requests.back().body.size(), large.size() - 10'000'000 - k_piece);
}

TEST(Registry, WaitsAsLongAsItIsAsked) {
  Fixture f;
  f.server.reply(200, "");
  f.server.reply(429, "", {{"Retry-After", "7"}});
  f.server.reply(404, "");
  EXPECT_FALSE(f.client.has_blob("sha256:00"));
  EXPECT_GE(f.waited_s, 7);
}

TEST(Registry, MountsWhereItCan) {
  Fixture f;
  f.server.reply(200, "");
  f.server.reply(201, "");
  EXPECT_EQ(f.client.push_blob(blob_of("hello"), "other", {}), 0U);
  EXPECT_THAT(f.asked().back(), HasSubstr("?mount=sha256%3A"));
  EXPECT_THAT(f.asked().back(), HasSubstr("&from=other"));
}

TEST(Registry, SaysWhatIsRefused) {
  const auto refusal = [](int status, const std::string& body) {
    Fixture f;
    f.server.reply(200, "");
    f.server.reply(status, body);
    return error_and_hint_of([&] { f.client.push_blob(blob_of("x"), "", {}); }, Fault::remote);
  };
  EXPECT_THAT(refusal(403, R"({"errors":[{"code":"DENIED","message":"no \u001b[31m"}]})"),
              testing::AllOf(HasSubstr("HTTP 403 DENIED: no \\x1b[31m"),
                             HasSubstr("this login may not push to a")));
  EXPECT_THAT(refusal(404, "<html>"), HasSubstr("is a there, and may this login see it?"));
  EXPECT_THAT(refusal(405, ""), HasSubstr("a mirror, takes no images"));
  EXPECT_THAT(refusal(413, ""), HasSubstr("refuses requests of this size"));
  EXPECT_THAT(refusal(202, ""), HasSubstr("does not say where to upload to"));
}

TEST(Registry, DistrustsAnotherDigest) {
  Fixture f;
  f.server.reply(200, "");
  f.server.reply(201, "", {{"Docker-Content-Digest", "sha256:11"}});
  EXPECT_THAT(error_of([&] {
                f.client.push_manifest({{}, "{}", "sha256:22", "m"});
              }),
              HasSubstr("kept the manifest as sha256:11, it is sha256:22"));
}

} // namespace
} // namespace mlopsctl::net
