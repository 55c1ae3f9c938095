// SPDX-License-Identifier: Apache-2.0
// Text in XML documents that we write.
#pragma once

#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// Safe between tags and between double quotes. XML 1.0 has no way to write most control
/// characters: they become '?'.
void append_xml_text(std::string& out, std::string_view text);

} // namespace mlopsctl::formats
