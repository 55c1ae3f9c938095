// SPDX-License-Identifier: Apache-2.0
// Where a service listens, and whether it may without protection.
#pragma once

#include <cstdint>
#include <string>

namespace mlopsctl::serving {

struct ListenAddress {
  std::string address; ///< IPv4 or IPv6
  std::uint16_t port = 0;
};

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080". \throws Error(usage) for anything else.
ListenAddress parse_listen(const std::string& text);

/// What protects a service that others reach.
struct Protection {
  bool has_token = false;
  bool has_tls = false;
  bool allows_anonymous = false; ///< the user said so
  bool is_behind_proxy = false;  ///< likewise: something else does TLS and asks who it is
};

/// \throws Error(usage) for an address that other machines reach, without token and TLS, unless the
/// user said that it is meant.
void check_protection(const ListenAddress& listen, const Protection& protection);

} // namespace mlopsctl::serving
