// SPDX-License-Identifier: Apache-2.0
#include "serving/http/listen.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <arpa/inet.h>
#include <limits>

namespace mlopsctl::serving {
namespace {

bool is_v4(const std::string& address) {
  in_addr bytes{};
  return inet_pton(AF_INET, address.c_str(), &bytes) == 1;
}

bool is_v6(const std::string& address) {
  in6_addr bytes{};
  return inet_pton(AF_INET6, address.c_str(), &bytes) == 1;
}

bool is_loopback(const std::string& address) {
  in6_addr v6{};
  if (inet_pton(AF_INET6, address.c_str(), &v6) == 1)
    return IN6_IS_ADDR_LOOPBACK(&v6);
  return address.starts_with("127.");
}

} // namespace

ListenAddress parse_listen(const std::string& text) {
  const auto colon = text.rfind(':');
  std::string host = text.substr(0, colon);
  const auto port =
      colon == std::string::npos ? -1 : parse_int(text.substr(colon + 1)).value_or(-1);
  const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (is_bracketed)
    host = host.substr(1, host.size() - 2);
  else if (host == "localhost")
    host = "127.0.0.1";
  const bool is_known = is_bracketed ? is_v6(host) : is_v4(host);
  if (!is_known || port < 0 || port > std::numeric_limits<std::uint16_t>::max())
    throw Error(Fault::usage, "--listen: '" + text + "' is not ADDRESS:PORT",
                "such as 127.0.0.1:8080, [::1]:8080 or 0.0.0.0:8080 (port 0: any that is free)");
  return {host, static_cast<std::uint16_t>(port)};
}

void check_protection(const ListenAddress& listen, const Protection& protection) {
  if (is_loopback(listen.address) || protection.allows_anonymous || protection.is_behind_proxy ||
      (protection.has_token && protection.has_tls))
    return;
  throw Error(
      Fault::usage,
      "--listen: " + listen.address + " is reached by other machines, and there is no " +
          (protection.has_token ? "TLS"
           : protection.has_tls ? "--token-file"
                                : "--token-file and no TLS"),
      "pass --token-file, --tls-cert and --tls-key; or --behind-proxy, or --allow-anonymous, "
      "if that is meant");
}

} // namespace mlopsctl::serving
