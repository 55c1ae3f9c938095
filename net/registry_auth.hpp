// SPDX-License-Identifier: Apache-2.0
// Who we are to a registry of images: the file that 'docker login' writes, ECR's tokens, and the
// tokens of a service that the registry names. No secret is ever part of a message.
#pragma once

#include "net/credentials.hpp"
#include "net/endpoint.hpp"
#include "net/http.hpp"

#include <map>
#include <optional>
#include <string>

namespace mlopsctl::net {

/// One of a WWW-Authenticate header (RFC 9110, section 11.6.1).
struct Challenge {
  std::string scheme;                        ///< small letters: "bearer", "basic"
  std::map<std::string, std::string> values; ///< names in small letters
};

/// Bearer before Basic; nothing if \p reply asks for neither.
std::optional<Challenge> find_challenge(const HttpReply& reply);

/// What is known of a registry before it was asked.
struct RegistryLogin {
  std::string basic;   ///< base64 of "user:password"; empty: none
  std::string refusal; ///< why what is known cannot be used; thrown where a login is needed
};

/// Of $DOCKER_CONFIG/config.json or ~/.docker/config.json. \throws Error(input) if it is damaged.
RegistryLogin find_login(const std::string& host, const Environment& environment);

/// "eu-west-1" for "123456789012.dkr.ecr.eu-west-1.amazonaws.com"; nothing for other hosts.
std::optional<std::string> ecr_region(const std::string& host);
/// GetAuthorizationToken, as base64 of "AWS:<password>". \throws Error(usage) if the options name
/// another region than the host.
std::string fetch_ecr_login(const std::string& region, const RemoteOptions& options);

/// The value of an Authorization header that answers \p challenge. \param scope
/// "repository:team/detector:pull,push", one or more with blanks between them.
/// \throws Error(remote) naming the token service's answer; Error(input) if a login is needed and
/// there is none.
std::string authorize(const Challenge& challenge, const RegistryLogin& login,
                      const std::string& scope, HttpClient& client);

} // namespace mlopsctl::net
