// SPDX-License-Identifier: Apache-2.0
// Lambda on this machine, for one function: starts it, gives it events one after the other, and
// holds it to Lambda's limits.
#pragma once

#include "serving/http/message.hpp"
#include "serving/lambda/function_process.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::serving {

struct EmulatedLimits {
  int memory_mb = 2048; ///< resident, of the function and its children; over it they are killed
  double timeout_s = 60;
  int tmp_mb = 512;
  double init_s = 10; ///< from the start of the program to its first request for an invocation
};

struct EmulatedFunction {
  /// Of Lambda's side: /var/task, read-only.
  std::filesystem::path task_folder;
  /// An empty folder: where a file system for it is put together.
  std::filesystem::path root;
  /// The program, absolute or in the task folder, and its arguments.
  std::vector<std::string> words;
  std::vector<std::string> environment;       ///< NAME=VALUE, beside what Lambda sets
  std::vector<std::filesystem::path> visible; ///< that it needs outside, see plan_sandbox()
};

struct EmulatedReply {
  enum class Status { ok, error, init_error, timed_out, out_of_memory, exited, refused, too_large };
  Status status = Status::ok;
  std::string request_id;
  /// The function's reply as it sent it; for all else what Lambda's caller gets: an object with
  /// errorMessage and errorType.
  std::string body;
  double duration_ms = 0;        ///< of the invocation
  std::optional<double> init_ms; ///< where a process was started for it
  double billed_ms = 0;          ///< the two, rounded up
  int max_memory_mb = 0;         ///< of the process so far
};
std::string_view status_name(EmulatedReply::Status status); ///< "timed-out"

class LambdaEmulator {
public:
  LambdaEmulator(EmulatedFunction function, const EmulatedLimits& limits);
  ~LambdaEmulator();
  LambdaEmulator(const LambdaEmulator&) = delete;
  LambdaEmulator& operator=(const LambdaEmulator&) = delete;

  /// Why / can be written to and /tmp is not limited: this machine does not allow a sandbox. Empty
  /// if they are as on Lambda. Known after the first call.
  const std::string& sandbox_fault() const { return sandbox_fault_; }

  /// \param event JSON. \throws Error(input) if the program cannot be run at all; Interrupted.
  EmulatedReply call(const std::string& event);

private:
  struct Instance;
  struct Happened;
  void start();
  Happened watch(Clock::time_point deadline);
  bool initialize(EmulatedReply& reply, Clock::time_point& begun);
  void invoke(const std::string& event, EmulatedReply& reply, Clock::time_point begun);
  void fail(EmulatedReply& reply, const Happened& happened);
  FunctionStart start_of(const std::string& api_address, bool is_sandboxed) const;

  const EmulatedFunction function_;
  const EmulatedLimits limits_;
  std::unique_ptr<Instance> instance_; ///< null: the next event is a cold start
  std::string sandbox_fault_;
  std::int64_t calls_ = 0;
};

} // namespace mlopsctl::serving
