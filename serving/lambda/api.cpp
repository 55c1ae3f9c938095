// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/api.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

namespace mlopsctl::serving {
namespace {

constexpr int k_ok = 200;
constexpr int k_accepted = 202;
constexpr int k_too_large = 413;
constexpr const char* k_hint = "AWS_LAMBDA_RUNTIME_API names it as HOST:PORT";

std::string error_document(const std::string& type, const std::string& message) {
  Value document = Value::object();
  document["errorMessage"] = message;
  document["errorType"] = type;
  document["stackTrace"] = Value::array();
  return to_json(document);
}

[[noreturn]] void fail_too_large(std::size_t bytes) {
  throw Error(Fault::input,
              "the result is " + bytes_for_people(bytes) + ", over Lambda's limit of " +
                  bytes_for_people(k_payload_bytes),
              "raise decoder.score_threshold, so that fewer objects are told");
}

} // namespace

LambdaApi::LambdaApi(const std::string& address)
    : base_("http://" + address + "/2018-06-01/runtime/") {
  net::HttpOptions options;
  options.timeout_s = 0; // none
  options.body_limit_bytes = k_payload_bytes;
  options.plain_http = true; // the API is of this machine, whatever its address
  options.use_proxy = false;
  client_ = net::create_http_client(options);
}

Invocation LambdaApi::next() {
  auto reply = client_->send({"GET", base_ + "invocation/next", {}, ""});
  const auto id = reply.header("Lambda-Runtime-Aws-Request-Id");
  if (reply.status != k_ok || !id || id->empty())
    throw Error(Fault::remote,
                base_ + "invocation/next: HTTP " + std::to_string(reply.status) +
                    (id ? "" : " without a request id"),
                k_hint);
  return {*id, std::move(reply.body)};
}

net::HttpReply LambdaApi::post(const std::string& path, const std::string& body,
                               const std::string& type) {
  net::HttpRequest request{"POST", base_ + path, {{"Content-Type", "application/json"}}, body};
  if (!type.empty())
    request.headers.emplace_back("Lambda-Runtime-Function-Error-Type", type);
  return client_->send(request);
}

void LambdaApi::respond(const Invocation& invocation, const std::string& result) {
  if (result.size() > k_payload_bytes)
    fail_too_large(result.size());
  const auto path = "invocation/" + invocation.id + "/response";
  const auto reply = post(path, result, "");
  if (reply.status == k_too_large)
    fail_too_large(result.size());
  if (reply.status != k_accepted)
    throw Error(Fault::remote, base_ + path + ": HTTP " + std::to_string(reply.status), k_hint);
}

void LambdaApi::fail(const Invocation& invocation, const std::string& type,
                     const std::string& message) {
  const auto path = "invocation/" + invocation.id + "/error";
  const auto reply = post(path, error_document(type, message), type);
  if (reply.status != k_accepted)
    throw Error(Fault::remote, base_ + path + ": HTTP " + std::to_string(reply.status), k_hint);
}

void LambdaApi::fail_init(const std::string& type, const std::string& message) {
  post("init/error", error_document(type, message), type);
}

} // namespace mlopsctl::serving
