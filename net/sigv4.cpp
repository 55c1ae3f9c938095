// SPDX-License-Identifier: Apache-2.0
// "Create a signed AWS API request", IAM user guide; the steps have the names used there.
#include "net/sigv4.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <map>

namespace mlopsctl::net {
namespace {

constexpr const char* k_algorithm = "AWS4-HMAC-SHA256";
constexpr int k_longest_validity_s = 7 * 24 * 3600;

std::string hmac(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
  unsigned int length = 0;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL takes unsigned bytes
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), bytes, text.size(), out.data(),
           &length) == nullptr)
    throw Error(Fault::internal, "HMAC-SHA256 failed");
  return {out.begin(), out.begin() + length};
}

/// Four digests that are the same all day: each thread keeps its last.
const std::string& signing_key(const std::string& secret, const SigningScope& scope) {
  struct Derived {
    std::array<std::string, 4> from;
    std::string key;
  };
  thread_local Derived last;
  const std::string day = scope.timestamp.substr(0, 8);
  const std::array<std::string, 4> from{secret, day, scope.region, scope.service};
  if (last.from != from)
    last = {from, hmac(hmac(hmac(hmac("AWS4" + secret, day), scope.region), scope.service),
                       "aws4_request")};
  return last.key;
}

/// RFC 3986 5.2.4, and empty segments go too.
std::string normalized(std::string_view path) {
  std::vector<std::string> kept;
  for (auto& segment : split(path, '/')) {
    if (segment.empty() || segment == ".")
      continue;
    if (segment != "..")
      kept.push_back(std::move(segment));
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string out = "/" + join(kept, "/");
  const bool is_folder = path.ends_with('/') || path.ends_with("/.") || path.ends_with("/..");
  if (is_folder && out.size() > 1)
    out += '/';
  return out;
}

/// Outer blanks go, inner runs of blanks become one space; the suite folds line breaks as well.
std::string trimmed(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (!is_blank)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (out.ends_with(' '))
    out.pop_back();
  return out;
}

/// What a proxy or the transport may change on the way is not signed.
bool is_signed_header(const std::string& name) {
  static const std::vector<std::string> k_left_out{
      "authorization", "connection",        "expect",  "keep-alive", "te",
      "trailer",       "transfer-encoding", "upgrade", "user-agent", "x-amzn-trace-id"};
  return !name.starts_with("proxy-") &&
         std::find(k_left_out.begin(), k_left_out.end(), name) == k_left_out.end();
}

std::map<std::string, std::string> canonical_headers(const std::vector<NameValue>& headers) {
  std::map<std::string, std::string> out;
  for (const auto& [name, value] : headers) {
    const std::string key = lower(name);
    if (!is_signed_header(key))
      continue;
    const auto [place, is_new] = out.emplace(key, trimmed(value));
    if (!is_new)
      place->second += "," + trimmed(value);
  }
  return out;
}

std::string signed_names(const SignableRequest& request) {
  std::vector<std::string> names;
  for (const auto& [name, value] : canonical_headers(request.headers))
    names.push_back(name);
  return join(names, ";");
}

std::string canonical_query(const std::vector<NameValue>& query) {
  std::vector<NameValue> encoded;
  for (const auto& [name, value] : query)
    encoded.emplace_back(percent_encode(name, false), percent_encode(value, false));
  std::sort(encoded.begin(), encoded.end()); // by the encoded name, then value
  std::vector<std::string> parts;
  for (const auto& [name, value] : encoded)
    parts.push_back(name + "=" + value);
  return join(parts, "&");
}

std::string scope_text(const SigningScope& scope) {
  return scope.timestamp.substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

} // namespace

std::string payload_hash(std::string_view body) {
  return sha256(body).substr(7); // without "sha256:"
}

std::string canonical_request(const SignableRequest& request) {
  const std::string path = request.path.empty() ? "/" : request.path;
  std::string out = request.method + "\n";
  out += percent_encode(request.normalize_path ? normalized(path) : path, true) + "\n";
  out += canonical_query(request.query) + "\n";
  for (const auto& [name, value] : canonical_headers(request.headers)) {
    out += name;
    out += ':';
    out += value;
    out += '\n';
  }
  return out + "\n" + signed_names(request) + "\n" + request.payload_hash;
}

std::string string_to_sign(const std::string& canonical_request, const SigningScope& scope) {
  return std::string(k_algorithm) + "\n" + scope.timestamp + "\n" + scope_text(scope) + "\n" +
         payload_hash(canonical_request);
}

std::string signature(const std::string& string_to_sign, const Credentials& credentials,
                      const SigningScope& scope) {
  return to_hex(hmac(signing_key(credentials.secret_access_key, scope), string_to_sign));
}

void sign(SignableRequest& request, const Credentials& credentials, const SigningScope& scope,
          SessionToken token) {
  const NameValue token_header{"X-Amz-Security-Token", credentials.session_token};
  const bool has_token = !credentials.session_token.empty();
  request.headers.emplace_back("X-Amz-Date", scope.timestamp);
  if (has_token && token == SessionToken::is_signed)
    request.headers.push_back(token_header);
  const std::string made =
      signature(string_to_sign(canonical_request(request), scope), credentials, scope);
  std::string authorization = std::string(k_algorithm) + " Credential=" + credentials.access_key_id;
  authorization += "/" + scope_text(scope) + ", SignedHeaders=" + signed_names(request);
  authorization += ", Signature=" + made;
  if (has_token && token == SessionToken::is_added_afterwards)
    request.headers.push_back(token_header);
  request.headers.emplace_back("Authorization", std::move(authorization));
}

void presign(SignableRequest& request, const Credentials& credentials, const SigningScope& scope,
             int valid_s, SessionToken token) {
  if (valid_s < 1 || valid_s > k_longest_validity_s)
    throw Error(Fault::usage, "a signed URL cannot hold for " + std::to_string(valid_s) + " s",
                "give 1 s to 7 days");
  const NameValue token_parameter{"X-Amz-Security-Token", credentials.session_token};
  const bool has_token = !credentials.session_token.empty();
  request.query.emplace_back("X-Amz-Algorithm", k_algorithm);
  request.query.emplace_back("X-Amz-Credential",
                             credentials.access_key_id + "/" + scope_text(scope));
  request.query.emplace_back("X-Amz-Date", scope.timestamp);
  request.query.emplace_back("X-Amz-SignedHeaders", signed_names(request));
  request.query.emplace_back("X-Amz-Expires", std::to_string(valid_s));
  if (has_token && token == SessionToken::is_signed)
    request.query.push_back(token_parameter);
  std::string made =
      signature(string_to_sign(canonical_request(request), scope), credentials, scope);
  if (has_token && token == SessionToken::is_added_afterwards)
    request.query.push_back(token_parameter);
  request.query.emplace_back("X-Amz-Signature", std::move(made));
}

} // namespace mlopsctl::net
