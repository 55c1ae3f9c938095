// SPDX-License-Identifier: Apache-2.0
#include "net/aws_call.hpp"

#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

namespace mlopsctl::net {
namespace {

constexpr std::int64_t k_clock_tolerance_s = 240; ///< AWS allows five minutes
constexpr int k_damaged_attempts = 2;             ///< of a body that arrived damaged over there

bool is_one_of(const std::string& code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

/// The reply to HEAD has no body that could give a code: whether time or the token ran out is not
/// said.
bool is_silent(const HttpReply& reply, int status) {
  return reply.status == status && reply.body.empty();
}

/// How often a request that was answered so is worth sending in all.
int attempts_after(const HttpReply& reply, const std::string& code) {
  const int status = reply.status;
  const bool passes =
      is_silent(reply, 400) || status == 500 || status == 502 || status == 503 || status == 504 ||
      status == 429 ||
      is_one_of(code, {"ProvisionedThroughputExceededException", "ThrottlingException",
                       "Throttling", "RequestLimitExceeded", "TooManyRequestsException",
                       "TransactionInProgressException", "InternalServerError", "InternalError",
                       "ReplicatedWriteConflictException", "RequestTimeout", "SlowDown",
                       "LimitExceededException", "OperationAborted", "ConditionalRequestConflict"});
  if (passes)
    return k_attempts;
  return is_one_of(code, {"BadDigest", "XAmzContentSHA256Mismatch"}) ? k_damaged_attempts : 1;
}

std::string hint_for(const std::string& code) {
  if (is_one_of(code, {"ExpiredTokenException", "ExpiredToken"}))
    return "the session has ended: sign in again, or renew AWS_SESSION_TOKEN and its keys";
  if (is_one_of(code, {"UnrecognizedClientException", "InvalidSignatureException",
                       "IncompleteSignatureException", "MissingAuthenticationTokenException",
                       "InvalidClientTokenId", "InvalidAccessKeyId", "SignatureDoesNotMatch",
                       "InvalidToken", "TokenRefreshRequired"}))
    return "check the AWS credentials and --region";
  if (is_one_of(code, {"AccessDeniedException", "AccessDenied"}))
    return "the role or user of these credentials may not do this";
  return "";
}

std::string timestamp(std::int64_t time_s) {
  const auto time = static_cast<std::time_t>(time_s);
  std::tm parts{};
  gmtime_r(&time, &parts);
  std::array<char, 32> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
  return {text.data(), length};
}

std::int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

AwsError to_error(const AwsRequest& request, const HttpReply& reply, const AwsFailure& failure) {
  return {failure.code,
          request.name + ": " + printable(failure.code) +
              (failure.message.empty() ? "" : ": " + printable(failure.message)),
          hint_for(failure.code), reply.status};
}

} // namespace

/// What may be done once a call.
struct AwsCaller::Rescue {
  bool is_clock_set = false;
  bool is_renewed = false;
  bool is_adapted = false;
};

AwsCaller::AwsCaller(std::string service, CredentialChain credentials, MakeClient make_client,
                     Backoff backoff)
    : service_(std::move(service)), make_client_(std::move(make_client)),
      backoff_(std::move(backoff)), credentials_(std::move(credentials)) {}

Credentials AwsCaller::keys() {
  const std::lock_guard lock(mutex_);
  return credentials_.get();
}

HttpReply AwsCaller::send(AwsRequest& request) {
  SignableRequest signable = request.signable;
  sign(signable, keys(), {request.region, service_, timestamp(now_s() + clock_offset_s_)});
  request.http.method = signable.method;
  request.http.headers = std::move(signable.headers);
  std::unique_ptr<HttpClient> client;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      client = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!client)
    client = make_client_();
  HttpReply reply = client->send(request.http);
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(client)); // not after an error: that connection is spent
  return reply;
}

bool AwsCaller::correct_clock(const HttpReply& reply, const AwsFailure& failure) {
  if (!is_silent(reply, 403) &&
      !is_one_of(failure.code,
                 {"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException",
                  "SignatureDoesNotMatch", "RequestInTheFuture", "AccessDenied"}))
    return false;
  const auto theirs = parse_http_date_s(reply.header("date").value_or(""));
  if (!theirs || std::abs(*theirs - now_s() - clock_offset_s_) < k_clock_tolerance_s)
    return false;
  clock_offset_s_ = *theirs - now_s();
  log::verbose("this machine's clock is " + std::to_string(-clock_offset_s_) +
               " s off the server's, which is used instead");
  return true;
}

bool AwsCaller::rescue(Rescue& done, AwsRequest& request, const AwsDialect& dialect,
                       const HttpReply& reply, const AwsFailure& failure) {
  if (!done.is_clock_set && correct_clock(reply, failure))
    return done.is_clock_set = true;
  if (!done.is_adapted && dialect.adapt && dialect.adapt(request, reply, failure))
    return done.is_adapted = true;
  if (!done.is_renewed && (is_silent(reply, 400) ||
                           is_one_of(failure.code, {"ExpiredTokenException", "ExpiredToken"}))) {
    const std::lock_guard lock(mutex_);
    credentials_.forget();
    return done.is_renewed = true;
  }
  return false;
}

HttpReply AwsCaller::call(AwsRequest& request, const AwsDialect& dialect) {
  Rescue rescued;
  for (int attempt = 1;; ++attempt) {
    std::optional<AwsFailure> failure;
    const auto reply = backoff_.attempt(attempt, [&] {
      ++request.attempts;
      auto answer = send(request);
      failure = dialect.failure(answer); // a damaged one throws as a broken connection does
      return answer;
    });
    if (!reply)
      continue;
    if (!failure)
      return *reply;
    if (failure->code.empty())
      failure->code = "HTTP " + std::to_string(reply->status);
    if (rescue(rescued, request, dialect, *reply, *failure))
      continue;
    if (attempt >= attempts_after(*reply, failure->code))
      throw to_error(request, *reply, *failure);
    log::verbose(request.name + ": " + failure->code + ": trying again");
    backoff_.wait(attempt);
  }
}

AwsSetup find_aws_setup(const std::string& service, const RemoteOptions& options) {
  const Environment environment = process_environment();
  Profile profile = load_profile(options.profile, environment);
  Endpoint endpoint = resolve_endpoint(service, options, profile, environment);
  HttpOptions http;
  http.plain_http = options.plain_http;
  if (const auto bundle = environment("AWS_CA_BUNDLE").value_or(""); bundle.empty())
    http.ca_bundle = profile.find("ca_bundle").value_or("");
  CredentialChain chain(options.profile, profile, environment, create_http_client);
  return {std::move(endpoint), std::move(profile), std::move(chain), std::move(http)};
}

} // namespace mlopsctl::net
