// SPDX-License-Identifier: Apache-2.0
// Session: one connection of an HttpServer, plain or TLS; its requests one after the other.
#pragma once

#include "core/text.hpp"
#include "serving/http/detail/state.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <string>
#include <string_view>
#include <type_traits>

namespace mlopsctl::serving {

namespace http = boost::beast::http;
using TlsStream = asio::ssl::stream<tcp::socket>;

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
  static constexpr std::uint32_t k_head_bytes = 16 * 1024;
  static constexpr std::size_t k_piece_bytes = 4096;
  static constexpr double k_linger_s = 5; ///< for a client to stop sending what was refused
  static constexpr std::string_view k_continue = "HTTP/1.1 100 Continue\r\n\r\n";
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

} // namespace mlopsctl::serving
