// SPDX-License-Identifier: Apache-2.0
// Sending images to a registry, by the push half of the OCI distribution specification 1.0: blobs
// in pieces that are taken up again after a cut, the manifest last.
#pragma once

#include "core/io.hpp"
#include "net/registry_auth.hpp"
#include "net/registry_name.hpp"
#include "net/retry.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::net {

/// Bytes that an image is made of.
struct RegistryBlob {
  std::string digest; ///< "sha256:..."
  std::uint64_t size_bytes = 0;
  std::function<std::unique_ptr<ByteSource>()> open;
};

struct RegistryImage {
  std::vector<RegistryBlob> blobs; ///< layers and configuration
  std::string manifest;            ///< exact bytes
  std::string manifest_digest;
  std::string manifest_type; ///< its media type
};

/// One repository. One thread.
class RegistryClient {
public:
  /// How to come by a login once one is asked for.
  using FindLogin = std::function<RegistryLogin()>;
  RegistryClient(RegistryName name, bool plain_http, std::unique_ptr<HttpClient> client,
                 FindLogin find_login, Backoff backoff = Backoff());

  /// \throws Error saying what the registry refuses; TransportError.
  bool has_blob(const std::string& digest);
  /// \param mount_from another repository of the registry that may have it; empty: none.
  /// \param sent called with the bytes sent since the last call.
  /// \return the bytes that were sent: 0 if it was mounted.
  std::uint64_t push_blob(const RegistryBlob& blob, const std::string& mount_from,
                          const std::function<void(std::uint64_t)>& sent);
  void push_manifest(const RegistryImage& image);

  const RegistryName& name() const { return name_; }

private:
  struct Upload;
  HttpReply send(HttpRequest request);
  HttpReply send_once(const HttpRequest& request);
  void connect();
  bool log_in(const HttpReply& reply);
  std::string path(const std::string& rest) const;
  std::string resolve(const std::string& base, const HttpReply& reply) const;
  bool begin(const RegistryBlob& blob, const std::string& mount_from, Upload& upload);
  void send_pieces(const RegistryBlob& blob, Upload& upload);
  bool find_offset(Upload& upload);
  bool finish(const RegistryBlob& blob, Upload& upload, std::string body);
  [[noreturn]] void fail(const std::string& what, const HttpReply& reply) const;

  RegistryName name_;
  bool plain_http_;
  std::unique_ptr<HttpClient> client_;
  FindLogin find_login_;
  Backoff backoff_;
  std::string base_;  ///< "https://host", once it was spoken to
  std::string scope_; ///< of tokens
  std::optional<RegistryLogin> login_;
  std::string authorization_; ///< a header's value; empty: none was asked for
};

struct PushPlan {
  std::uint64_t sent_bytes = 0;     ///< of blobs, if none can be mounted
  std::vector<std::string> missing; ///< digests that the registry did not have
};

/// What push_image() would send.
PushPlan plan_push(RegistryClient& registry, const RegistryImage& image);
/// What \p plan names, then the manifest. \return the bytes of blobs that were sent.
std::uint64_t push_image(RegistryClient& registry, const RegistryImage& image, const PushPlan& plan,
                         const std::string& mount_from,
                         const std::function<void(std::uint64_t)>& sent);

/// With the login of the machine (~/.docker/config.json), or for ECR that of AWS.
RegistryClient create_registry_client(const RegistryName& name, const RemoteOptions& options);

} // namespace mlopsctl::net
