// SPDX-License-Identifier: Apache-2.0
// A service over HTTP that finds things in pictures: how it is asked, and what it says of its
// model.
#pragma once

#include "net/http.hpp"
#include "storage/benchmark_row.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace mlopsctl::bench {

inline constexpr std::uint64_t k_picture_bytes = std::uint64_t{256}
                                                 << 20; ///< of a file that is sent

/// How a picture is sent: its bytes, a form with the file 'image', or JSON {"image": base64}.
enum class Encoding { raw, multipart, base64 };

struct ServiceOptions {
  std::string url;   ///< of POST
  std::string token; ///< empty: none is sent
  Encoding encoding = Encoding::raw;
  double timeout_s = 60;       ///< of a request
  double ready_timeout_s = 10; ///< for a service that answers 503 at first
  bool plain_http = false;
};

/// Of what a user names as a model: "http://..." or "https://...".
bool is_service(const std::string& model);

/// One connection to a service. One thread.
class Service {
public:
  explicit Service(const ServiceOptions& options);

  /// \param picture bytes of its file. Sent once. \throws net::TransportError without a reply.
  net::HttpReply send(std::string picture);
  /// As send(), until the service is ready. \return the reply 200, or 429.
  /// \throws Error(remote) for another status, with the first words of the reply.
  net::HttpReply wait_until_ready(const std::string& picture);
  /// As send(), again where that helps: no reply, 429 and 5xx. \return the reply 200.
  net::HttpReply ask(const std::string& picture);

private:
  const ServiceOptions& options_;
  std::unique_ptr<net::HttpClient> client_;
};

/// Asks at /metrics for name, version, digest, threads and engine of the model; where the service
/// does not say them, the name is its URL.
void describe_service(const ServiceOptions& options, storage::BenchmarkRow& row);

} // namespace mlopsctl::bench
