// SPDX-License-Identifier: Apache-2.0
#include "serving/http/server.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "serving/http/detail/session.hpp"

#include <sys/resource.h>

namespace mlopsctl::serving {
namespace {

/// As many connections as we serve need as many descriptors: the soft limit is often 1,024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit); // without it, accept() waits for a free one
  }
}

asio::ssl::context tls_context(const ServerOptions& options) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  context.set_options(asio::ssl::context::no_compression);
  // An encrypted key must not ask for its password on the terminal.
  context.set_password_callback([](std::size_t, auto) { return std::string(); });
  const auto check = [](const Failure& failure, const std::string& flag, const std::string& file) {
    if (failure)
      throw Error(Fault::input, flag + ": " + file + ": " + failure.message(),
                  "give PEM files: the certificate with its chain, and its key unencrypted");
  };
  Failure failure;
  context.use_certificate_chain_file(options.tls_certificate, failure);
  check(failure, "--tls-cert", options.tls_certificate);
  context.use_private_key_file(options.tls_key, asio::ssl::context::pem, failure);
  check(failure, "--tls-key", options.tls_key);
  return context;
}

} // namespace

void HttpServer::State::listen() {
  raise_descriptor_limit();
  if (!options.tls_certificate.empty())
    tls.emplace(tls_context(options));
  Failure failure;
  const auto address = asio::ip::make_address(options.address, failure);
  const tcp::endpoint endpoint(address, options.port);
  if (!failure)
    acceptor.open(endpoint.protocol(), failure);
  if (!failure)
    acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
  if (!failure)
    acceptor.bind(endpoint, failure);
  if (!failure)
    acceptor.listen(asio::socket_base::max_listen_connections, failure);
  if (failure)
    throw Error(Fault::usage,
                "--listen: " + options.address + ":" + std::to_string(options.port) + ": " +
                    failure.message(),
                "give an address of this machine and a port that is free (0: any)");
}

void HttpServer::State::accept() {
  acceptor.async_accept([this](const Failure& failure, tcp::socket socket) {
    if (failure == asio::error::operation_aborted)
      return;
    if (failure) { // such as no descriptor left
      accept_timer.expires_after(std::chrono::milliseconds(100));
      accept_timer.async_wait([this](const Failure& stopped) {
        if (!stopped)
          accept();
      });
      return;
    }
    open(std::move(socket));
    make_room();
  });
}

/// At the limit the longest idle connection gives way to the one that came. Where all others are
/// busy, the next ones wait in the kernel's queue until one ends, and replies end theirs.
void HttpServer::State::make_room() {
  is_full = connections.size() >= options.connections;
  if (!is_full)
    accept();
  else if (idle.size() > 1) // the last is the one that came
    idle.front()->close();  // which accepts again
}

void HttpServer::State::open(tcp::socket socket) {
  Failure ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  if (tls)
    std::make_shared<Session<TlsStream>>(*this, std::move(socket), *tls)->start();
  else
    std::make_shared<Session<tcp::socket>>(*this, std::move(socket))->start();
}

void HttpServer::State::add(Connection& connection) {
  connection.place = connections.insert(connections.end(), &connection);
  connection_count = connections.size();
}

void HttpServer::State::remove(Connection& connection) {
  set_idle(connection, false);
  connections.erase(connection.place);
  connection_count = connections.size();
  if (std::exchange(is_full, false) && !is_over)
    accept();
}

void HttpServer::State::set_idle(Connection& connection, bool is_idle) {
  if (std::exchange(connection.is_idle, is_idle) == is_idle)
    return;
  if (is_idle)
    connection.idle_place = idle.insert(idle.end(), &connection);
  else
    idle.erase(connection.idle_place);
}

HttpServer::HttpServer(const ServerOptions& options, Handler& handler)
    : state_(std::make_shared<State>(options, handler)) {
  state_->listen();
  state_->accept();
  state_->thread = std::thread([state = state_.get()] {
    while (!state->io.stopped()) {
      try {
        state->io.run();
      } catch (const std::exception& error) { // out of memory: that connection is lost, others not
        log::warn(std::string("a connection was given up: ") + error.what());
      }
    }
  });
}

HttpServer::~HttpServer() {
  state_->io.stop();
  state_->thread.join();
}

std::string HttpServer::url() const {
  const auto& options = state_->options;
  const bool is_v6 = options.address.find(':') != std::string::npos;
  Failure ignored;
  return (state_->tls ? "https://" : "http://") +
         (is_v6 ? "[" + options.address + "]" : options.address) + ":" +
         std::to_string(state_->acceptor.local_endpoint(ignored).port());
}

std::size_t HttpServer::connections() const {
  return state_->connection_count;
}

bool HttpServer::drain(double seconds) {
  asio::post(state_->io, [state = state_.get()] { state->is_draining = true; });
  const auto deadline = Clock::now() + to_duration(seconds);
  // Nothing twice in a row: requests that are on their way still get their refusal.
  for (int quiet = 0; quiet < 2;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    quiet = state_->active == 0 ? quiet + 1 : 0;
    if (quiet == 0 && Clock::now() > deadline)
      return false;
  }
  return true;
}

} // namespace mlopsctl::serving
