// SPDX-License-Identifier: Apache-2.0
#include "serving/http_server.hpp"

#include "core/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <sys/resource.h>
#include <thread>
#include <type_traits>
#include <utility> // Asio 1.74 uses std::exchange without it

namespace mlopsctl::serving {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Failure = boost::system::error_code;
using TlsStream = asio::ssl::stream<tcp::socket>;

constexpr std::uint32_t k_head_bytes = 16 * 1024;
constexpr std::size_t k_piece_bytes = 4096;
constexpr double k_linger_s = 5; // for a client to stop sending what was refused
constexpr std::string_view k_continue = "HTTP/1.1 100 Continue\r\n\r\n";

std::chrono::milliseconds to_duration(double seconds) {
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1e3));
}

/// As many connections as we serve need as many descriptors: the soft limit is often 1,024.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit); // without it, accept() waits for a free one
  }
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

namespace {

/// One connection: requests one after the other.
template <class Stream>
class Session final : public Connection, public std::enable_shared_from_this<Session<Stream>> {
public:
  template <class... More>
  Session(HttpServer::State& state, tcp::socket socket, More&... more)
      : state_(state), stream_(std::move(socket), more...), timer_(state.io) {
    state_.add(*this);
  }

  ~Session() override { close(); } // where an operation threw: out of memory
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start() override {
    if constexpr (is_tls) {
      arm(state_.options.client_timeout_s);
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](const Failure& failure) {
                                failure ? self->close() : self->await_request();
                              });
    } else {
      await_request();
    }
  }

  void close() override {
    if (is_closed_)
      return;
    is_closed_ = true;
    end_request();
    timer_.cancel();
    Failure ignored;
    socket().close(ignored);
    state_.remove(*this);
  }

private:
  static constexpr bool is_tls = std::is_same_v<Stream, TlsStream>;

  tcp::socket& socket() {
    if constexpr (is_tls)
      return stream_.next_layer();
    else
      return stream_;
  }

  /// One deadline for all that follows, until the next: a byte now and then does not put it off.
  void arm(double seconds) {
    is_late_ = false;
    timer_.expires_after(to_duration(seconds));
    timer_.async_wait([self = this->shared_from_this()](const Failure& failure) {
      // The wait that was replaced may have ended already.
      if (failure || self->is_closed_ || self->timer_.expiry() > Clock::now())
        return;
      self->is_late_ = true;
      Failure ignored;
      self->socket().cancel(ignored);
    });
  }

  void await_request() {
    parser_.emplace();
    parser_->header_limit(k_head_bytes);
    parser_->body_limit(state_.options.body_bytes);
    request_ = {};
    if (buffer_.size() > 0)
      return read_head();
    buffer_.shrink_to_fit();
    state_.set_idle(*this, true);
    arm(is_first_ ? state_.options.client_timeout_s : state_.options.idle_timeout_s);
    stream_.async_read_some(
        buffer_.prepare(k_piece_bytes),
        [self = this->shared_from_this()](const Failure& failure, std::size_t count) {
          self->buffer_.commit(count);
          failure ? self->close() : self->read_head();
        });
  }

  void read_head() {
    is_first_ = false;
    state_.set_idle(*this, false);
    request_.begun = Clock::now();
    arm(state_.options.client_timeout_s);
    http::async_read_header(stream_, buffer_, *parser_,
                            [self = this->shared_from_this()](const Failure& failure, std::size_t) {
                              failure ? self->on_bad_request(failure) : self->on_head();
                            });
  }

  void on_head() {
    const auto& head = parser_->get();
    keeps_alive_ = head.keep_alive();
    is_head_ = head.method() == http::verb::head;
    request_.method = std::string(head.method_string());
    const auto target = head.target();
    request_.path = std::string(target.substr(0, target.find('?')));
    for (const auto& field : head)
      request_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    begin_request();
    if (auto refusal = state_.handler.begin(request_))
      return reply(std::move(*refusal));
    if (!reserve_body())
      return reply(state_.handler.fault(429, "too many pictures are being sent at once"));
    if (parser_->is_done())
      return on_body();
    const auto expect = request_.header("Expect");
    if (!expect)
      return read_body();
    if (lower(*expect) != "100-continue")
      return reply(state_.handler.fault(417, "only 'Expect: 100-continue' is understood"));
    asio::async_write(stream_, asio::buffer(k_continue.data(), k_continue.size()),
                      [self = this->shared_from_this()](const Failure& failure, std::size_t) {
                        failure ? self->close() : self->read_body();
                      });
  }

  /// Memory is promised to a body before its bytes are read.
  bool reserve_body() {
    if (parser_->is_done())
      return true;
    const auto length = parser_->content_length();
    const std::uint64_t wanted = length ? *length : state_.options.body_bytes;
    if (state_.bodies_bytes + wanted > state_.options.all_bodies_bytes)
      return false;
    reserved_bytes_ = wanted;
    state_.bodies_bytes += wanted;
    return true;
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](const Failure& failure, std::size_t) {
                       failure ? self->on_bad_request(failure) : self->on_body();
                     });
  }

  void on_body() {
    timer_.cancel();
    request_.received = Clock::now();
    request_.body = std::move(parser_->get().body());
    state_.handler.handle(
        std::move(request_),
        [state = state_.shared_from_this(), self = this->shared_from_this()](Response&& response) {
          asio::post(state->io, [self, answer = std::move(response)]() mutable {
            self->reply(std::move(answer));
          });
        });
  }

  void on_bad_request(const Failure& failure) {
    keeps_alive_ = false;
    begin_request();
    if (is_late_)
      return reply(state_.handler.fault(408, "the request did not come whole in time"));
    if (failure == http::error::header_limit)
      return reply(state_.handler.fault(431, "the head of the request is over 16 KiB"));
    if (failure == http::error::body_limit)
      return reply(state_.handler.fault(413, "the body is over the limit of " +
                                                 std::to_string(state_.options.body_bytes) +
                                                 " bytes (--limit request-bytes=N)"));
    const bool is_gone = failure == http::error::end_of_stream ||
                         failure == http::error::partial_message ||
                         failure.category() != make_error_code(http::error::bad_method).category();
    if (is_gone)
      return close();
    reply(state_.handler.fault(400, "this is not HTTP/1.1: " + failure.message()));
  }

  void reply(Response&& response) {
    if (is_closed_)
      return;
    // What was not read would be taken for the next request.
    const bool keeps = keeps_alive_ && parser_->is_done() && !state_.is_draining && !state_.is_full;
    reply_.emplace(static_cast<http::status>(response.status), 11);
    reply_->set(http::field::server, "mlopsctl");
    reply_->set(http::field::content_type, response.content_type);
    reply_->set("X-Content-Type-Options", "nosniff");
    reply_->set(http::field::cache_control, "no-store");
    for (const auto& [name, value] : response.headers)
      reply_->set(name, value);
    reply_->content_length(response.body.size());
    if (!is_head_)
      reply_->body() = std::move(response.body);
    reply_->keep_alive(keeps);
    arm(state_.options.client_timeout_s);
    http::async_write(
        stream_, *reply_,
        [self = this->shared_from_this(), keeps](const Failure& failure, std::size_t) {
          self->end_request();
          if (failure)
            return self->close();
          keeps ? self->await_request() : self->finish();
        });
  }

  /// A close with unread bytes is a reset, which takes the reply away from the client: what it
  /// still sends is read and thrown away for a while.
  void finish() {
    arm(k_linger_s);
    if constexpr (!is_tls) {
      Failure ignored;
      socket().shutdown(tcp::socket::shutdown_send, ignored);
      discard();
    } else if (parser_->is_done()) {
      stream_.async_shutdown([self = this->shared_from_this()](const Failure&) { self->close(); });
    } else {
      discard();
    }
  }

  void discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(k_piece_bytes),
                            [self = this->shared_from_this()](const Failure& failure, std::size_t) {
                              failure || self->is_late_ ? self->close() : self->discard();
                            });
  }

  void begin_request() {
    if (std::exchange(is_active_, true))
      return;
    ++state_.active;
  }
  void end_request() {
    state_.bodies_bytes -= std::exchange(reserved_bytes_, 0);
    if (std::exchange(is_active_, false))
      --state_.active;
  }

  HttpServer::State& state_;
  Stream stream_;
  asio::steady_timer timer_;
  boost::beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> reply_;
  Request request_;
  std::uint64_t reserved_bytes_ = 0;
  bool is_first_ = true;
  bool is_late_ = false;
  bool is_closed_ = false;
  bool is_active_ = false;
  bool is_head_ = false;
  bool keeps_alive_ = false;
};

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
