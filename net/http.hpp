// SPDX-License-Identifier: Apache-2.0
// One HTTP request, one reply. The only door to libcurl.
#pragma once

#include "core/error.hpp"
#include "net/sigv4.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::net {

inline constexpr int k_attempts = 10;        ///< of a request, where repeating helps
inline constexpr int k_connect_attempts = 4; ///< where nothing listens

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<NameValue> headers; ///< may hold secrets: never printed
  std::string body;
};

/// Parts of an exchange, one after the other, in ms.
struct HttpTimes {
  double connect_ms = 0; ///< next to nothing where a connection was kept
  double upload_ms = 0;  ///< of the request
  double wait_ms = 0;    ///< from there to the first byte of the reply
  double download_ms = 0;
};

struct HttpReply {
  int status = 0;
  std::vector<NameValue> headers;
  std::string body;
  HttpTimes times{};

  /// The last header of that name, case ignored.
  std::optional<std::string> header(std::string_view name) const;
};

/// No reply came, or only a part of one.
class TransportError : public Error {
public:
  TransportError(const std::string& what, std::string hint, int attempts)
      : Error(Fault::remote, what, std::move(hint)), attempts_(attempts) {}
  /// How often such a request is worth sending in all: a reset passes, a machine that does not
  /// listen may soon, a refused certificate stays refused (1).
  int attempts() const { return attempts_; }

private:
  int attempts_;
};

struct HttpOptions {
  double connect_timeout_s = 10;
  double timeout_s = 60; ///< of the whole exchange
  double stall_s = 0;    ///< given up when next to nothing moves for so long; 0: only timeout_s
  std::uint64_t body_limit_bytes = std::uint64_t{16} << 20;
  bool plain_http = false; ///< http:// to other machines than this one
  bool use_proxy = true;   ///< https_proxy, no_proxy ... of the environment
  std::string ca_bundle{}; ///< PEM file; empty: AWS_CA_BUNDLE, SSL_CERT_FILE, else the system's
};

class HttpClient {
public:
  virtual ~HttpClient() = default;
  /// Redirects are not followed: credentials would go along.
  /// \throws TransportError; Error(usage) for a URL that is not http(s), or plain http to another
  /// machine.
  virtual HttpReply send(const HttpRequest& request) = 0;
};

/// TLS 1.2 or later with the peer verified; connections are kept between requests. One thread.
std::unique_ptr<HttpClient> create_http_client(HttpOptions options = {});

/// The parts of "scheme://host[:port]/path"; what stands after '?' is not part of an endpoint.
struct Url {
  std::string scheme; ///< "http" or "https"
  std::string host;   ///< lower case; "[::1]" with its brackets
  std::string port;   ///< empty: the scheme's own
  std::string path;   ///< "/" at least

  /// As the Host header has it: without the scheme's own port.
  std::string authority() const;
  bool is_this_machine() const; ///< localhost, *.localhost, 127.x.x.x or ::1
};
/// \param name for messages. \throws Error(usage) also for user info, queries and fragments.
Url parse_url(const std::string& text, const std::string& name);

/// PEM file of the authorities that are trusted. \param given empty: as of HttpOptions::ca_bundle.
/// \throws Error(input) if there is none.
std::string find_ca_bundle(const std::string& given);

/// "Sat, 21 Nov 2026 07:15:11 GMT" -> seconds since 1970.
std::optional<std::int64_t> parse_http_date_s(const std::string& text);

} // namespace mlopsctl::net
