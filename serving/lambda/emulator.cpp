// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/emulator.hpp"

#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/value.hpp"
#include "serving/lambda/emulated_api.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sys/wait.h>

namespace mlopsctl::serving {
namespace {

using Status = EmulatedReply::Status;

constexpr std::chrono::milliseconds k_look{10}; ///< how often the process is looked at
constexpr std::uint64_t k_mib = std::uint64_t{1} << 20;
constexpr double k_never_s = 1e7; ///< a function may think as long as its own limit says
constexpr const char* k_arn = "arn:aws:lambda:us-east-1:000000000000:function:function";

double milliseconds(Clock::duration time) {
  return std::chrono::duration<double, std::milli>(time).count();
}

Clock::duration to_duration(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

ServerOptions api_options() {
  ServerOptions options;
  options.port = 0;
  options.body_bytes = 4 * k_payload_bytes; // over its own limit a reply still gets its 413
  options.all_bodies_bytes = 2 * options.body_bytes;
  options.idle_timeout_s = k_never_s;
  return options;
}

/// As Lambda's look, and the same in every run.
std::string request_id(std::int64_t call) {
  const auto digits = std::to_string(call);
  return "00000000-0000-4000-8000-" +
         std::string(12 - std::min<std::size_t>(12, digits.size()), '0') + digits;
}

std::string error_body(const std::string& type, const std::string& message) {
  Value document = Value::object();
  document["errorType"] = type;
  document["errorMessage"] = message;
  return to_json(document);
}

/// In the words of Lambda's own.
std::string how_it_ended(int status) {
  if (WIFSIGNALED(status))
    return "Runtime exited with error: signal: " +
           lower(::strsignal(WTERMSIG(status))); // NOLINT(concurrency-mt-unsafe): per thread
  if (WEXITSTATUS(status) == 0)
    return "Runtime exited without providing a reason";
  return "Runtime exited with error: exit status " + std::to_string(WEXITSTATUS(status));
}

} // namespace

/// A process of the function, and the API that it alone speaks to.
struct LambdaEmulator::Instance {
  explicit Instance(double timeout_s) : api(k_arn, timeout_s), server(api_options(), api) {}
  EmulatedApi api;
  HttpServer server;
  std::optional<FunctionProcess> process; ///< last: ends first
};

struct LambdaEmulator::Happened {
  enum class Kind { word, timed_out, out_of_memory, exited };
  Kind kind = Kind::word;
  FunctionWord word = {};
  int status = 0; ///< of the process
  bool is(FunctionWord::Kind what) const { return kind == Kind::word && word.kind == what; }
};

std::string_view status_name(Status status) {
  switch (status) {
  case Status::ok: return "ok";
  case Status::error: return "error";
  case Status::init_error: return "init-error";
  case Status::timed_out: return "timed-out";
  case Status::out_of_memory: return "out-of-memory";
  case Status::exited: return "exited";
  case Status::refused: return "refused";
  case Status::too_large: return "too-large";
  }
  return "";
}

LambdaEmulator::LambdaEmulator(EmulatedFunction function, const EmulatedLimits& limits)
    : function_(std::move(function)), limits_(limits) {}
LambdaEmulator::~LambdaEmulator() = default;

EmulatedReply LambdaEmulator::call(const std::string& event) {
  EmulatedReply reply;
  reply.request_id = request_id(++calls_);
  if (event.size() > k_payload_bytes) {
    reply.status = Status::refused;
    reply.body = error_body("RequestEntityTooLargeException",
                            "Request must be smaller than " + std::to_string(k_payload_bytes) +
                                " bytes for the InvokeFunction operation");
    return reply;
  }
  auto begun = Clock::now();
  if (instance_ || initialize(reply, begun))
    invoke(event, reply, begun);
  reply.billed_ms = std::ceil(reply.duration_ms + reply.init_ms.value_or(0));
  return reply;
}

void LambdaEmulator::start() {
  instance_ = std::make_unique<Instance>(limits_.timeout_s);
  const auto address = instance_->server.url().substr(std::string_view("http://").size());
  try {
    if (sandbox_fault_.empty())
      instance_->process.emplace(start_of(address, true));
  } catch (const SandboxError& error) {
    sandbox_fault_ = error.what();
    log::warn("the function can write everywhere, and its /tmp is this machine's: a sandbox is not "
              "allowed here (" +
              sandbox_fault_ + ")");
  }
  if (!sandbox_fault_.empty())
    instance_->process.emplace(start_of(address, false));
}

FunctionStart LambdaEmulator::start_of(const std::string& api_address, bool is_sandboxed) const {
  const std::filesystem::path task = is_sandboxed ? k_task_root : function_.task_folder;
  FunctionStart start;
  start.words = function_.words;
  start.words.front() = (task / start.words.front()).string();
  start.folder = task.string();
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
  start.environment = {
      "AWS_LAMBDA_RUNTIME_API=" + api_address,
      "LAMBDA_TASK_ROOT=" + task.string(),
      "LAMBDA_RUNTIME_DIR=/var/runtime",
      "_HANDLER=bootstrap",
      "AWS_LAMBDA_FUNCTION_NAME=function",
      "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
      "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=" + std::to_string(limits_.memory_mb),
      "AWS_LAMBDA_INITIALIZATION_TYPE=on-demand",
      "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/function",
      "AWS_LAMBDA_LOG_STREAM_NAME=2026/01/01/[$LATEST]00000000000000000000000000000000",
      "PATH=/usr/local/bin:/usr/bin/:/bin:/opt/bin",
      "LANG=en_US.UTF-8",
      "TZ=:UTC"};
  start.environment.insert(start.environment.end(), function_.environment.begin(),
                           function_.environment.end());
  if (is_sandboxed)
    start.sandbox = plan_sandbox(function_.root, function_.task_folder, function_.visible,
                                 static_cast<std::uint64_t>(limits_.tmp_mb) * k_mib);
  return start;
}

LambdaEmulator::Happened LambdaEmulator::watch(Clock::time_point deadline) {
  using Kind = Happened::Kind;
  for (;;) {
    check_interrupt();
    auto word = instance_->api.wait(k_look);
    // Looked at also where it told something: what it told may have cost the memory.
    if (instance_->process->peak_bytes() > static_cast<std::uint64_t>(limits_.memory_mb) * k_mib)
      return {Kind::out_of_memory};
    if (word)
      return {Kind::word, std::move(*word)};
    if (const auto status = instance_->process->status())
      return {Kind::exited, {}, *status};
    if (Clock::now() > deadline)
      return {Kind::timed_out};
  }
}

/// Starts a process. \param begun when the invocation's own time begins.
bool LambdaEmulator::initialize(EmulatedReply& reply, Clock::time_point& begun) {
  start();
  const auto started = instance_->process->started();
  auto happened = watch(started + to_duration(limits_.init_s));
  begun = Clock::now();
  if (happened.kind == Happened::Kind::timed_out) {
    // https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html, "Init phase"
    log::warn("INIT_REPORT: the function was not ready after " + number(limits_.init_s) +
              " s; it is started once more, in the time of the invocation");
    start();
    begun = instance_->process->started();
    happened = watch(begun + to_duration(limits_.timeout_s));
  } else {
    reply.init_ms =
        milliseconds((happened.kind == Happened::Kind::word ? happened.word.at : begun) - started);
  }
  if (happened.is(FunctionWord::Kind::ready))
    return true;
  if (!reply.init_ms)
    reply.duration_ms = milliseconds(Clock::now() - begun);
  fail(reply, happened);
  return false;
}

void LambdaEmulator::invoke(const std::string& event, EmulatedReply& reply,
                            Clock::time_point begun) {
  const auto deadline = begun + to_duration(limits_.timeout_s);
  instance_->api.offer({reply.request_id, event});
  auto happened = watch(deadline);
  const auto ended = happened.kind == Happened::Kind::word ? happened.word.at : Clock::now();
  reply.duration_ms = milliseconds(ended - begun);
  if (!happened.is(FunctionWord::Kind::reply))
    fail(reply, happened);
  else
    reply.body = std::move(happened.word.body);
  if (!instance_)
    return;
  reply.max_memory_mb = static_cast<int>((instance_->process->peak_bytes() + k_mib - 1) / k_mib);
  // An invocation ends when the function asks for the next one.
  if (!watch(deadline).is(FunctionWord::Kind::ready))
    instance_.reset();
}

/// What Lambda's caller gets instead of a reply. Only after an error that the function told itself
/// it lives on.
void LambdaEmulator::fail(EmulatedReply& reply, const Happened& happened) {
  using Kind = Happened::Kind;
  const auto lambda_says = [&](Status status, const std::string& type, const std::string& text) {
    reply.status = status;
    reply.body = error_body(type, "RequestId: " + reply.request_id + " Error: " + text);
  };
  reply.max_memory_mb = static_cast<int>((instance_->process->peak_bytes() + k_mib - 1) / k_mib);
  if (happened.is(FunctionWord::Kind::error) || happened.is(FunctionWord::Kind::init_error)) {
    const bool is_init = happened.word.kind == FunctionWord::Kind::init_error;
    reply.status = is_init ? Status::init_error : Status::error;
    reply.body = happened.word.body;
    if (!is_init)
      return;
  } else if (happened.is(FunctionWord::Kind::too_large)) {
    lambda_says(Status::too_large, "Function.ResponseSizeTooLarge",
                "Response payload size (" + happened.word.body +
                    " bytes) exceeded maximum allowed payload size (" +
                    std::to_string(k_payload_bytes) + " bytes).");
    return;
  } else if (happened.kind == Kind::timed_out) {
    lambda_says(Status::timed_out, "Sandbox.Timedout",
                "Task timed out after " + fixed(limits_.timeout_s, 2) + " seconds");
  } else if (happened.kind == Kind::out_of_memory) {
    lambda_says(Status::out_of_memory, "Runtime.OutOfMemory",
                "Runtime exited with error: signal: killed");
  } else if (happened.kind == Kind::exited) {
    lambda_says(Status::exited, "Runtime.ExitError", how_it_ended(happened.status));
  } else {
    lambda_says(Status::error, "Runtime.InvalidState",
                "the function asked for an invocation and has one");
  }
  instance_.reset();
}

} // namespace mlopsctl::serving
