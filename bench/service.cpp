// SPDX-License-Identifier: Apache-2.0
#include "bench/service.hpp"

#include "bench/redact.hpp"
#include "bench/service_reply.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/pause.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "net/retry.hpp"

namespace mlopsctl::bench {
namespace {

constexpr const char* k_boundary = "mlopsctl-8f14e45fceea167a"; // no picture's bytes, by its length

net::HttpRequest picture_request(std::string picture, const ServiceOptions& options) {
  net::HttpRequest request;
  request.method = "POST";
  request.url = options.url;
  if (!options.token.empty())
    request.headers.push_back({"Authorization", "Bearer " + options.token});
  std::string type = "application/octet-stream";
  if (options.encoding == Encoding::base64) {
    type = "application/json";
    picture = "{\"image\":\"" + base64(picture) + "\"}";
  } else if (options.encoding == Encoding::multipart) {
    type = std::string("multipart/form-data; boundary=") + k_boundary;
    const std::string dashes = std::string("--") + k_boundary;
    picture = dashes +
              "\r\nContent-Disposition: form-data; name=\"image\"; filename=\"image\"\r\n"
              "Content-Type: application/octet-stream\r\n\r\n" +
              picture + "\r\n" + dashes + "--\r\n";
  }
  request.headers.push_back({"Content-Type", type});
  request.body = std::move(picture);
  return request;
}

/// What a person may do about a reply that is not 200; empty if only the service knows.
std::string hint_of(int status) {
  if (status == 404 || status == 405)
    return "give the address that takes pictures; that of 'mlopsctl serve http' ends in /predict";
  return {};
}

Error refused(const ServiceOptions& options, const net::HttpReply& reply, const std::string& hint) {
  return Error(Fault::remote,
               without_url_secrets(options.url) + ": status " + std::to_string(reply.status) +
                   " to a picture: " + printable(trim(reply.body.substr(0, 200))),
               hint);
}

} // namespace

bool is_service(const std::string& model) {
  return starts_with_ignoring_case(model, "http://") ||
         starts_with_ignoring_case(model, "https://");
}

Service::Service(const ServiceOptions& options)
    : options_(options), client_(net::create_http_client(
                             {.timeout_s = options.timeout_s, .plain_http = options.plain_http})) {}

net::HttpReply Service::send(std::string picture) {
  return client_->send(picture_request(std::move(picture), options_));
}

net::HttpReply Service::wait_until_ready(const std::string& picture) {
  constexpr double k_pause_s = 0.1;
  const Stopwatch watch;
  for (;;) {
    auto reply = send(picture);
    if (reply.status == 200 || reply.status == 429)
      return reply;
    if (reply.status != 503)
      throw refused(options_, reply, hint_of(reply.status));
    if (watch.seconds() > options_.ready_timeout_s)
      throw refused(options_, reply, "wait for the service, or raise --ready-timeout");
    pause_for(k_pause_s);
  }
}

net::HttpReply Service::ask(const std::string& picture) {
  net::Backoff backoff;
  for (int attempt = 1;; ++attempt) {
    auto reply = backoff.attempt(attempt, [&] { return send(picture); });
    if (!reply)
      continue;
    if (reply->status == 200)
      return std::move(*reply);
    if (!net::may_pass(reply->status) || attempt >= net::k_attempts)
      throw refused(options_, *reply, hint_of(reply->status));
    log::verbose(without_url_secrets(options_.url) + ": status " + std::to_string(reply->status) +
                 ": trying again");
    backoff.wait(attempt, net::retry_after_s(*reply));
  }
}

void describe_service(const ServiceOptions& options, storage::BenchmarkRow& row) {
  const auto url = net::parse_url(options.url, "URL");
  row.model_name = url.scheme + "://" + url.authority() + url.path;
  net::HttpRequest request;
  request.url = url.scheme + "://" + url.authority() + "/metrics";
  if (!options.token.empty())
    request.headers.push_back({"Authorization", "Bearer " + options.token});
  try {
    const auto reply = net::create_http_client({.plain_http = options.plain_http})->send(request);
    auto labels = parse_model_info(reply.status == 200 ? reply.body : "");
    if (labels.empty())
      return;
    row.model_name = labels["name"];
    row.model_version = labels["version"];
    row.model_digest = labels["digest"];
    row.threads = static_cast<int>(parse_int(labels["threads"]).value_or(0));
    const auto engine = split(labels["engine"], ' ');
    row.engine = engine.front();
    row.engine_version = engine.size() > 1 ? engine[1] : "";
  } catch (const net::TransportError&) {
    log::verbose("the service says nothing of its model at /metrics");
  }
}

} // namespace mlopsctl::bench
