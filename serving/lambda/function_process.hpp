// SPDX-License-Identifier: Apache-2.0
// The process of an emulated function: started as Lambda does, watched, and ended with all that it
// started.
#pragma once

#include "core/error.hpp"
#include "serving/lambda/function_sandbox.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace mlopsctl::serving {

struct FunctionStart {
  std::vector<std::string> words;       ///< the program's absolute path, and its arguments
  std::vector<std::string> environment; ///< NAME=VALUE, all of it
  std::string folder;                   ///< where it starts
  std::optional<SandboxPlan> sandbox;   ///< the paths above are those inside
};

/// This machine does not let us make the sandbox; without it the function could be started.
class SandboxError : public Error {
public:
  using Error::Error;
};

class FunctionProcess {
public:
  /// What it prints goes to our stderr; stdin is empty. \throws SandboxError; Error(input) if the
  /// program cannot be run.
  explicit FunctionProcess(const FunctionStart& start);
  ~FunctionProcess(); ///< killed, as Lambda does
  FunctionProcess(const FunctionProcess&) = delete;
  FunctionProcess& operator=(const FunctionProcess&) = delete;

  std::chrono::steady_clock::time_point started() const { return started_; }
  /// As waitpid() tells it; nothing while it runs.
  std::optional<int> status();
  /// The most memory that was resident so far in it and its children, mapped files included. Of one
  /// process the kernel notes the highest itself, so nothing is missed between two looks.
  std::uint64_t peak_bytes();

private:
  pid_t pid_ = -1;
  std::optional<int> status_;
  std::chrono::steady_clock::time_point started_;
  std::uint64_t peak_bytes_ = 0;
};

} // namespace mlopsctl::serving
