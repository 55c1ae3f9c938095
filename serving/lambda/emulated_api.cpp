// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/emulated_api.hpp"

#include "core/text.hpp"
#include "core/value.hpp"

#include <algorithm>

namespace mlopsctl::serving {
namespace {

constexpr std::string_view k_base = "/2018-06-01/runtime/";
constexpr const char* k_trace = "Root=1-00000000-000000000000000000000000;Sampled=0";

Response answer_of(int status, const std::string& type, const std::string& text) {
  Value document = Value::object();
  document["errorMessage"] = text;
  document["errorType"] = type;
  return {status, "application/json", to_json(document)};
}

Response accepted() {
  return {202, "application/json", R"({"status":"OK"})"};
}

std::string unix_ms_in(double seconds) {
  using std::chrono::milliseconds;
  const auto now =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  return std::to_string(now.count() + static_cast<std::int64_t>(seconds * 1e3));
}

} // namespace

void EmulatedApi::offer(const Invocation& invocation) {
  const std::lock_guard lock(mutex_);
  open_id_ = invocation.id;
  Response response{200, "application/json", invocation.event};
  response.headers = {{"Lambda-Runtime-Aws-Request-Id", invocation.id},
                      {"Lambda-Runtime-Deadline-Ms", unix_ms_in(timeout_s_)},
                      {"Lambda-Runtime-Invoked-Function-Arn", function_arn_},
                      {"Lambda-Runtime-Trace-Id", k_trace}};
  std::exchange(waiting_, {})(std::move(response));
}

std::optional<FunctionWord> EmulatedApi::wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  if (!wake_.wait_for(lock, time, [&] { return !words_.empty(); }))
    return std::nullopt;
  auto word = std::move(words_.front());
  words_.pop_front();
  return word;
}

std::optional<Response> EmulatedApi::begin(const Request& head) {
  if (!head.path.starts_with(k_base))
    return answer_of(404, "NotFound", "the runtime API is at " + std::string(k_base));
  return std::nullopt;
}

void EmulatedApi::handle(Request&& request, Answer answer) {
  const auto what = request.path.substr(k_base.size());
  if (request.method == "GET" && what == "invocation/next")
    return hold_next(request, std::move(answer));
  if (request.method != "POST")
    return answer(answer_of(405, "MethodNotAllowed", request.method + " " + request.path));
  const std::lock_guard lock(mutex_);
  answer(take(std::move(request), what));
}

void EmulatedApi::hold_next(const Request& request, Answer answer) {
  const std::lock_guard lock(mutex_);
  if (waiting_ || !open_id_.empty())
    return answer(answer_of(403, "InvalidStateTransition",
                            "an invocation is open; functions take one at a time"));
  waiting_ = std::move(answer);
  tell(FunctionWord::Kind::ready, "", request.received);
}

Response EmulatedApi::take(Request&& request, const std::string& what) {
  using Kind = FunctionWord::Kind;
  if (what == "init/error") {
    tell(Kind::init_error, std::move(request.body), request.received);
    return accepted();
  }
  const auto parts = split(what, '/'); // invocation/<id>/response
  const bool is_reply = parts.size() == 3 && parts[2] == "response";
  if (parts.size() != 3 || parts[0] != "invocation" || (!is_reply && parts[2] != "error"))
    return answer_of(404, "NotFound", "the runtime API has no " + printable(request.path));
  if (parts[1] == refused_id_ && !is_reply)
    return accepted();
  if (parts[1] != open_id_)
    return answer_of(400, "InvalidRequestID", printable(parts[1]) + " is not the open invocation");
  open_id_.clear();
  if (is_reply && request.body.size() > k_payload_bytes) {
    refused_id_ = parts[1];
    tell(Kind::too_large, std::to_string(request.body.size()), request.received);
    return answer_of(413, "RequestEntityTooLarge",
                     "Exceeded maximum allowed payload size (" + std::to_string(k_payload_bytes) +
                         " bytes).");
  }
  tell(is_reply ? Kind::reply : Kind::error, std::move(request.body), request.received);
  return accepted();
}

void EmulatedApi::tell(FunctionWord::Kind kind, std::string body, Clock::time_point at) {
  words_.push_back({kind, std::move(body), at});
  wake_.notify_one();
}

Response EmulatedApi::fault(int status, const std::string& text) {
  return answer_of(status, "InvalidRequest", text);
}

} // namespace mlopsctl::serving
