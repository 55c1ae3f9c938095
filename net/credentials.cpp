// SPDX-License-Identifier: Apache-2.0
#include "net/credentials.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "core/value.hpp"
#include "net/credential_process.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

namespace mlopsctl::net {
namespace {

constexpr std::uint64_t k_document_limit_bytes = 64 * 1024;
constexpr std::int64_t k_refresh_before_s = 300; ///< keys that end within this are asked for again
constexpr int k_machine_tries = 2;

std::int64_t now_s() {
  return std::chrono::duration_cast<std::chrono::seconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string text_of(const Value& document, const char* key) {
  const Value* value = document.find(key);
  return value != nullptr && value->is_string() ? value->string : std::string{};
}

/// A short question to an address of this machine's own network: no proxy, no TLS there.
HttpOptions local_options(double timeout_s) {
  HttpOptions options;
  options.connect_timeout_s = timeout_s;
  options.timeout_s = timeout_s;
  options.body_limit_bytes = k_document_limit_bytes;
  options.plain_http = true;
  options.use_proxy = false;
  return options;
}

bool is_container_host(const Url& url) {
  static const std::array<std::string, 3> k_hosts{"169.254.170.2", "169.254.170.23",
                                                  "[fd00:ec2::23]"};
  return url.scheme == "https" || url.is_this_machine() ||
         std::find(k_hosts.begin(), k_hosts.end(), url.host) != k_hosts.end();
}

} // namespace

std::optional<std::int64_t> parse_utc_s(std::string_view text) {
  std::array<std::int64_t, 6> parts{};
  constexpr std::array<std::size_t, 6> k_starts{0, 5, 8, 11, 14, 17};
  constexpr std::string_view k_marks = "--T::";
  if (text.size() < 20 || text.back() != 'Z')
    return std::nullopt;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::size_t length = i == 0 ? 4 : 2;
    const auto value = parse_int(text.substr(k_starts[i], length));
    if (!value || *value < 0 || (i > 0 && text[k_starts[i] - 1] != k_marks[i - 1]))
      return std::nullopt;
    parts[i] = *value;
  }
  std::tm time{};
  time.tm_year = static_cast<int>(parts[0]) - 1900;
  time.tm_mon = static_cast<int>(parts[1]) - 1;
  time.tm_mday = static_cast<int>(parts[2]);
  time.tm_hour = static_cast<int>(parts[3]);
  time.tm_min = static_cast<int>(parts[4]);
  time.tm_sec = static_cast<int>(parts[5]);
  return timegm(&time);
}

HeldCredentials parse_credentials_document(std::string_view json, const std::string& name) {
  Value document;
  try {
    document = parse_json(json, name);
  } catch (const Error&) { // its words quote the text, which may be a secret
    throw Error(Fault::remote, name + ": the reply with the keys is not JSON");
  }
  HeldCredentials held;
  held.keys.access_key_id = text_of(document, "AccessKeyId");
  held.keys.secret_access_key = text_of(document, "SecretAccessKey");
  held.keys.session_token = text_of(document, "Token"); // of endpoints
  if (held.keys.session_token.empty())
    held.keys.session_token = text_of(document, "SessionToken"); // of processes
  held.expires_s = parse_utc_s(text_of(document, "Expiration"));
  if (held.keys.access_key_id.empty() || held.keys.secret_access_key.empty())
    throw Error(Fault::remote, name + ": the reply has no AccessKeyId and SecretAccessKey");
  return held;
}

CredentialChain::CredentialChain(std::string asked_profile, Profile profile,
                                 Environment environment, HttpFactory http)
    : asked_profile_(std::move(asked_profile)), profile_(std::move(profile)),
      environment_(std::move(environment)), http_(std::move(http)) {}

const Credentials& CredentialChain::get() {
  if (held_ && held_->expires_s && *held_->expires_s - k_refresh_before_s < now_s())
    held_.reset();
  if (!held_)
    held_ = find();
  return held_->keys;
}

HeldCredentials CredentialChain::find() const {
  if (auto held = asked_profile_.empty() ? from_environment() : std::nullopt)
    return *held;
  refuse_what_is_not_built();
  if (auto held = from_profile())
    return *held;
  if (auto held = from_container())
    return *held;
  if (auto held = from_machine())
    return *held;
  throw Error(Fault::input,
              "no AWS credentials: not in the environment, not in profile '" +
                  printable(profile_.name) + "', not from a container or this machine",
              "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run 'aws configure'");
}

std::optional<HeldCredentials> CredentialChain::from_environment() const {
  HeldCredentials held;
  held.keys.access_key_id = environment_("AWS_ACCESS_KEY_ID").value_or("");
  held.keys.secret_access_key = environment_("AWS_SECRET_ACCESS_KEY").value_or("");
  held.keys.session_token = environment_("AWS_SESSION_TOKEN").value_or("");
  if (held.keys.access_key_id.empty() && held.keys.secret_access_key.empty())
    return std::nullopt;
  for (const auto& [name, value] :
       {NameValue{"AWS_ACCESS_KEY_ID", held.keys.access_key_id},
        NameValue{"AWS_SECRET_ACCESS_KEY", held.keys.secret_access_key}})
    if (value.empty())
      throw Error(Fault::input, name + ": is not set, though the other half of the key is",
                  "set both or neither");
  return held;
}

void CredentialChain::refuse_kind(const std::string& kind) const {
  const std::string profile = profile_.name == "default" ? "" : " --profile " + profile_.name;
  throw Error(Fault::input,
              "profile '" + printable(profile_.name) + "': credentials by " + kind +
                  " are not built into mlopsctl",
              "run: eval \"$(aws configure export-credentials --format env" + printable(profile) +
                  ")\"");
}

void CredentialChain::refuse_what_is_not_built() const {
  if (profile_.find("role_arn"))
    refuse_kind("assuming a role (role_arn)");
  if (asked_profile_.empty() && !environment_("AWS_WEB_IDENTITY_TOKEN_FILE").value_or("").empty())
    refuse_kind("web identity (AWS_WEB_IDENTITY_TOKEN_FILE)");
  if (profile_.find("sso_session") || profile_.find("sso_start_url"))
    refuse_kind("single sign-on (sso_session)");
}

std::optional<HeldCredentials> CredentialChain::from_profile() const {
  const auto read = [&](const Section& section) -> std::optional<HeldCredentials> {
    const auto id = section.find("aws_access_key_id");
    const auto secret = section.find("aws_secret_access_key");
    if (id == section.end() && secret == section.end())
      return std::nullopt;
    if (id == section.end() || secret == section.end())
      throw Error(Fault::input,
                  "profile '" + printable(profile_.name) + "': has " +
                      (id == section.end() ? "no aws_access_key_id" : "no aws_secret_access_key"));
    const auto token = section.find("aws_session_token");
    return HeldCredentials{
        {id->second, secret->second, token == section.end() ? "" : token->second}, std::nullopt};
  };
  if (auto held = read(profile_.credentials))
    return held;
  if (const auto command = profile_.find("credential_process"))
    return parse_credentials_document(run_credential_process(*command),
                                      "credential_process of profile '" + printable(profile_.name) +
                                          "'");
  return read(profile_.config);
}

std::optional<HeldCredentials> CredentialChain::from_container() const {
  const auto relative = environment_("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI").value_or("");
  const auto full = environment_("AWS_CONTAINER_CREDENTIALS_FULL_URI").value_or("");
  if (relative.empty() && full.empty())
    return std::nullopt;
  HttpRequest request;
  request.url = relative.empty() ? full : "http://169.254.170.2" + relative;
  const std::string name = relative.empty() ? "AWS_CONTAINER_CREDENTIALS_FULL_URI"
                                            : "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
  const Url url = parse_url(request.url.substr(0, request.url.find('?')), name);
  if (!is_container_host(url))
    throw Error(Fault::input, name + ": '" + printable(url.host) + "' may not be asked for keys",
                "https, this machine, and the addresses of ECS and EKS may");
  std::string token = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN").value_or("");
  if (const auto file = environment_("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
      file && !file->empty())
    token = trim(read_file(*file, k_document_limit_bytes));
  if (!token.empty())
    request.headers.emplace_back("Authorization", token);
  const auto reply = http_(local_options(2))->send(request);
  if (reply.status != 200)
    throw Error(Fault::remote, name + ": the reply is " + std::to_string(reply.status));
  return parse_credentials_document(reply.body, name);
}

std::optional<HeldCredentials> CredentialChain::from_machine() const {
  if (lower(environment_("AWS_EC2_METADATA_DISABLED").value_or("")) == "true")
    return std::nullopt;
  std::string base = environment_("AWS_EC2_METADATA_SERVICE_ENDPOINT").value_or("");
  if (base.empty())
    base = "http://169.254.169.254";
  while (base.ends_with('/'))
    base.pop_back();
  const auto http = http_(local_options(1));
  HttpReply token;
  for (int tries = 1;; ++tries) {
    try {
      token = http->send({"PUT",
                          base + "/latest/api/token",
                          {{"x-aws-ec2-metadata-token-ttl-seconds", "21600"}},
                          ""});
      break;
    } catch (const TransportError&) {
      if (tries == k_machine_tries)
        return std::nullopt; // not a machine of EC2
    }
  }
  if (token.status != 200)
    return std::nullopt;
  const auto ask = [&](const std::string& path) {
    return http->send({"GET",
                       base + "/latest/meta-data/iam/security-credentials/" + path,
                       {{"x-aws-ec2-metadata-token", token.body}},
                       ""});
  };
  const auto role = ask("");
  if (role.status != 200)
    return std::nullopt; // a machine without a role
  const std::string first(trim(split(role.body, '\n').front()));
  const auto reply = ask(percent_encode(first, false));
  if (reply.status != 200)
    throw Error(Fault::remote, "instance metadata: the reply for the role's keys is " +
                                   std::to_string(reply.status));
  return parse_credentials_document(reply.body, "instance metadata");
}

} // namespace mlopsctl::net
