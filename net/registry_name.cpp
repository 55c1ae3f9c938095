// SPDX-License-Identifier: Apache-2.0
#include "net/registry_name.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "net/http.hpp"

#include <algorithm>

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_longest_repository = 255;
constexpr std::size_t k_longest_tag = 128;

[[noreturn]] void refuse(const std::string& what) {
  throw Error(Fault::usage, what, "write it as docker://HOST/REPOSITORY:TAG");
}

bool is_small_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/// [a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*, OCI distribution specification.
bool is_path_part(std::string_view part) {
  if (part.empty() || !is_small_or_digit(part.front()) || !is_small_or_digit(part.back()))
    return false;
  for (std::size_t i = 0; i < part.size();) {
    const auto end =
        std::find_if(part.begin() + static_cast<std::ptrdiff_t>(i), part.end(), is_small_or_digit);
    const auto between = part.substr(i, static_cast<std::size_t>(end - part.begin()) - i);
    const bool is_fine = between.empty() || between == "." || between == "_" || between == "__" ||
                         between.find_first_not_of('-') == std::string_view::npos;
    if (!is_fine)
      return false;
    i += std::max<std::size_t>(between.size(), 1);
  }
  return true;
}

bool is_tag(std::string_view tag) {
  const auto is_word = [](char c) {
    return is_small_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !tag.empty() && tag.size() <= k_longest_tag && is_word(tag.front()) &&
         std::all_of(tag.begin(), tag.end(),
                     [&](char c) { return is_word(c) || c == '.' || c == '-'; });
}

} // namespace

std::string RegistryName::text() const {
  return host + "/" + repository + ":" + tag;
}

RegistryName parse_registry_name(const std::string& text) {
  std::string rest = text;
  if (rest.starts_with(k_docker_scheme))
    rest.erase(0, std::string_view(k_docker_scheme).size());
  const auto slash = rest.find('/');
  const auto host = rest.substr(0, slash);
  if (host.find('@') != std::string::npos) // not shown: it may hold a password
    refuse(std::string(k_docker_scheme) + ": has user info in it; log in instead");
  if (slash == std::string::npos)
    refuse("'" + printable(text) + "' names no repository");
  RegistryName name;
  name.host = parse_url("https://" + host, "'" + printable(text) + "'").authority();
  if (rest.find('@') != std::string::npos)
    refuse("'" + printable(text) + "' names a digest, and an image is sent under a tag");
  name.repository = rest.substr(slash + 1);
  const auto colon = name.repository.rfind(':');
  name.tag = colon == std::string::npos ? "latest" : name.repository.substr(colon + 1);
  name.repository.resize(std::min(colon, name.repository.size()));
  const auto parts = split(name.repository, '/');
  if (name.repository.size() > k_longest_repository ||
      !std::all_of(parts.begin(), parts.end(), is_path_part))
    refuse("'" + printable(name.repository) +
           "' is no name of a repository (small letters, digits, and single . _ - between them)");
  if (!is_tag(name.tag))
    refuse("'" + printable(name.tag) + "' is no tag");
  return name;
}

} // namespace mlopsctl::net
