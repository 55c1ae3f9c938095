// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"
#include "net/http.hpp"

#include <algorithm>

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_longest_url = 4096;
constexpr int k_highest_port = 65535;

[[noreturn]] void refuse(const std::string& name, const std::string& why) {
  throw Error(Fault::usage, name + ": " + why, "give https://HOST[:PORT] or http://HOST[:PORT]");
}

bool is_host_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

void check_host(const std::string& host, const std::string& name) {
  const bool is_ipv6 = host.starts_with('[') && host.ends_with(']') && host.size() > 2;
  const bool is_fine =
      is_ipv6 ? host.find_first_not_of("0123456789abcdef:.", 1) == host.size() - 1
              : !host.empty() && std::all_of(host.begin(), host.end(), is_host_character);
  if (!is_fine)
    refuse(name, "'" + printable(host) + "' is no host name");
}

} // namespace

Url parse_url(const std::string& text, const std::string& name) {
  if (text.size() > k_longest_url)
    refuse(name, "a URL of " + std::to_string(text.size()) + " bytes");
  const auto colon = text.find("://");
  Url url;
  url.scheme = lower(text.substr(0, colon == std::string::npos ? 0 : colon));
  if (url.scheme != "http" && url.scheme != "https")
    refuse(name, "is no http or https URL");
  std::string rest = text.substr(colon + 3);
  const auto slash = rest.find('/');
  url.path = slash == std::string::npos ? "/" : rest.substr(slash);
  rest.resize(std::min(slash, rest.size()));
  // The value is not shown from here on: it may hold a password.
  if (rest.find('@') != std::string::npos)
    refuse(name, "has user info in it");
  if (text.find_first_of("?#\\ \t\r\n") != std::string::npos)
    refuse(name, "has a query, a fragment, a blank or a backslash in it");
  const auto port = rest.find(':', rest.starts_with('[') ? rest.find(']') : 0);
  if (port != std::string::npos) {
    url.port = rest.substr(port + 1);
    const auto value = parse_int(url.port);
    if (!value || *value < 1 || *value > k_highest_port)
      refuse(name, "'" + printable(url.port) + "' is no port");
    rest.resize(port);
  }
  url.host = lower(rest);
  check_host(url.host, name);
  return url;
}

std::string Url::authority() const {
  const bool is_own = port.empty() || port == (scheme == "https" ? "443" : "80");
  return is_own ? host : host + ":" + port;
}

bool Url::is_this_machine() const {
  if (host == "localhost" || host.ends_with(".localhost") || host == "[::1]") // RFC 6761
    return true;
  const auto parts = split(host, '.'); // a name may begin with "127." too
  return parts.size() == 4 && parts.front() == "127" &&
         std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
           const auto value = parse_int(part);
           return value && *value >= 0 && *value <= 255;
         });
}

std::optional<std::string> HttpReply::header(std::string_view name) const {
  std::optional<std::string> found;
  for (const auto& [key, value] : headers)
    if (lower(key) == lower(name))
      found = value;
  return found;
}

} // namespace mlopsctl::net
