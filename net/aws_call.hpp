// SPDX-License-Identifier: Apache-2.0
// A signed request of any AWS service: repeated where that helps, with the server's clock, and keys
// that are renewed.
#pragma once

#include "net/credentials.hpp"
#include "net/endpoint.hpp"
#include "net/http.hpp"
#include "net/retry.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::net {

/// The service said no.
class AwsError : public Error {
public:
  AwsError(std::string code, const std::string& what, std::string hint = {}, int status = 0)
      : Error(Fault::remote, what, std::move(hint)), code_(std::move(code)), status_(status) {}
  const std::string& code() const { return code_; } ///< "ResourceNotFoundException"
  int status() const { return status_; }            ///< of HTTP

private:
  std::string code_;
  int status_;
};

/// What a refusal says.
struct AwsFailure {
  std::string code; ///< empty: "HTTP 503"
  std::string message;
};

struct AwsRequest {
  std::string name; ///< "http://127.0.0.1:8000: GetItem", for messages
  std::string region;
  SignableRequest signable; ///< before signing
  HttpRequest http;         ///< its headers are those of the last attempt
  int attempts = 0;         ///< that were made; what an earlier one did may not be known
};

/// How a service's replies read.
struct AwsDialect {
  /// Nothing if \p reply is what was asked for. \throws TransportError if it came damaged.
  std::function<std::optional<AwsFailure>(const HttpReply& reply)> failure;
  /// Changes the request by what the reply asks for (another region); false: it asks for nothing.
  std::function<bool(AwsRequest& request, const HttpReply& reply, const AwsFailure& failure)>
      adapt = {};
};

/// Keys, clock and connections of one service. Any thread.
class AwsCaller {
public:
  using MakeClient = std::function<std::unique_ptr<HttpClient>()>;
  AwsCaller(std::string service, CredentialChain credentials, MakeClient make_client,
            Backoff backoff = Backoff());

  /// Throttling, server faults, lost connections and damaged replies are tried again, up to
  /// k_attempts in all; a clock that is wrong is corrected by the server's, once. \p request must
  /// be one that may be repeated. \throws AwsError; TransportError.
  HttpReply call(AwsRequest& request, const AwsDialect& dialect);
  /// Waits as before another attempt of a call. For what a reply left undone.
  void wait(int attempt) { backoff_.wait(attempt); }

private:
  struct Rescue;
  HttpReply send(AwsRequest& request);
  Credentials keys();
  bool correct_clock(const HttpReply& reply, const AwsFailure& failure);
  bool rescue(Rescue& done, AwsRequest& request, const AwsDialect& dialect, const HttpReply& reply,
              const AwsFailure& failure);

  std::string service_;
  MakeClient make_client_;
  Backoff backoff_;
  std::mutex mutex_; ///< of what follows
  CredentialChain credentials_;
  std::vector<std::unique_ptr<HttpClient>> idle_; ///< connections that are kept
  std::atomic<std::int64_t> clock_offset_s_ = 0;  ///< the server's time minus ours
};

/// What the environment, the profile files and the command line say of a service.
struct AwsSetup {
  Endpoint endpoint;
  Profile profile;
  CredentialChain credentials;
  HttpOptions http;
};
AwsSetup find_aws_setup(const std::string& service, const RemoteOptions& options);

} // namespace mlopsctl::net
