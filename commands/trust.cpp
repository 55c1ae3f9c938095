// SPDX-License-Identifier: Apache-2.0
#include "commands/trust.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/io.hpp"

#include <filesystem>
#include <utility>

namespace fs = std::filesystem;

namespace mlopsctl::commands {
namespace {

constexpr std::uint64_t k_limit_bytes = 1 << 20;

/// A line of the list: the digest of the bytes, two spaces, the absolute path (the form of
/// sha256sum).
std::string entry_for(const std::string& path) {
  std::string digest = sha256(read_file(path, k_limit_bytes)); // first: it says what is wrong
  return std::move(digest) + "  " + fs::canonical(path).string();
}

std::string list_path(const Environment& environment) {
  return user_config_folder(environment) + "/trusted";
}

std::string read_list(const Environment& environment) {
  const auto path = list_path(environment);
  std::error_code unreachable; // the home of another user
  return fs::exists(path, unreachable) ? read_file(path, k_limit_bytes) : std::string{};
}

} // namespace

std::string user_config_folder(const Environment& environment) {
  if (const auto folder = environment("XDG_CONFIG_HOME"); folder && !folder->empty())
    return *folder + "/mlopsctl";
  return environment("HOME").value_or("/nonexistent") + "/.config/mlopsctl";
}

bool is_trusted_file(const std::string& path, const Environment& environment) {
  const std::string list = "\n" + read_list(environment);
  return list.find("\n" + entry_for(path) + "\n") != std::string::npos;
}

std::string trust_file(const std::string& path, const Environment& environment) {
  const std::string entry = entry_for(path);
  std::error_code error;
  fs::create_directories(user_config_folder(environment), error);
  if (error)
    throw Error(Fault::input,
                user_config_folder(environment) + ": cannot create: " + error.message(),
                "set HOME or XDG_CONFIG_HOME to a folder of yours");
  if (!is_trusted_file(path, environment))
    write_file(list_path(environment), read_list(environment) + entry + "\n", Existing::replace);
  return entry.substr(0, entry.find(' '));
}

} // namespace mlopsctl::commands
