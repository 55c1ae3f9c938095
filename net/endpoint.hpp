// SPDX-License-Identifier: Apache-2.0
// Which machine a service is spoken to on: region and endpoint.
#pragma once

#include "net/http.hpp"
#include "net/profile.hpp"

#include <string>

namespace mlopsctl::net {

/// What the command line says; empty: the environment, then the profile.
struct RemoteOptions {
  std::string region;
  std::string profile;
  std::string endpoint_url;
  bool plain_http = false; ///< credentials may go to other machines unencrypted
};

struct Endpoint {
  std::string url; ///< without a '/' at its end
  std::string region;
  bool is_aws = false; ///< nobody named another machine
};

/// Small letters, digits and '-'.
bool is_region(const std::string& text);
/// "https://dynamodb.eu-west-1.amazonaws.com".
std::string aws_url(const std::string& service, const std::string& region);

/// \param service as in host names: "dynamodb". \throws Error(usage) if there is no region, or
/// something is not a URL or a region.
Endpoint resolve_endpoint(const std::string& service, const RemoteOptions& options,
                          const Profile& profile, const Environment& environment);

} // namespace mlopsctl::net
