// SPDX-License-Identifier: Apache-2.0
// Of net/oci_registry only: what a registry's replies say.
#pragma once

#include "net/http.hpp"

#include <cstdint>
#include <string>

namespace mlopsctl::net {

inline constexpr std::uint64_t k_registry_piece_bytes = std::uint64_t{8} << 20;

inline bool is_success(const HttpReply& reply) {
  return reply.status >= 200 && reply.status < 300;
}

inline bool is_redirect(const HttpReply& reply) {
  return reply.status == 307 || reply.status == 308 || reply.status == 302 || reply.status == 301;
}

/// scheme://authority of a URL.
inline std::string origin_of(const std::string& url) {
  const auto parts = parse_url(url.substr(0, url.find('?')), "URL");
  return parts.scheme + "://" + parts.authority();
}

} // namespace mlopsctl::net
