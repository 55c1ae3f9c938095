// SPDX-License-Identifier: Apache-2.0
#include "serving/http/page.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"

#include <string_view>

namespace mlopsctl::serving {

std::string_view embedded_asset(std::string_view name); // made by cmake/embed_texts.cmake

namespace {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text))
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  return out;
}

void replace(std::string& text, std::string_view mark, std::string_view by) {
  text.replace(text.find(mark), mark.size(), by);
}

} // namespace

Response service_page(const std::string& model) {
  const auto style = embedded_asset("page.css");
  const auto script = embedded_asset("page.js");
  std::string html(embedded_asset("page.html"));
  replace(html, "@STYLE@", style);
  replace(html, "@SCRIPT@", script);
  replace(html, "@MODEL@", escaped(model));
  return {
      200,
      "text/html; charset=utf-8",
      std::move(html),
      {{"Content-Security-Policy", "default-src 'none'; style-src 'sha256-" + sha256_base64(style) +
                                       "'; script-src 'sha256-" + sha256_base64(script) +
                                       "'; connect-src 'self'; base-uri 'none'; form-action "
                                       "'none'; frame-ancestors 'none'"},
       {"Referrer-Policy", "no-referrer"}}};
}

} // namespace mlopsctl::serving
