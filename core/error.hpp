// SPDX-License-Identifier: Apache-2.0
// Error: the one exception type, and Problem: one bad record of many.
#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl {

/// Who has to act: the person at the command line, the one who made the input, the other machine,
/// or us.
enum class Fault { usage, input, remote, internal };

/// Thrown where the place is known; printed once, in cli/, as "<what>; <hint>".
class Error : public std::runtime_error {
public:
  /// \param what  "<where>: <what is wrong, with the value>"
  /// \param hint  what to do about it; may be empty
  Error(Fault fault, const std::string& what, std::string hint = {})
      : std::runtime_error(what), fault_(fault), hint_(std::move(hint)) {}

  Fault fault() const { return fault_; }
  const std::string& hint() const { return hint_; }

private:
  Fault fault_;
  std::string hint_;
};

/// Thrown by check_interrupt() after SIGINT or SIGTERM, so that destructors remove what is
/// half-written.
class Interrupted : public std::exception {
public:
  explicit Interrupted(int signal) : signal_(signal) {}
  int signal() const { return signal_; }
  const char* what() const noexcept override { return "interrupted"; }

private:
  int signal_;
};

/// A bad record never stops the reading of the others: it is collected, and the caller decides.
enum class Severity { warning, error };

struct Problem {
  std::string rule; ///< stable id, such as "box-outside-image"
  Severity severity = Severity::error;
  std::string place; ///< "file:line" or "file" or "file: key"
  std::string text;  ///< what is wrong, with the value
};

using Problems = std::vector<Problem>;

} // namespace mlopsctl
