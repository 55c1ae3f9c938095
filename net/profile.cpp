// SPDX-License-Identifier: Apache-2.0
#include "net/profile.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"

#include <cstdlib>
#include <filesystem>

namespace mlopsctl::net {
namespace {

constexpr std::uint64_t k_limit_bytes = 1 << 20;

[[noreturn]] void refuse(const std::string& name, int line, const std::string& why) {
  throw Error(Fault::input, name + ":" + std::to_string(line) + ": " + why,
              "the AWS CLI's guide has the form: [name], then lines of key = value");
}

/// "profile  x" and "x" are the same section.
std::string section_name(std::string_view inside) {
  std::string name(trim(inside));
  for (const char* kind : {"profile", "services", "sso-session"}) {
    const std::string_view word(kind);
    if (!name.starts_with(word) || name.size() == word.size())
      continue;
    const char next = name[word.size()];
    if (next != ' ' && next != '\t')
      continue;
    name = std::string(kind) + " " + std::string(trim(name.substr(word.size())));
  }
  return name;
}

/// A comment after a value needs a blank before it: secrets may hold '#'.
std::string_view without_comment(std::string_view value) {
  for (std::size_t i = 1; i < value.size(); ++i)
    if ((value[i] == '#' || value[i] == ';') && (value[i - 1] == ' ' || value[i - 1] == '\t'))
      return trim(value.substr(0, i));
  return trim(value);
}

Sections read_sections(const std::string& path) {
  std::error_code ignored;
  if (path.empty() || !std::filesystem::exists(path, ignored))
    return {};
  return parse_aws_config(read_file(path, k_limit_bytes), path);
}

std::string file_path(const Environment& environment, const char* variable, const char* file) {
  if (const auto path = environment(variable); path && !path->empty())
    return *path;
  const auto home = environment("HOME");
  return home && !home->empty() ? *home + "/.aws/" + file : std::string{};
}

std::optional<Section> take(const Sections& sections, const std::string& name) {
  const auto found = sections.find(name);
  return found == sections.end() ? std::nullopt : std::optional(found->second);
}

} // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Sections parse_aws_config(std::string_view text, const std::string& name) {
  Sections sections;
  Section* current = nullptr;
  std::string block; // the key whose indented lines follow
  int number = 0;
  for (const auto& raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trim(raw);
    if (line.empty() || line.front() == '#' || line.front() == ';')
      continue;
    if (line.front() == '[') {
      const auto end = line.find(']');
      if (end == std::string_view::npos)
        refuse(name, number, "'[' without ']'");
      current = &sections[section_name(line.substr(1, end - 1))];
      block.clear();
      continue;
    }
    const auto equals = line.find('=');
    if (equals == std::string_view::npos)
      refuse(name, number, "is neither [name] nor key = value");
    if (current == nullptr)
      refuse(name, number, "stands before the first [name]");
    const std::string key = lower(trim(line.substr(0, equals)));
    const std::string_view value = without_comment(line.substr(equals + 1));
    const bool is_indented = raw.front() == ' ' || raw.front() == '\t';
    if (is_indented && !block.empty()) {
      (*current)[block + "." + key] = value;
      continue;
    }
    block = value.empty() ? key : "";
    (*current)[key] = value;
  }
  return sections;
}

std::optional<std::string> Profile::find(const std::string& key) const {
  for (const auto* section : {&credentials, &config})
    if (const auto found = section->find(key); found != section->end() && !found->second.empty())
      return found->second;
  return std::nullopt;
}

Profile load_profile(const std::string& name, const Environment& environment) {
  const std::string config_path = file_path(environment, "AWS_CONFIG_FILE", "config");
  const std::string credentials_path =
      file_path(environment, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  const Sections config = read_sections(config_path);
  const Sections credentials = read_sections(credentials_path);
  Profile profile;
  const std::string wanted = name.empty() ? environment("AWS_PROFILE").value_or("") : name;
  if (!wanted.empty())
    profile.name = wanted;
  auto from_config = take(config, "profile " + profile.name);
  if (!from_config && profile.name == "default")
    from_config = take(config, "default");
  const auto from_credentials = take(credentials, profile.name);
  if (!wanted.empty() && wanted != "default" && !from_config && !from_credentials)
    throw Error(Fault::input,
                "profile '" + printable(wanted) + "' is neither in " + printable(config_path) +
                    " nor in " + printable(credentials_path),
                "check --profile or AWS_PROFILE");
  profile.config = from_config.value_or(Section{});
  profile.credentials = from_credentials.value_or(Section{});
  if (const auto services = profile.find("services"))
    profile.services = take(config, "services " + *services).value_or(Section{});
  return profile;
}

} // namespace mlopsctl::net
