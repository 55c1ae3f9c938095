// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/label_studio_image.hpp"

#include "core/text.hpp"
#include "formats/labels/image_files.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

constexpr std::string_view k_local = "/data/local-files/?d=";
constexpr std::string_view k_upload = "/data/upload/";

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  const char low = static_cast<char>(c | 0x20);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/// What is no escape stays; so does the whole text if it would not be UTF-8, or hold a null byte.
std::string percent_decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return is_valid_utf8(out) && out.find('\0') == std::string::npos ? out : std::string(text);
}

void append_percent_encoded(std::string& out, std::string_view text) {
  static constexpr std::string_view k_hex = "0123456789ABCDEF";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') ||
                          std::string_view("-._~/").find(c) != std::string_view::npos;
    if (is_plain) {
      out += c;
      continue;
    }
    out += '%';
    out += k_hex[byte >> 4U];
    out += k_hex[byte & 15U];
  }
}

/// Uploads are stored as eight hexadecimal digits, '-' and the name they had.
std::string_view without_upload_hash(std::string_view name) {
  const bool has_hash =
      name.size() > 9 && name[8] == '-' &&
      std::all_of(name.begin(), name.begin() + 8, [](char c) { return hex_digit(c) >= 0; });
  return has_hash ? name.substr(9) : name;
}

bool has_scheme(std::string_view text) {
  const auto colon = text.find("://");
  return colon != std::string_view::npos && colon > 0 &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '+' || c == '.';
         });
}

/// The path of a URL on a web server; other texts as they are.
std::string_view path_of(std::string_view image) {
  if (!image.starts_with("http://") && !image.starts_with("https://"))
    return image;
  const auto slash = image.find('/', image.find("://") + 3);
  return slash == std::string_view::npos ? image : image.substr(slash);
}

} // namespace

std::string ref_of_studio_image(std::string_view image) {
  const auto path = path_of(image);
  if (path.starts_with(k_local) && path.size() > k_local.size())
    return percent_decoded(path.substr(k_local.size(), path.find('&') - k_local.size()));
  if (path.starts_with(k_upload)) {
    const std::string name = percent_decoded(base_name(path.substr(0, path.find('?'))));
    if (!name.empty())
      return std::string(without_upload_hash(base_name(name)));
  }
  return std::string(image);
}

std::string studio_image_of_ref(std::string_view ref, std::string_view url) {
  std::string image(url);
  if (url.empty() || has_scheme(ref))
    return std::string(ref);
  append_percent_encoded(image, ref);
  return image;
}

bool is_studio_address(std::string_view image) {
  return has_scheme(image) || image.starts_with("/data/");
}

} // namespace mlopsctl::formats
