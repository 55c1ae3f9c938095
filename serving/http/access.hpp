// SPDX-License-Identifier: Apache-2.0
// Who may ask: the token, the name that the service is called by, pages of other sites.
#pragma once

#include "serving/http/message.hpp"

#include <string>
#include <vector>

namespace mlopsctl::serving {

struct AccessRules {
  std::string token; ///< empty: none is needed
  /// Names that a Host header may hold, beside localhost and addresses: a page of another site
  /// whose name was turned to our address (DNS rebinding) calls us by its own name.
  std::vector<std::string> hosts;
};

/// \throws HttpError 400 or 421 for the Host header, 403 for a page of another site.
void check_site(const Request& head, const AccessRules& rules);
/// "Authorization: Bearer TOKEN", or Basic with the token as the password, which browsers ask for.
/// \throws HttpError 401.
void check_token(const Request& head, const AccessRules& rules);

/// \return what stands in the file without spaces around it. \throws Error(input) unless that is 16
/// to 1024 visible ASCII characters.
std::string read_token(const std::string& path);

} // namespace mlopsctl::serving
