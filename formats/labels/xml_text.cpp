// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/xml_text.hpp"

namespace mlopsctl::formats {

void append_xml_text(std::string& out, std::string_view text) {
  for (const char c : text)
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    default: out += static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' ? '?' : c;
    }
}

} // namespace mlopsctl::formats
