// SPDX-License-Identifier: Apache-2.0
#include "storage/remote.hpp"

#include "core/remote.hpp"
#include "net/s3.hpp"
#include "storage/object_cache.hpp"
#include "storage/s3_folder.hpp"
#include "storage/s3_object.hpp"

namespace mlopsctl::storage {

net::RemoteOptions& remote_options() {
  static net::RemoteOptions options;
  return options;
}

net::S3Client& s3_client() {
  static const auto client = net::create_s3_client(remote_options());
  return *client;
}

void register_s3_scheme() {
  static const RemoteScheme scheme{
      "s3://",
      [](const std::string& url) {
        const auto name = net::parse_s3_url(url);
        return object_cache().empty() ? open_s3_source(s3_client(), name)
                                      : open_kept_source(s3_client(), name, object_cache());
      },
      [](const std::string& url, Existing existing) {
        return create_s3_sink(s3_client(), net::parse_s3_url(url), existing);
      },
      [](const std::string& url) { return open_s3_folder(s3_client(), url); },
      [](const std::string& url, Existing existing) {
        return create_s3_folder(s3_client(), url, existing);
      },
      [](const std::string& url) { return is_s3_folder(s3_client(), url); },
      [](const std::string& url) {
        const auto name = net::parse_s3_url(url);
        return !name.key.empty() && s3_client().head(name).has_value();
      }};
  register_remote_scheme(scheme);
}

} // namespace mlopsctl::storage
