// SPDX-License-Identifier: Apache-2.0
// What the connections of an HttpServer share, and what it knows of each of them.
#pragma once

#include "serving/http/server.hpp"

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <thread>
#include <utility> // Asio 1.74 uses std::exchange without it

namespace mlopsctl::serving {

namespace asio = boost::asio;
using asio::ip::tcp;
using Failure = boost::system::error_code;

inline std::chrono::milliseconds to_duration(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3));
}

/// What the server knows of a connection. It belongs to the operations that wait for it.
class Connection {
public:
  virtual ~Connection() = default;
  virtual void start() = 0;
  virtual void close() = 0; ///< at once
  std::list<Connection*>::iterator place;
  std::list<Connection*>::iterator idle_place;
  bool is_idle = false;
};

struct HttpServer::State : std::enable_shared_from_this<HttpServer::State> {
  ServerOptions options;
  Handler& handler;
  std::atomic<std::size_t> connection_count{0};
  std::atomic<std::size_t> active{0}; ///< requests from their head to the end of their reply
  // From here on only on the server's thread. Connections end with io, and look at these last.
  std::list<Connection*> connections;
  std::list<Connection*> idle; ///< the longest idle first
  std::uint64_t bodies_bytes = 0;
  bool is_full = false;
  bool is_draining = false;
  bool is_over = false;
  asio::io_context io{1};
  std::optional<asio::ssl::context> tls;
  tcp::acceptor acceptor{io};
  asio::steady_timer accept_timer{io};
  std::thread thread;

  State(ServerOptions opts, Handler& serves) : options(std::move(opts)), handler(serves) {}
  ~State() { is_over = true; }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  void listen();
  void accept();
  void open(tcp::socket socket);
  void make_room();
  void add(Connection& connection);
  void remove(Connection& connection);
  void set_idle(Connection& connection, bool is_idle);
};

} // namespace mlopsctl::serving
