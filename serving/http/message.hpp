// SPDX-License-Identifier: Apache-2.0
// One request and one reply of our HTTP server, and an error that has a status.
#pragma once

#include "core/error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::serving {

using Clock = std::chrono::steady_clock;
using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method; ///< "POST"
  std::string path;   ///< up to '?', as it was sent
  Headers headers;
  std::string body;
  Clock::time_point begun;    ///< its first byte was here
  Clock::time_point received; ///< its last byte was here

  /// The first of that name, case ignored.
  std::optional<std::string_view> header(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  Headers headers{};
};

/// What the other side did wrong, or cannot have now.
class HttpError : public Error {
public:
  HttpError(int status, const std::string& what, std::string hint = {}, Headers headers = {})
      : Error(Fault::input, what, std::move(hint)), status_(status), headers_(std::move(headers)) {}
  int status() const { return status_; }
  const Headers& headers() const { return headers_; } ///< that the reply needs, such as Allow

private:
  int status_;
  Headers headers_;
};

} // namespace mlopsctl::serving
