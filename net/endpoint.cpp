// SPDX-License-Identifier: Apache-2.0
#include "net/endpoint.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_longest_region = 63;

std::string upper(std::string text) {
  for (char& c : text)
    if (c >= 'a' && c <= 'z')
      c = static_cast<char>(c - 'a' + 'A');
  return text;
}

struct Found {
  std::string url;
  std::string name; ///< where it was said, for messages
};

/// A flag, then AWS_ENDPOINT_URL_<SERVICE>, AWS_ENDPOINT_URL, the profile's services, the profile.
Found configured_url(const std::string& service, const RemoteOptions& options,
                     const Profile& profile, const Environment& environment) {
  if (!options.endpoint_url.empty())
    return {options.endpoint_url, "--endpoint-url"};
  if (lower(environment("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").value_or("")) == "true")
    return {};
  const std::string own = "AWS_ENDPOINT_URL_" + upper(service);
  for (const auto& name : {own, std::string("AWS_ENDPOINT_URL")})
    if (const auto url = environment(name); url && !url->empty())
      return {*url, name};
  if (const auto url = profile.services.find(service + ".endpoint_url");
      url != profile.services.end() && !url->second.empty())
    return {url->second, "endpoint_url of " + service + " in the profile's services"};
  if (const auto url = profile.find("endpoint_url"))
    return {*url, "endpoint_url of profile '" + profile.name + "'"};
  return {};
}

std::string find_region(const RemoteOptions& options, const Profile& profile,
                        const Environment& environment) {
  if (!options.region.empty())
    return options.region;
  for (const char* name : {"AWS_REGION", "AWS_DEFAULT_REGION"})
    if (const auto region = environment(name); region && !region->empty())
      return *region;
  return profile.find("region").value_or("");
}

} // namespace

bool is_region(const std::string& text) {
  return !text.empty() && text.size() <= k_longest_region &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
         });
}

std::string aws_url(const std::string& service, const std::string& region) {
  return "https://" + service + "." + region + ".amazonaws.com" +
         (region.starts_with("cn-") ? ".cn" : "");
}

Endpoint resolve_endpoint(const std::string& service, const RemoteOptions& options,
                          const Profile& profile, const Environment& environment) {
  Found found = configured_url(service, options, profile, environment);
  Endpoint endpoint;
  endpoint.region = find_region(options, profile, environment);
  if (!found.url.empty()) {
    const Url url = parse_url(found.url, found.name);
    while (found.url.ends_with('/'))
      found.url.pop_back();
    endpoint.url = found.url;
    if (endpoint.region.empty() && url.is_this_machine())
      endpoint.region = "us-east-1"; // a test server: any will do
  }
  if (endpoint.region.empty())
    throw Error(Fault::usage, "no AWS region is set",
                "give --region, or set AWS_REGION or region in the profile");
  if (!is_region(endpoint.region))
    throw Error(Fault::usage, "'" + printable(endpoint.region) + "' is no AWS region",
                "such as eu-west-1");
  endpoint.is_aws = endpoint.url.empty();
  if (endpoint.is_aws)
    endpoint.url = aws_url(service, endpoint.region);
  return endpoint;
}

} // namespace mlopsctl::net
