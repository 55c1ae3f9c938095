// SPDX-License-Identifier: Apache-2.0
#include "net/oci_registry.hpp"

#include "core/log.hpp"
#include "core/text.hpp"
#include "core/value.hpp"
#include "net/oci_reply.hpp"

#include <algorithm>

namespace mlopsctl::net {
namespace {

constexpr double k_longest_exchange_s = 900;
constexpr double k_stall_s = 60;
constexpr std::size_t k_shown_message = 300;

struct RegistryFailure {
  std::string code, message;
};

/// {"errors":[{"code","message"}]}; a proxy's page has neither.
RegistryFailure failure_of(const HttpReply& reply) {
  RegistryFailure out;
  try {
    const Value root = parse_json(reply.body, "reply");
    const Value* errors = root.find("errors");
    if (errors && !errors->items.empty()) {
      const Value& first = errors->items.front();
      if (const Value* code = first.find("code"); code && code->is_string())
        out.code = code->string.substr(0, k_shown_message);
      if (const Value* text = first.find("message"); text && text->is_string())
        out.message = text->string.substr(0, k_shown_message);
    }
  } catch (const Error&) { // NOLINT(bugprone-empty-catch): the status has to do
  }
  return out;
}

std::string hint_for(int status, const std::string& code, const RegistryName& name) {
  if (status == 401)
    return "log in to " + name.host + " again (docker login, skopeo login)";
  if (status == 403 || code == "DENIED")
    return "this login may not push to " + name.repository;
  if (status == 404 && ecr_region(name.host))
    return "ECR does not make repositories by itself: aws ecr create-repository "
           "--repository-name " +
           name.repository;
  if (status == 404)
    return "is " + name.repository + " there, and may this login see it?";
  if (status == 405 || code == "UNSUPPORTED")
    return "a registry that is read-only, or a mirror, takes no images";
  if (status == 413)
    return "something before the registry refuses requests of this size";
  return "";
}

} // namespace

RegistryClient::RegistryClient(RegistryName name, bool plain_http,
                               std::unique_ptr<HttpClient> client, FindLogin find_login,
                               Backoff backoff)
    : name_(std::move(name)), plain_http_(plain_http), client_(std::move(client)),
      find_login_(std::move(find_login)), backoff_(std::move(backoff)),
      scope_("repository:" + name_.repository + ":pull,push") {}

void RegistryClient::fail(const std::string& what, const HttpReply& reply) const {
  const auto failure = failure_of(reply);
  std::string text = name_.host + ": " + what + ": HTTP " + std::to_string(reply.status);
  if (!failure.code.empty())
    text += " " + printable(failure.code);
  if (!failure.message.empty())
    text += ": " + printable(failure.message);
  throw Error(Fault::remote, text, hint_for(reply.status, failure.code, name_));
}

std::string RegistryClient::path(const std::string& rest) const {
  return base_ + "/v2/" + name_.repository + rest;
}

/// Docker's own name for its registry is not that of the machine.
void RegistryClient::connect() {
  if (!base_.empty())
    return;
  const auto host = name_.host == "docker.io" ? std::string("registry-1.docker.io") : name_.host;
  const bool is_here = parse_url("https://" + host, "registry").is_this_machine();
  HttpRequest request;
  const auto probe = [&](const std::string& scheme) {
    request.url = scheme + "://" + host + "/v2/";
    for (int attempt = 1;; ++attempt)
      try {
        return client_->send(request);
      } catch (const TransportError& error) {
        if (attempt >= error.attempts() || is_here)
          throw;
        backoff_.wait(attempt);
      }
  };
  HttpReply reply;
  std::string scheme = plain_http_ && !is_here ? "http" : "https";
  try {
    reply = probe(scheme);
  } catch (const TransportError&) {
    if (!is_here)
      throw;
    scheme = "http"; // on this machine nobody else listens to
    try {
      reply = probe(scheme);
    } catch (const TransportError&) {
      reply.status = 0;
    }
    if (reply.status == 0 || reply.status == 400) // what speaks TLS only says so with 400
      throw;
  }
  base_ = scheme + "://" + host;
  if (reply.status == 401 && !log_in(reply))
    fail("asks for a login in a way that is not known here", reply);
  if (reply.status != 401 && !is_success(reply) && !may_pass(reply.status))
    fail("does not answer as a registry does", reply);
}

bool RegistryClient::log_in(const HttpReply& reply) {
  const auto challenge = find_challenge(reply);
  if (!challenge)
    return false;
  if (!login_)
    login_ = find_login_();
  for (int attempt = 1;; ++attempt)
    try {
      authorization_ = authorize(*challenge, *login_, scope_, *client_);
      return true;
    } catch (const TransportError& error) {
      if (attempt >= error.attempts())
        throw;
      backoff_.wait(attempt);
    }
}

HttpReply RegistryClient::send_once(const HttpRequest& request) {
  HttpRequest own = request;
  // Uploads may go to another machine, which has been given its own right in the URL.
  if (!authorization_.empty() && origin_of(request.url) == origin_of(base_))
    own.headers.emplace_back("Authorization", authorization_);
  return client_->send(own);
}

/// Tokens are renewed once; what may pass is sent again.
HttpReply RegistryClient::send(HttpRequest request) {
  bool is_renewed = false;
  for (int attempt = 1;; ++attempt) {
    auto reply = backoff_.attempt(attempt, [&] { return send_once(request); });
    if (!reply)
      continue;
    if (reply->status == 401 && !is_renewed && origin_of(request.url) == origin_of(base_)) {
      is_renewed = true;
      if (log_in(*reply))
        continue;
    }
    if (!may_pass(reply->status) || attempt >= k_attempts)
      return *reply;
    log::verbose(name_.host + ": HTTP " + std::to_string(reply->status) + ": trying again");
    backoff_.wait(attempt, retry_after_s(*reply));
  }
}

bool RegistryClient::has_blob(const std::string& digest) {
  connect();
  HttpRequest request{"HEAD", path("/blobs/" + digest), {}, {}};
  const auto reply = send(request);
  if (is_success(reply) || is_redirect(reply)) // to where the bytes are
    return true;
  if (reply.status != 404)
    fail("cannot be asked for " + digest, reply);
  return false;
}

void RegistryClient::push_manifest(const RegistryImage& image) {
  connect();
  const auto reply = send({"PUT",
                           path("/manifests/" + name_.tag),
                           {{"Content-Type", image.manifest_type}},
                           image.manifest});
  if (reply.status != 201 && reply.status != 200)
    fail("does not take the manifest", reply);
  const auto digest = reply.header("docker-content-digest");
  if (digest && *digest != image.manifest_digest)
    throw Error(Fault::remote,
                name_.host + ": kept the manifest as " + printable(*digest) + ", it is " +
                    image.manifest_digest,
                "the registry changes images; it cannot be trusted with this one");
}

PushPlan plan_push(RegistryClient& registry, const RegistryImage& image) {
  PushPlan out;
  for (const auto& blob : image.blobs) {
    const bool is_listed =
        std::find(out.missing.begin(), out.missing.end(), blob.digest) != out.missing.end();
    if (!is_listed && !registry.has_blob(blob.digest)) {
      out.missing.push_back(blob.digest);
      out.sent_bytes += blob.size_bytes;
    }
  }
  return out;
}

std::uint64_t push_image(RegistryClient& registry, const RegistryImage& image, const PushPlan& plan,
                         const std::string& mount_from,
                         const std::function<void(std::uint64_t)>& sent) {
  std::uint64_t bytes = 0;
  for (const auto& digest : plan.missing) {
    const auto blob =
        std::find_if(image.blobs.begin(), image.blobs.end(),
                     [&](const auto& candidate) { return candidate.digest == digest; });
    bytes += registry.push_blob(*blob, mount_from, sent);
  }
  registry.push_manifest(image);
  return bytes;
}

RegistryClient create_registry_client(const RegistryName& name, const RemoteOptions& options) {
  HttpOptions http;
  http.timeout_s = k_longest_exchange_s;
  http.stall_s = k_stall_s;
  http.plain_http = options.plain_http;
  http.body_limit_bytes = k_registry_piece_bytes;
  const auto find = [name, options] {
    auto login = find_login(name.host, process_environment());
    const auto region = ecr_region(name.host);
    if (login.basic.empty() && region)
      login = {fetch_ecr_login(*region, options), ""};
    return login;
  };
  return {name, options.plain_http, create_http_client(std::move(http)), find};
}

} // namespace mlopsctl::net
