// SPDX-License-Identifier: Apache-2.0
// The HTTP/1.1 server: connections, limits, deadlines, TLS. The only door to Boost.Asio and Beast.
#pragma once

#include "serving/http/message.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mlopsctl::serving {

/// Sends the reply; to be called once, from any thread, also when the server is gone.
using Answer = std::function<void(Response&&)>;

/// What the server serves. begin() and fault() are called on the server's one thread: they must not
/// wait.
class Handler {
public:
  virtual ~Handler() = default;
  /// The head of a request is here, its body is not. A reply ends it without reading the body.
  virtual std::optional<Response> begin(const Request& head) = 0;
  /// Must not wait either: work goes to other threads, which call \p answer.
  virtual void handle(Request&& request, Answer answer) = 0;
  /// The reply to a request that the server itself refuses. \param status such as 408 or 431.
  virtual Response fault(int status, const std::string& text) = 0;
};

struct ServerOptions {
  std::string address = "127.0.0.1"; ///< an IP address
  std::uint16_t port = 8080;         ///< 0: any that is free
  std::string tls_certificate;       ///< PEM file with the chain; empty: plain HTTP
  std::string tls_key;               ///< PEM file, not encrypted
  std::size_t connections = 4096;    ///< at once; more wait until one is idle or closed
  std::uint64_t body_bytes = std::uint64_t{32} << 20; ///< of one request
  /// Of all requests at once; chunked ones count as body_bytes. Over it they get 429.
  std::uint64_t all_bodies_bytes = std::uint64_t{256} << 20;
  double client_timeout_s = 30; ///< to send a whole request, and again to take the reply
  double idle_timeout_s = 60;   ///< between two requests
};

/// Listens from its construction to its destruction, on a thread of its own. Heads are at most
/// 16 KiB.
class HttpServer {
public:
  struct State; ///< of the .cpp
  /// \throws Error(usage) for an address that cannot be listened on; Error(input) for certificates.
  HttpServer(const ServerOptions& options, Handler& handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::string url() const; ///< "http://127.0.0.1:8080"
  std::size_t connections() const;
  /// Connections close after their next reply; returns when no request is under way any more.
  /// \return false if some still were after \p seconds.
  bool drain(double seconds);

private:
  std::shared_ptr<State> state_;
};

} // namespace mlopsctl::serving
