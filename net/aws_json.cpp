// SPDX-License-Identifier: Apache-2.0
#include "net/aws_json.hpp"

#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <ctime>
#include <thread>

namespace mlopsctl::net {
namespace {

constexpr double k_first_wait_s = 0.05;
constexpr double k_longest_wait_s = 20;
constexpr std::int64_t k_clock_tolerance_s = 240; ///< AWS allows five minutes
constexpr std::size_t k_shown_message = 500;

void sleep_for(double seconds) {
  constexpr double k_slice_s = 0.05;
  for (double left = seconds; left > 0; left -= k_slice_s) {
    check_interrupt();
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left, k_slice_s)));
  }
}

bool is_one_of(const std::string& code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_worth_repeating(int status, const std::string& code) {
  return status >= 500 || status == 429 ||
         is_one_of(code, {"ProvisionedThroughputExceededException", "ThrottlingException",
                          "Throttling", "RequestLimitExceeded", "TooManyRequestsException",
                          "TransactionInProgressException", "InternalServerError",
                          "ReplicatedWriteConflictException", "RequestTimeout",
                          "LimitExceededException"});
}

struct Failure {
  std::string code;
  std::string message;
};

/// {"__type":"com.amazonaws...#Code","message":"..."}; a proxy's page has neither.
Failure read_failure(const HttpReply& reply) {
  Failure failure;
  failure.code = "HTTP " + std::to_string(reply.status);
  try {
    const Value document = parse_json(reply.body, "reply");
    if (const Value* type = document.find("__type"); type != nullptr && type->is_string())
      failure.code = type->string.substr(type->string.find('#') + 1);
    for (const char* key : {"message", "Message"})
      if (const Value* text = document.find(key); text != nullptr && text->is_string())
        failure.message = text->string.substr(0, k_shown_message);
  } catch (const Error&) { // NOLINT(bugprone-empty-catch): the status has to do
  }
  return failure;
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

/// CRC-32 of IEEE 802.3, as DynamoDB sends it with each reply.
std::uint32_t crc32(std::string_view bytes) {
  constexpr std::uint32_t k_polynomial = 0xEDB88320;
  static const auto table = [] {
    std::array<std::uint32_t, 256> out{};
    for (std::uint32_t i = 0; i < out.size(); ++i) {
      out[i] = i;
      for (int bit = 0; bit < 8; ++bit)
        out[i] = (out[i] >> 1U) ^ ((out[i] & 1U) != 0 ? k_polynomial : 0);
    }
    return out;
  }();
  std::uint32_t crc = 0xFFFFFFFF;
  for (const char c : bytes)
    crc = table[(crc ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (crc >> 8U);
  return ~crc;
}

std::string hint_for(const std::string& code) {
  if (is_one_of(code, {"UnrecognizedClientException", "InvalidSignatureException",
                       "IncompleteSignatureException", "ExpiredTokenException",
                       "MissingAuthenticationTokenException", "InvalidClientTokenId"}))
    return "check the AWS credentials and --region";
  if (is_one_of(code, {"AccessDeniedException", "AccessDenied"}))
    return "the role or user of these credentials may not do this";
  return "";
}

} // namespace

Backoff::Backoff(Sleep sleep)
    : sleep_(sleep ? std::move(sleep) : Sleep(sleep_for)), random_(std::random_device{}()) {}

double Backoff::longest_s(int attempt) {
  return std::min(k_longest_wait_s, std::ldexp(k_first_wait_s, std::min(attempt, 30) - 1));
}

void Backoff::wait(int attempt) {
  sleep_(std::uniform_real_distribution<double>(0, longest_s(attempt))(random_));
}

AwsJsonClient::AwsJsonClient(AwsService service, Endpoint endpoint, CredentialChain credentials,
                             std::unique_ptr<HttpClient> http, Backoff backoff)
    : service_(std::move(service)), endpoint_(std::move(endpoint)),
      credentials_(std::move(credentials)), http_(std::move(http)), backoff_(std::move(backoff)) {}

HttpRequest AwsJsonClient::signed_request(const std::string& operation, const std::string& body) {
  const Url url = parse_url(endpoint_.url, "endpoint");
  SignableRequest signable;
  signable.method = "POST";
  signable.path = url.path;
  signable.headers = {{"Host", url.authority()},
                      {"Content-Type", service_.content_type},
                      {"X-Amz-Target", service_.target + "." + operation}};
  signable.payload_hash = payload_hash(body);
  sign(signable, credentials_.get(),
       {endpoint_.region, service_.name, timestamp(now_s() + clock_offset_s_)});
  return {"POST", url.path == "/" ? endpoint_.url + "/" : endpoint_.url, signable.headers, body};
}

bool AwsJsonClient::correct_clock(const HttpReply& reply, const std::string& code) {
  if (!is_one_of(code, {"RequestTimeTooSkewed", "RequestExpired", "InvalidSignatureException",
                        "SignatureDoesNotMatch", "RequestInTheFuture"}))
    return false;
  const auto theirs = parse_http_date_s(reply.header("date").value_or(""));
  if (!theirs || std::abs(*theirs - now_s() - clock_offset_s_) < k_clock_tolerance_s)
    return false;
  clock_offset_s_ = *theirs - now_s();
  log::verbose("this machine's clock is " + std::to_string(-clock_offset_s_) +
               " s off the server's, which is used instead");
  return true;
}

HttpReply AwsJsonClient::exchange(const HttpRequest& request) {
  HttpReply reply = http_->send(request);
  const auto expected = reply.header("x-amz-crc32");
  if (expected && *expected != std::to_string(crc32(reply.body)))
    throw TransportError(place() + ": a reply arrived damaged (its CRC-32 differs)", "",
                         k_attempts);
  return reply;
}

Value AwsJsonClient::call(const std::string& operation, const Value& body) {
  const std::string text = to_json(body);
  bool is_renewed = false;
  for (int attempt = 1;; ++attempt) {
    check_interrupt();
    const bool is_last = attempt == k_attempts;
    const auto request = signed_request(operation, text);
    HttpReply reply;
    try {
      reply = exchange(request);
    } catch (const TransportError& error) {
      if (attempt >= error.attempts())
        throw;
      log::verbose(std::string(error.what()) + ": trying again");
      backoff_.wait(attempt);
      continue;
    }
    if (reply.status == 200)
      return parse_json(reply.body, place() + ": reply to " + operation);
    const Failure failure = read_failure(reply);
    if (!is_last && correct_clock(reply, failure.code))
      continue;
    if (!is_renewed && is_one_of(failure.code, {"ExpiredTokenException", "ExpiredToken"})) {
      credentials_.forget();
      is_renewed = true;
      continue;
    }
    if (is_last || !is_worth_repeating(reply.status, failure.code))
      throw AwsError(failure.code,
                     place() + ": " + operation + ": " + printable(failure.code) +
                         (failure.message.empty() ? "" : ": " + printable(failure.message)),
                     hint_for(failure.code));
    log::verbose(place() + ": " + operation + ": " + failure.code + ": trying again");
    backoff_.wait(attempt);
  }
}

std::unique_ptr<AwsJsonClient> create_aws_json_client(const AwsService& service,
                                                      const RemoteOptions& options) {
  const Environment environment = process_environment();
  const Profile profile = load_profile(options.profile, environment);
  Endpoint endpoint = resolve_endpoint(service.name, options, profile, environment);
  HttpOptions http;
  http.plain_http = options.plain_http;
  if (const auto bundle = environment("AWS_CA_BUNDLE").value_or(""); bundle.empty())
    http.ca_bundle = profile.find("ca_bundle").value_or("");
  CredentialChain chain(options.profile, profile, environment, create_http_client);
  return std::make_unique<AwsJsonClient>(service, std::move(endpoint), std::move(chain),
                                         create_http_client(std::move(http)));
}

} // namespace mlopsctl::net
