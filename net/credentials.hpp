// SPDX-License-Identifier: Apache-2.0
// Where keys come from, in the order of the AWS tools. No value of a key is ever in a message.
#pragma once

#include "net/http.hpp"
#include "net/profile.hpp"
#include "net/sigv4.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mlopsctl::net {

using HttpFactory = std::function<std::unique_ptr<HttpClient>(HttpOptions)>;

/// Keys, and until when they hold (seconds since 1970; nothing: for ever).
struct HeldCredentials {
  Credentials keys;
  std::optional<std::int64_t> expires_s;
};

/// The document of a container's or a machine's endpoint, and of a credential_process.
/// \param name for messages. \throws Error(remote) if it is none; the text is not quoted.
HeldCredentials parse_credentials_document(std::string_view json, const std::string& name);

/// "2026-11-21T08:00:00Z" -> seconds since 1970; fractions are dropped.
std::optional<std::int64_t> parse_utc_s(std::string_view text);

/// Environment (unless a profile is asked for), profile files, credential_process, container,
/// instance metadata (IMDSv2). Roles, web identity and SSO sessions are refused with the command
/// that turns them into keys.
class CredentialChain {
public:
  /// \param asked_profile of --profile; empty: AWS_PROFILE or "default".
  CredentialChain(std::string asked_profile, Profile profile, Environment environment,
                  HttpFactory http);

  /// Asked for again when they are about to end. \throws Error(input) if there are none.
  const Credentials& get();
  /// The next get() asks again: the server said that they ended.
  void forget() { held_.reset(); }

private:
  std::optional<HeldCredentials> from_environment() const;
  std::optional<HeldCredentials> from_profile() const;
  std::optional<HeldCredentials> from_container() const;
  std::optional<HeldCredentials> from_machine() const;
  void refuse_what_is_not_built() const;
  [[noreturn]] void refuse_kind(const std::string& kind) const;
  HeldCredentials find() const;

  std::string asked_profile_;
  Profile profile_;
  Environment environment_;
  HttpFactory http_;
  std::optional<HeldCredentials> held_;
};

} // namespace mlopsctl::net
