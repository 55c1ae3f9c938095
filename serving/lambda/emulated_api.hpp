// SPDX-License-Identifier: Apache-2.0
// Lambda's side of the runtime API, for one process of a function: hands out invocations and notes
// what comes back. Source: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include "serving/http/server.hpp"
#include "serving/lambda/api.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <string>

namespace mlopsctl::serving {

/// What a function told.
struct FunctionWord {
  enum class Kind {
    ready,      ///< it waits for an invocation
    init_error, ///< it cannot start
    reply,      ///< to the invocation
    error,      ///< of the invocation
    too_large   ///< a reply that Lambda does not take
  };
  Kind kind = Kind::ready;
  std::string body = {};
  Clock::time_point at; ///< its last byte was here
};

class EmulatedApi final : public Handler {
public:
  /// \param timeout_s how long after it was handed out an invocation ends.
  EmulatedApi(std::string function_arn, double timeout_s)
      : function_arn_(std::move(function_arn)), timeout_s_(timeout_s) {}

  /// To a function that is ready; one at a time.
  void offer(const Invocation& invocation);
  /// The next thing that it told; nothing if it says nothing for so long.
  std::optional<FunctionWord> wait(std::chrono::milliseconds time);

  std::optional<Response> begin(const Request& head) override;
  void handle(Request&& request, Answer answer) override;
  Response fault(int status, const std::string& text) override;

private:
  void hold_next(const Request& request, Answer answer);
  Response take(Request&& request, const std::string& what);
  void tell(FunctionWord::Kind kind, std::string body, Clock::time_point at);

  const std::string function_arn_;
  const double timeout_s_;
  std::mutex mutex_; ///< of all below
  std::condition_variable wake_;
  std::deque<FunctionWord> words_;
  Answer waiting_;         ///< of the function's open request for an invocation
  std::string open_id_;    ///< the invocation that it has; empty: none
  std::string refused_id_; ///< the one whose reply was too large: it may still tell an error
};

} // namespace mlopsctl::serving
