// SPDX-License-Identifier: Apache-2.0
// AWS Signature Version 4, ours: libcurl's own differs by version and signs several requests
// wrongly.
#pragma once

#include "core/percent.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::net {

using NameValue = std::pair<std::string, std::string>;

/// Never printed: only sign() and presign() look inside.
struct Credentials {
  std::string access_key_id;
  std::string secret_access_key;
  std::string session_token; ///< empty for long-lived keys
};

/// What a signature holds for.
struct SigningScope {
  std::string region;
  std::string service;   ///< "dynamodb"
  std::string timestamp; ///< UTC, "20150830T123600Z"
};

/// A request as the signature sees it.
struct SignableRequest {
  std::string method;
  /// Percent-encoded here ONCE. Most services want the path encoded twice: give it as it is sent.
  /// S3 wants it encoded once: give the raw key, and normalize_path = false.
  std::string path = "/";
  bool normalize_path = true;     ///< dot segments and empty segments go
  std::vector<NameValue> query;   ///< not encoded, in any order
  std::vector<NameValue> headers; ///< in the order of the request; host among them
  std::string payload_hash;       ///< 64 hex digits, or UNSIGNED-PAYLOAD
};

/// The 64 hex digits of SHA-256.
std::string payload_hash(std::string_view body);

std::string canonical_request(const SignableRequest& request);
std::string string_to_sign(const std::string& canonical_request, const SigningScope& scope);
/// 64 hex digits.
std::string signature(const std::string& string_to_sign, const Credentials& credentials,
                      const SigningScope& scope);

enum class SessionToken { is_signed, is_added_afterwards };

/// Adds X-Amz-Date, X-Amz-Security-Token (if there is a token) and Authorization to the headers.
void sign(SignableRequest& request, const Credentials& credentials, const SigningScope& scope,
          SessionToken token = SessionToken::is_signed);

/// Adds the X-Amz-... parameters to the query, X-Amz-Signature last.
/// \param valid_s 1 to 604800.
void presign(SignableRequest& request, const Credentials& credentials, const SigningScope& scope,
             int valid_s, SessionToken token = SessionToken::is_signed);

} // namespace mlopsctl::net
