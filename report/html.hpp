// SPDX-License-Identifier: Apache-2.0
// What every page needs: escaping, pictures inside the page, a policy that forbids everything else.
#pragma once

#include <string>
#include <string_view>

namespace mlopsctl::report {

/// For text and for attributes in double quotes; what is not UTF-8 or a control character becomes
/// visible.
std::string html_escaped(std::string_view text);

/// "data:image/jpeg;base64,...".
std::string jpeg_data_uri(std::string_view jpeg);

/// The page up to <body>: styles and a Content-Security-Policy that allows pictures in the page,
/// its styles and exactly \p script.
std::string page_head(std::string_view title, std::string_view styles, std::string_view script);

} // namespace mlopsctl::report
