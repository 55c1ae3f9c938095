// SPDX-License-Identifier: Apache-2.0
// The files ~/.aws/config and ~/.aws/credentials.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::net {

/// Of the process, or of a test.
using Environment = std::function<std::optional<std::string>(const std::string&)>;
Environment process_environment();

/// One "[name]" of a file: its keys, and those of an indented block as "block.key".
using Section = std::map<std::string, std::string>;
using Sections = std::map<std::string, Section>;

/// Later keys replace earlier ones of the same section. No value is ever part of a message.
/// \param name for messages. \throws Error(input) naming the line.
Sections parse_aws_config(std::string_view text, const std::string& name);

/// One profile, put together from both files.
struct Profile {
  std::string name = "default";
  Section config;      ///< [profile name] of the config file
  Section credentials; ///< [name] of the credentials file
  Section services;    ///< [services x], if the profile has services = x

  std::optional<std::string> find(const std::string& key) const; ///< credentials file first
};

/// \param name empty: AWS_PROFILE, else "default". \throws Error(input) if a profile that was asked
/// for is in neither file.
Profile load_profile(const std::string& name, const Environment& environment);

} // namespace mlopsctl::net
