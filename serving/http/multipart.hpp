// SPDX-License-Identifier: Apache-2.0
// multipart/form-data (RFC 7578): what forms and HTTP libraries send files as.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::serving {

struct Part {
  std::string name;
  std::string file_name;    ///< empty: none was sent
  std::string_view content; ///< of the body
};

/// \param content_type "multipart/form-data; boundary=...". \return at most 64 parts.
/// \throws HttpError 400 for a body that is none or does not end.
std::vector<Part> parse_multipart(std::string_view body, std::string_view content_type);

} // namespace mlopsctl::serving
