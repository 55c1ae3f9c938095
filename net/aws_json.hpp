// SPDX-License-Identifier: Apache-2.0
// Calls of an AWS service that speaks JSON: signed, repeated where that helps, errors by their
// code.
#pragma once

#include "core/value.hpp"
#include "net/credentials.hpp"
#include "net/endpoint.hpp"
#include "net/http.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>

namespace mlopsctl::net {

/// The service said no.
class AwsError : public Error {
public:
  AwsError(std::string code, const std::string& what, std::string hint = {})
      : Error(Fault::remote, what, std::move(hint)), code_(std::move(code)) {}
  const std::string& code() const { return code_; } ///< "ResourceNotFoundException"

private:
  std::string code_;
};

/// Waits between attempts: a random part of a span that doubles ("full jitter"), so that many
/// clients do not come back at once.
class Backoff {
public:
  using Sleep = std::function<void(double seconds)>;
  /// \param sleep empty: waits for real, and stops at Ctrl-C.
  explicit Backoff(Sleep sleep = {});
  /// \param attempt 1: the first has failed.
  void wait(int attempt);
  static double longest_s(int attempt); ///< 0.05, 0.1, 0.2 ... 20

private:
  Sleep sleep_;
  std::mt19937_64 random_;
};

struct AwsService {
  std::string name;         ///< "dynamodb"
  std::string target;       ///< "DynamoDB_20120810"
  std::string content_type; ///< "application/x-amz-json-1.0"
};

class AwsJsonClient {
public:
  AwsJsonClient(AwsService service, Endpoint endpoint, CredentialChain credentials,
                std::unique_ptr<HttpClient> http, Backoff backoff = Backoff());

  /// Throttling, server faults, lost connections and damaged replies are tried again, up to
  /// k_attempts in all; a clock that is wrong is corrected by the server's. \p operation must be
  /// one that may be repeated. \throws AwsError; TransportError.
  Value call(const std::string& operation, const Value& body);
  /// Waits as before another attempt of a call. For what a reply left undone.
  void wait(int attempt) { backoff_.wait(attempt); }
  /// "http://127.0.0.1:8000", for messages.
  const std::string& place() const { return endpoint_.url; }

private:
  HttpRequest signed_request(const std::string& operation, const std::string& body);
  HttpReply exchange(const HttpRequest& request);
  bool correct_clock(const HttpReply& reply, const std::string& code);

  AwsService service_;
  Endpoint endpoint_;
  CredentialChain credentials_;
  std::unique_ptr<HttpClient> http_;
  Backoff backoff_;
  std::int64_t clock_offset_s_ = 0; ///< the server's time minus ours
};

/// From the environment, the profile files and the command line.
std::unique_ptr<AwsJsonClient> create_aws_json_client(const AwsService& service,
                                                      const RemoteOptions& options);

} // namespace mlopsctl::net
