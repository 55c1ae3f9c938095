// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "serving/http/access.hpp"
#include "serving/http/listen.hpp"

#include <gtest/gtest.h>

namespace mlopsctl::serving {
namespace {

Request with(const Headers& headers) {
  Request request;
  request.headers = headers;
  return request;
}

int site_status(const Headers& headers, const AccessRules& rules = {}) {
  try {
    check_site(with(headers), rules);
  } catch (const HttpError& error) {
    return error.status();
  }
  return 200;
}

TEST(CheckSite, TakesAddressesLocalhostAndNamesThatWereAllowed) {
  for (const auto* host : {"localhost", "LOCALHOST:8080", "127.0.0.1:1", "10.1.2.3", "[::1]:8080"})
    EXPECT_EQ(site_status({{"host", host}}), 200) << host;
  for (const auto* host :
       {"evil.example", "localhost.evil.example:80", "2130706433", "127.1", "0x7f.1"})
    EXPECT_EQ(site_status({{"Host", host}}), 421) << host;
  EXPECT_EQ(site_status({{"Host", "vision.Example:443"}}, {"", {"Vision.example"}}), 200);
}

TEST(CheckSite, WantsOneHost) {
  EXPECT_EQ(site_status({}), 400);
  EXPECT_EQ(site_status({{"Host", ""}}), 400);
  EXPECT_EQ(site_status({{"Host", "["}}), 400);
  EXPECT_EQ(site_status({{"Host", "localhost"}, {"host", "localhost"}}), 400);
}

TEST(CheckSite, RefusesPagesOfOtherSites) {
  const auto from = [](const std::string& origin) {
    return site_status({{"Host", "localhost:8080"}, {"Origin", origin}});
  };
  EXPECT_EQ(from("http://localhost:8080"), 200);
  EXPECT_EQ(from("http://localhost:9090"), 403);
  EXPECT_EQ(from("https://evil.example"), 403);
  EXPECT_EQ(from("null"), 403);
  EXPECT_EQ(from(""), 403);
}

bool is_let_in(const std::string& authorization) {
  try {
    check_token(with({{"Authorization", authorization}}), {"0123456789abcdef", {}});
  } catch (const HttpError& error) {
    EXPECT_EQ(error.status(), 401);
    return false;
  }
  return true;
}

TEST(CheckToken, TakesBearerAndBasic) {
  EXPECT_TRUE(is_let_in("Bearer 0123456789abcdef"));
  EXPECT_TRUE(is_let_in("bearer  0123456789abcdef "));
  EXPECT_TRUE(is_let_in("Basic " + base64("anybody:0123456789abcdef")));
  for (const auto* header : {"", "Bearer", "Bearer ", "0123456789abcdef", "Bearer 0123456789abcdeF",
                             "Bearer 0123456789abcdef0", "Digest 0123456789abcdef", "Basic !",
                             "Basic MDEyMzQ1Njc4OWFiY2RlZg=="})
    EXPECT_FALSE(is_let_in(header)) << header;
  EXPECT_NO_THROW(check_token(with({}), {})); // none is needed
}

TEST(ParseListen, TakesAddressAndPort) {
  EXPECT_EQ(parse_listen("127.0.0.1:8080").port, 8080);
  EXPECT_EQ(parse_listen("[::1]:0").address, "::1");
  EXPECT_EQ(parse_listen("localhost:5001").address, "127.0.0.1");
  for (const auto* text :
       {"", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[::1]",
        "[127.0.0.1]:80", "example.org:80", "127.0.0.1:-1", "127.0.0.1:80 "})
    EXPECT_THROW(parse_listen(text), Error) << text;
}

TEST(CheckProtection, OtherMachinesNeedTokenAndTls) {
  const ListenAddress everywhere{"0.0.0.0", 80};
  EXPECT_NO_THROW(check_protection({"127.0.0.2", 80}, {}));
  EXPECT_NO_THROW(check_protection({"::1", 80}, {}));
  EXPECT_THROW(check_protection(everywhere, {}), Error);
  EXPECT_THROW(check_protection({"::", 80}, {}), Error);
  EXPECT_THROW(check_protection({"::ffff:10.0.0.1", 80}, {}), Error);
  EXPECT_THROW(check_protection(everywhere, {true, false, false, false}), Error);
  EXPECT_THROW(check_protection(everywhere, {false, true, false, false}), Error);
  EXPECT_NO_THROW(check_protection(everywhere, {true, true, false, false}));
  EXPECT_NO_THROW(check_protection(everywhere, {false, false, true, false}));
  EXPECT_NO_THROW(check_protection(everywhere, {false, false, false, true}));
}

} // namespace
} // namespace mlopsctl::serving
