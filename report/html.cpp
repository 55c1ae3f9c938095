// SPDX-License-Identifier: Apache-2.0
#include "report/html.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"

namespace mlopsctl::report {

std::string html_escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
    case '&': out += "&amp;"; break;
    case '<': out += "&lt;"; break;
    case '>': out += "&gt;"; break;
    case '"': out += "&quot;"; break;
    case '\'': out += "&#39;"; break;
    default: out += c;
    }
  }
  return out;
}

std::string jpeg_data_uri(std::string_view jpeg) {
  return "data:image/jpeg;base64," + base64(jpeg);
}

std::string page_head(std::string_view title, std::string_view styles, std::string_view script) {
  std::string out = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "img-src data:; style-src 'unsafe-inline'; script-src 'sha256-" +
                    sha256_base64(script) + "'\">\n<title>";
  out += html_escaped(title);
  out += "</title>\n<style>\n";
  out += styles;
  out += "</style>\n</head>\n<body>\n";
  return out;
}

} // namespace mlopsctl::report
