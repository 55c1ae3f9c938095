// SPDX-License-Identifier: Apache-2.0
// Of net/oci_registry only: what a registry's replies say.
#pragma once

#include "core/text.hpp"
#include "net/http.hpp"

#include <algorithm>
#include <string>

namespace mlopsctl::net {

inline constexpr std::uint64_t k_registry_piece_bytes = std::uint64_t{8} << 20;

inline bool is_success(const HttpReply& reply) {
  return reply.status >= 200 && reply.status < 300;
}

inline bool is_redirect(const HttpReply& reply) {
  return reply.status == 307 || reply.status == 308 || reply.status == 302 || reply.status == 301;
}

inline bool may_pass(int status) {
  return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

/// Seconds that a server asks to be left alone.
inline double retry_after_s(const HttpReply& reply) {
  constexpr std::int64_t k_longest_wait_s = 120;
  const auto value = parse_int(reply.header("retry-after").value_or(""));
  return value && *value > 0 ? static_cast<double>(std::min(*value, k_longest_wait_s)) : 0;
}

/// scheme://authority of a URL.
inline std::string origin_of(const std::string& url) {
  const auto parts = parse_url(url.substr(0, url.find('?')), "URL");
  return parts.scheme + "://" + parts.authority();
}

} // namespace mlopsctl::net
