// SPDX-License-Identifier: Apache-2.0
// Percent-encoding (RFC 3986, section 2.1).
#pragma once

#include <string>
#include <string_view>

namespace mlopsctl {

/// Everything but letters, digits and "-._~" as %XX; '/' stays if \p keep_slash.
std::string percent_encode(std::string_view text, bool keep_slash);

} // namespace mlopsctl
