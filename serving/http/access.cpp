// SPDX-License-Identifier: Apache-2.0
#include "serving/http/access.hpp"

#include "core/digest.hpp"
#include "core/io.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <sys/stat.h>

namespace mlopsctl::serving {
namespace {

constexpr std::size_t k_least_token = 16;
constexpr std::size_t k_most_token = 1024;

/// "Name:8080" -> "name"; "[::1]:8080" -> "::1".
std::string host_name(std::string_view authority) {
  if (authority.starts_with('['))
    return lower(authority.substr(1, authority.find(']') - 1));
  return lower(authority.substr(0, authority.rfind(':')));
}

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes{};
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

bool is_listed(const std::string& host, const AccessRules& rules) {
  return std::any_of(rules.hosts.begin(), rules.hosts.end(),
                     [&](const std::string& name) { return lower(name) == host; });
}

bool is_equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

/// The token that an Authorization header holds; empty if none.
std::string sent_token(std::string_view header) {
  const auto space = header.find(' ');
  if (space == std::string_view::npos)
    return {};
  const auto scheme = lower(header.substr(0, space));
  const auto value = trim(header.substr(space));
  if (scheme == "bearer")
    return std::string(value);
  if (scheme != "basic")
    return {};
  const auto pair = base64_decoded(value).value_or("");
  const auto colon = pair.find(':');
  return colon == std::string::npos ? std::string() : pair.substr(colon + 1);
}

} // namespace

void check_site(const Request& head, const AccessRules& rules) {
  std::string_view authority;
  int count = 0;
  for (const auto& [name, value] : head.headers)
    if (lower(name) == "host") {
      authority = value;
      ++count;
    }
  const std::string host = host_name(authority);
  if (count != 1 || host.empty())
    throw HttpError(400, "the request has " + std::to_string(count) + " Host headers, not one");
  if (host != "localhost" && !is_address(host) && !is_listed(host, rules))
    throw HttpError(421, "this service is not called '" + printable(host) + "'",
                    "start it with --allow-host NAME if it is");
  const auto origin = head.header("Origin");
  if (!origin)
    return;
  const auto scheme_end = origin->find("://");
  const auto site =
      scheme_end == std::string_view::npos ? std::string_view() : origin->substr(scheme_end + 3);
  if (lower(site) != lower(authority) && !is_listed(host_name(site), rules))
    throw HttpError(403, "pages of " + printable(*origin) + " may not use this service");
}

void check_token(const Request& head, const AccessRules& rules) {
  if (rules.token.empty())
    return;
  const auto header = head.header("Authorization");
  if (header && is_equal_in_constant_time(sent_token(*header), rules.token))
    return;
  throw HttpError(401, header ? "the token is not right" : "a token is needed",
                  "send 'Authorization: Bearer TOKEN'",
                  {{"WWW-Authenticate", "Basic realm=\"mlopsctl\", charset=\"UTF-8\""}});
}

std::string read_token(const std::string& path) {
  const std::string text = read_file(path, std::uint64_t{64} << 10);
  std::string token(trim(text));
  const bool is_visible =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!is_visible || token.size() < k_least_token || token.size() > k_most_token)
    throw Error(Fault::input,
                "--token-file: " + path + ": not one line of " + std::to_string(k_least_token) +
                    " to " + std::to_string(k_most_token) + " visible ASCII characters",
                "such as 'openssl rand -hex 32' prints");
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    log::warn("--token-file: " + path + " can be read by others than its owner (chmod 600)");
  return token;
}

} // namespace mlopsctl::serving
