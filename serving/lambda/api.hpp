// SPDX-License-Identifier: Apache-2.0
// Lambda's runtime API as a custom runtime sees it: takes invocations, hands results back.
// Source: docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
#pragma once

#include "net/http.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace mlopsctl::serving {

inline constexpr std::uint64_t k_payload_bytes = 6'291'456; ///< of an event or a result

struct Invocation {
  std::string id;
  std::string event; ///< JSON
};

class LambdaApi {
public:
  /// \param address host:port, as AWS_LAMBDA_RUNTIME_API says it.
  explicit LambdaApi(const std::string& address);

  /// Waits without an end: the process may be frozen meanwhile. \throws Error(remote).
  Invocation next();
  /// \throws Error(input) if the result is too large, here or in the API's opinion; Error(remote)
  /// if the API does not take it: there is no going on then.
  void respond(const Invocation& invocation, const std::string& result);
  void fail(const Invocation& invocation, const std::string& type, const std::string& message);
  /// Nothing was asked yet: the function cannot start.
  void fail_init(const std::string& type, const std::string& message);

private:
  net::HttpReply post(const std::string& path, const std::string& body, const std::string& type);

  std::string base_;
  std::unique_ptr<net::HttpClient> client_;
};

} // namespace mlopsctl::serving
