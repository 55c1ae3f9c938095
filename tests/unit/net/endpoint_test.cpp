// SPDX-License-Identifier: Apache-2.0
#include "core/time.hpp"
#include "net/endpoint.hpp"
#include "tests/unit/error_of.hpp"
#include "tests/unit/net/fakes.hpp"

#include <gmock/gmock.h>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace mlopsctl::net {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Url, TakesItsPartsApart) {
  const Url url = parse_url("HTTPS://Host.Example:8443/a/b", "u");
  EXPECT_EQ(url.scheme, "https");
  EXPECT_EQ(url.authority(), "host.example:8443");
  EXPECT_EQ(url.path, "/a/b");
  EXPECT_EQ(parse_url("https://h:443", "u").authority(), "h");
  EXPECT_EQ(parse_url("http://[::1]:80/", "u").authority(), "[::1]");
}

TEST(Url, RefusesWhatIsNoEndpointAndShowsNoPassword) {
  for (const auto* text :
       {"", "ftp://h", "h", "http://", "http://h:0", "http://h:70000", "http://a b/", "http://h/?q",
        "http://h#f", "http://[::1", "http://user:CANARY@h/", "http://h\\@x", "http://h\r\nX: y"}) {
    const auto message = error_and_hint_of([&] { parse_url(text, "--endpoint-url"); });
    EXPECT_THAT(message, HasSubstr("--endpoint-url: ")) << text;
    EXPECT_THAT(message, Not(HasSubstr("CANARY")));
  }
}

TEST(Url, OnlyThisMachineIsThisMachine) {
  for (const auto* text :
       {"http://localhost", "http://127.0.0.1:8000", "http://127.8.9.10", "http://[::1]:1"})
    EXPECT_TRUE(parse_url(text, "u").is_this_machine()) << text;
  for (const auto* text :
       {"http://127.0.0.1.evil.example", "http://127.0.0.256", "http://localhost.evil",
        "http://10.0.0.1", "http://[::2]", "http://127.0.0.x"})
    EXPECT_FALSE(parse_url(text, "u").is_this_machine()) << text;
}

TEST(Endpoint, FollowsTheOrderOfTheTools) {
  const Environment all = environment_of({{"AWS_ENDPOINT_URL_DYNAMODB", "http://localhost:1/"},
                                          {"AWS_ENDPOINT_URL", "http://localhost:2"}});
  const Environment general = environment_of({{"AWS_ENDPOINT_URL", "http://localhost:2"}});
  Profile profile;
  profile.config["endpoint_url"] = "http://localhost:4";
  EXPECT_EQ(
      resolve_endpoint("dynamodb", {"", "", "http://localhost:0001/x/", false}, profile, all).url,
      "http://localhost:0001/x");
  EXPECT_EQ(resolve_endpoint("dynamodb", {}, profile, all).url, "http://localhost:1");
  EXPECT_EQ(resolve_endpoint("dynamodb", {}, profile, general).url, "http://localhost:2");
  EXPECT_EQ(resolve_endpoint("dynamodb", {}, profile, environment_of({})).url,
            "http://localhost:4");
  profile.services["dynamodb.endpoint_url"] = "http://localhost:3";
  EXPECT_EQ(resolve_endpoint("dynamodb", {}, profile, environment_of({})).url,
            "http://localhost:3");
  EXPECT_EQ(resolve_endpoint("dynamodb", {"eu-west-1", "", "", false}, profile,
                             environment_of({{"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true"}}))
                .url,
            "https://dynamodb.eu-west-1.amazonaws.com");
}

TEST(Endpoint, NeedsARegion) {
  const auto none = environment_of({});
  EXPECT_THAT(error_and_hint_of([&] { resolve_endpoint("dynamodb", {}, {}, none); }),
              HasSubstr("no AWS region is set"));
  EXPECT_THAT(error_and_hint_of([&] {
                resolve_endpoint("dynamodb", {"x.evil/", "", "", false}, {}, none);
              }),
              HasSubstr("'x.evil/' is no AWS region"));
  EXPECT_EQ(resolve_endpoint("dynamodb", {"cn-north-1", "", "", false}, {}, none).url,
            "https://dynamodb.cn-north-1.amazonaws.com.cn");
  EXPECT_EQ(
      resolve_endpoint("dynamodb", {}, {}, environment_of({{"AWS_DEFAULT_REGION", "eu-west-2"}}))
          .region,
      "eu-west-2");
}

TEST(Http, SaysNoBeforeAnythingIsSent) {
  const auto http = create_http_client();
  EXPECT_THAT(error_and_hint_of([&] {
                http->send({"GET", "http://192.0.2.1/", {}, ""});
              }),
              HasSubstr("is another machine, and not encrypted"));
  EXPECT_THAT(error_and_hint_of([&] {
                http->send({"GET", "file:///etc/passwd", {}, ""});
              }),
              HasSubstr("is no http or https URL"));
  EXPECT_THAT(error_and_hint_of([&] {
                http->send({"GET", "http://127.0.0.1:9/", {{"A", "b\r\nC: d"}}, ""});
              }),
              HasSubstr("line break"));
}

/// A port of this machine where connections are made but nothing ever answers.
class SilentServer {
public:
  SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* address = reinterpret_cast<sockaddr*>(&address_); // NOLINT: the interface of sockets
    is_up_ = ::bind(socket_, address, size) == 0 && ::listen(socket_, 8) == 0 &&
             ::getsockname(socket_, address, &size) == 0;
  }
  ~SilentServer() { ::close(socket_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;
  bool is_up() const { return is_up_; }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }

private:
  int socket_;
  sockaddr_in address_{};
  bool is_up_ = false;
};

TEST(Http, AServerThatStallsIsGivenUp) {
  const SilentServer server;
  ASSERT_TRUE(server.is_up());
  HttpOptions options;
  options.timeout_s = 0.1;
  const auto http = create_http_client(options);
  const Stopwatch watch;
  try {
    http->send({"GET", server.url() + "/", {}, ""});
    FAIL() << "nothing answers";
  } catch (const TransportError& error) {
    EXPECT_THAT(error.what(), HasSubstr(server.url() + ": Timeout was reached"));
    EXPECT_EQ(error.attempts(), k_connect_attempts);
  }
  EXPECT_GE(watch.seconds(), 0.1);
  EXPECT_LT(watch.seconds(), 10);
}

TEST(Http, DatesAreRead) {
  EXPECT_EQ(parse_http_date_s("Sat, 21 Nov 2026 08:00:00 GMT"), 1795248000);
  EXPECT_EQ(parse_http_date_s("soon"), std::nullopt);
}

} // namespace
} // namespace mlopsctl::net
