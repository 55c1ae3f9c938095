// SPDX-License-Identifier: Apache-2.0
// User text inside languages that would read more into it than it says: every word of deploy.yaml
// that stands in a script or a unit goes through here. (What JSON and YAML documents hold is quoted
// by their writers.)
#pragma once

#include <string>
#include <string_view>

namespace mlopsctl::templates {

/// One word of sh or bash; left as it is where it has nothing but letters, digits and _ - . / : @ %
/// + , (POSIX.1-2017, "Shell Command Language" 2.2.2)
std::string quote_shell(std::string_view text);

/// One value of a systemd unit's setting, in double quotes. (systemd.syntax(7), "Quoting";
/// systemd.unit(5), "Specifiers")
std::string quote_systemd(std::string_view text);

/// One word of ExecStart=, where '$' begins a variable as well. (systemd.service(5), "Command
/// lines")
std::string quote_systemd_word(std::string_view text);

/// One scalar of a YAML document that is written as text: what JSON quotes, YAML 1.2 reads. 'no'
/// stays a text.
std::string quote_yaml(std::string_view text);

} // namespace mlopsctl::templates
