// SPDX-License-Identifier: Apache-2.0
#include "net/registry_auth.hpp"

#include "core/io.hpp"
#include "core/percent.hpp"
#include "core/text.hpp"
#include "core/value.hpp"
#include "net/aws_json.hpp"

#include <algorithm>

namespace mlopsctl::net {
namespace {

constexpr std::uint64_t k_config_bytes = std::uint64_t{1} << 20;
constexpr const char* k_login_hint = "log in first ('docker login', 'podman login --authfile "
                                     "~/.docker/config.json' or 'skopeo login' with the same flag)";

/// Reads `name=value` and `name="va\"l,ue"` separated by commas.
class ParameterReader {
public:
  explicit ParameterReader(std::string_view text) : text_(text) {}

  /// Nothing at the end, or where it is no parameter.
  std::optional<std::pair<std::string, std::string>> next() {
    skip(" \t,");
    const auto equals = text_.find_first_of("= ,\"");
    if (equals == std::string_view::npos || equals == 0 || text_[equals] != '=')
      return std::nullopt;
    auto name = lower(text_.substr(0, equals));
    text_.remove_prefix(equals + 1);
    if (!text_.starts_with('"')) {
      const auto end = std::min(text_.find_first_of(", \t"), text_.size());
      std::string value(text_.substr(0, end));
      text_.remove_prefix(end);
      return std::pair(std::move(name), std::move(value));
    }
    return std::pair(std::move(name), quoted());
  }

private:
  void skip(std::string_view characters) {
    text_.remove_prefix(std::min(text_.find_first_not_of(characters), text_.size()));
  }
  std::string quoted() {
    std::string value;
    text_.remove_prefix(1);
    while (!text_.empty() && text_.front() != '"') {
      if (text_.front() == '\\' && text_.size() > 1)
        text_.remove_prefix(1);
      value += text_.front();
      text_.remove_prefix(1);
    }
    if (!text_.empty())
      text_.remove_prefix(1);
    return value;
  }

  std::string_view text_;
};

bool is_base64(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/' || c == '=';
  });
}

/// Names under which tools keep one host.
bool is_name_of(std::string_view key, const std::string& host) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (key.starts_with(scheme))
      key.remove_prefix(scheme.size());
  if (host == "docker.io" || host == "registry-1.docker.io")
    return key == "index.docker.io/v1/" || key == "docker.io" || key == host;
  while (key.ends_with('/'))
    key.remove_suffix(1);
  return key == host;
}

const Value* find_host(const Value& root, std::string_view member, const std::string& host) {
  const Value* map = root.find(member);
  if (!map)
    return nullptr;
  for (const auto& [key, value] : map->members)
    if (is_name_of(key, host))
      return &value;
  return nullptr;
}

std::string refuse_helper(const std::string& host, const std::string& helper) {
  return host + ": its login is kept by the program docker-credential-" + printable(helper) +
         ", which is not run here";
}

std::string query_of(const Challenge& challenge, const std::string& scope) {
  std::string query;
  if (const auto service = challenge.values.find("service"); service != challenge.values.end())
    query = "service=" + percent_encode(service->second, false);
  for (const auto& part : split(scope, ' '))
    query += (query.empty() ? "scope=" : "&scope=") + percent_encode(part, false);
  return query;
}

std::string fetch_token(const Challenge& challenge, const RegistryLogin& login,
                        const std::string& scope, HttpClient& client) {
  const auto realm = challenge.values.find("realm");
  if (realm == challenge.values.end())
    throw Error(Fault::remote, "the registry asks for a token, and does not say where it is from");
  const auto& base = realm->second;
  HttpRequest request;
  request.url =
      base + (base.find('?') == std::string::npos ? "?" : "&") + query_of(challenge, scope);
  if (!login.basic.empty())
    request.headers = {{"Authorization", "Basic " + login.basic}};
  const auto place = parse_url(base.substr(0, base.find('?')), "realm of the registry").authority();
  const auto reply = client.send(request);
  if (reply.status == 401 || reply.status == 403)
    throw Error(Fault::remote,
                place + ": gives no token (HTTP " + std::to_string(reply.status) + ")" +
                    (login.basic.empty() ? ", and no login is known" : ""),
                k_login_hint);
  if (reply.status != 200)
    throw TransportError(place + ": HTTP " + std::to_string(reply.status) + " instead of a token",
                         "", reply.status >= 500 || reply.status == 429 ? k_attempts : 1);
  const auto document = parse_json(reply.body, place);
  for (const char* key : {"token", "access_token"})
    if (const Value* token = document.find(key);
        token && token->is_string() && !token->string.empty())
      return token->string;
  throw Error(Fault::remote, place + ": its answer has no token in it");
}

} // namespace

std::optional<Challenge> find_challenge(const HttpReply& reply) {
  std::optional<Challenge> found;
  for (const auto& [name, value] : reply.headers) {
    if (lower(name) != "www-authenticate")
      continue;
    const auto blank = std::min(value.find(' '), value.size());
    Challenge challenge{lower(value.substr(0, blank)), {}};
    if (challenge.scheme != "bearer" && challenge.scheme != "basic")
      continue;
    ParameterReader reader(std::string_view(value).substr(blank));
    while (auto parameter = reader.next())
      challenge.values.insert(std::move(*parameter));
    if (!found || challenge.scheme == "bearer")
      found = std::move(challenge);
  }
  return found;
}

RegistryLogin find_login(const std::string& host, const Environment& environment) {
  auto folder = environment("DOCKER_CONFIG").value_or("");
  if (folder.empty())
    folder = environment("HOME").value_or("") + "/.docker";
  const auto path = folder + "/config.json";
  RegistryLogin login;
  if (!is_file(path))
    return login;
  const auto root = parse_json(read_file(path, k_config_bytes), path);
  if (const Value* entry = find_host(root, "auths", host)) {
    const Value* auth = entry->find("auth");
    if (auth && is_base64(auth->string)) {
      login.basic = auth->string;
      return login;
    }
    if (auth && !auth->string.empty())
      throw Error(Fault::input, path + ": the login of " + host + " is no base64", k_login_hint);
    if (entry->find("identitytoken"))
      login.refusal = host + ": its login is an identity token, which is not known here";
  }
  const Value* helper = find_host(root, "credHelpers", host);
  if (!helper)
    helper = root.find("credsStore");
  if (login.refusal.empty() && helper && !helper->string.empty())
    login.refusal = refuse_helper(host, helper->string);
  return login;
}

std::optional<std::string> ecr_region(const std::string& host) {
  const auto parts = split(host, '.');
  constexpr std::size_t k_account_digits = 12;
  const bool is_ecr = parts.size() >= 6 && parts[0].size() == k_account_digits &&
                      parse_int(parts[0]) && parts[1] == "dkr" &&
                      (parts[2] == "ecr" || parts[2] == "ecr-fips") && is_region(parts[3]) &&
                      parts[4] == "amazonaws" && parts[5] == "com";
  const bool is_whole = parts.size() == 6 || (parts.size() == 7 && parts[6] == "cn");
  return is_ecr && is_whole ? std::optional(parts[3]) : std::nullopt;
}

std::string fetch_ecr_login(const std::string& region, const RemoteOptions& options) {
  if (!options.region.empty() && options.region != region)
    throw Error(Fault::usage,
                "--region: '" + options.region + "' is not the registry's, which is " + region,
                "a login of one region does not hold in another; leave --region out");
  auto own = options;
  own.region = region;
  auto setup = find_aws_setup("ecr", own);
  if (setup.endpoint.is_aws)
    setup.endpoint.url = aws_url("api.ecr", region);
  AwsJsonClient client(
      {"ecr", "AmazonEC2ContainerRegistry_V20150921", "application/x-amz-json-1.1"},
      std::move(setup.endpoint), std::move(setup.credentials),
      [http = std::move(setup.http)] { return create_http_client(http); });
  const auto reply = client.call("GetAuthorizationToken", Value::object());
  const Value* data = reply.find("authorizationData");
  const Value* token =
      data && !data->items.empty() ? data->items.front().find("authorizationToken") : nullptr;
  if (!token || !is_base64(token->string))
    throw Error(Fault::remote, client.place() + ": GetAuthorizationToken gave no token");
  return token->string;
}

std::string authorize(const Challenge& challenge, const RegistryLogin& login,
                      const std::string& scope, HttpClient& client) {
  if (login.basic.empty() && !login.refusal.empty())
    throw Error(Fault::input, login.refusal, k_login_hint);
  if (challenge.scheme == "bearer")
    return "Bearer " + fetch_token(challenge, login, scope, client);
  if (login.basic.empty())
    throw Error(Fault::input, "the registry asks for a login, and none is known", k_login_hint);
  return "Basic " + login.basic;
}

} // namespace mlopsctl::net
