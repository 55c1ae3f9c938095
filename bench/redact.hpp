// SPDX-License-Identifier: Apache-2.0
// Secrets out of what is stored: URLs lose user info and query, values of secret options are
// masked.
#pragma once

#include <string>
#include <string_view>

namespace mlopsctl::bench {

/// Every URL in \p text ("scheme://...") without user info, query and fragment.
std::string without_url_secrets(std::string_view text);

/// Running text, such as a remark: URLs as above, and words such as "token=abc" lose their values.
std::string without_secrets(std::string_view text);

/// A command line as the shell takes it: words apart by spaces, single quotes. The value of an
/// option, environment assignment or --set whose name has a part token, secret, password, key ...
/// becomes "***"; URLs lose their secrets.
std::string redact_command_line(std::string_view line);

} // namespace mlopsctl::bench
