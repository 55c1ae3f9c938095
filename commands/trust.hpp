// SPDX-License-Identifier: Apache-2.0
// Which project files the user accepted: a cloned repository's mlops.yaml is not trusted by itself.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace mlopsctl::commands {

using Environment = std::function<std::optional<std::string>(const std::string&)>;

/// $XDG_CONFIG_HOME/mlopsctl or ~/.config/mlopsctl.
std::string user_config_folder(const Environment& environment);
/// True if the digest of exactly these bytes at exactly this path is in the user's list.
bool is_trusted_file(const std::string& path, const Environment& environment);
/// Adds it. \return the digest.
std::string trust_file(const std::string& path, const Environment& environment);

} // namespace mlopsctl::commands
