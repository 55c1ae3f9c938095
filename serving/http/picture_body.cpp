// SPDX-License-Identifier: Apache-2.0
#include "serving/http/picture_body.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "imaging/codecs.hpp"
#include "serving/http/multipart.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

namespace mlopsctl::serving {
namespace {

constexpr std::array<std::string_view, 3> k_fields{"image", "images", "file"};
constexpr const char* k_ways = "send the bytes of a JPEG, PNG or WebP, a multipart form with the "
                               "file as 'image', or JSON {\"image\": \"<base64>\"}";

bool is_field(std::string_view name) {
  return std::find(k_fields.begin(), k_fields.end(), name) != k_fields.end();
}

/// Bytes of a picture, or base64 of one.
std::string_view field_bytes(std::string_view text, std::string& storage) {
  if (imaging::sniff(text))
    return text;
  if (starts_with_ignoring_case(text, "http://") || starts_with_ignoring_case(text, "https://"))
    throw HttpError(400, "a URL was sent; this service fetches nothing", k_ways);
  if (starts_with_ignoring_case(text, "data:")) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos || !lower(text.substr(0, comma)).ends_with(";base64"))
      throw HttpError(400, "the data: text is not base64", k_ways);
    text = text.substr(comma + 1);
  }
  auto decoded = base64_decoded(text);
  if (!decoded || decoded->empty())
    throw HttpError(400, "the field is neither a picture nor base64 of one", k_ways);
  storage = std::move(*decoded);
  return storage;
}

/// Likewise of a text that goes when the caller returns.
std::string_view kept_bytes(std::string_view text, std::string& storage) {
  const auto bytes = field_bytes(text, storage);
  if (bytes.data() == text.data())
    storage = std::string(bytes);
  return storage;
}

SentPicture of_multipart(const Request& request, std::string_view type, std::string& storage) {
  for (const auto& part : parse_multipart(request.body, type))
    if (is_field(part.name))
      return {part.file_name, field_bytes(part.content, storage)};
  throw HttpError(400, "the form has no field 'image', 'images' or 'file'", k_ways);
}

int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

/// A '+' stays: forms mean a space by it, which base64 has not, and careless clients a '+'.
std::string percent_decoded(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    out += low < 0 ? text[i] : static_cast<char>(high * 16 + low);
    i += low < 0 ? 0 : 2;
  }
  return out;
}

SentPicture of_form(const Request& request, std::string& storage) {
  std::string_view rest = request.body;
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || !is_field(pair.substr(0, equals)))
      continue;
    return {"", kept_bytes(percent_decoded(pair.substr(equals + 1)), storage)};
  }
  throw HttpError(400, "the form has no field 'image', 'images' or 'file'", k_ways);
}

/// \param value a text, or a list of one.
std::string_view json_text(simdjson::dom::element value, const std::string& field) {
  simdjson::dom::array list;
  if (value.get(list) == simdjson::SUCCESS) {
    if (list.size() != 1)
      throw HttpError(400, "'" + field + "' has " + std::to_string(list.size()) + " pictures",
                      "send one a request");
    value = list.at(0).value_unsafe();
  }
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    throw HttpError(400, "'" + field + "' is not a text", k_ways);
  return text;
}

SentPicture of_json(const Request& request, std::string& storage) {
  simdjson::dom::parser parser;
  simdjson::dom::object root;
  const auto failure = parser.parse(request.body).get(root);
  if (failure != simdjson::SUCCESS)
    throw HttpError(400, std::string("JSON: ") + simdjson::error_message(failure), k_ways);
  SentPicture picture;
  std::string_view name;
  if (root["name"].get(name) == simdjson::SUCCESS)
    picture.name = std::string(name);
  for (const auto field : k_fields) {
    simdjson::dom::element value;
    if (root[field].get(value) != simdjson::SUCCESS)
      continue;
    picture.bytes = kept_bytes(json_text(value, std::string(field)), storage);
    return picture;
  }
  throw HttpError(400, "the JSON object has no member 'image', 'images' or 'file'", k_ways);
}

} // namespace

SentPicture find_picture(const Request& request, std::string& storage) {
  if (const auto encoding = request.header("Content-Encoding"); encoding && *encoding != "identity")
    throw HttpError(415, "Content-Encoding " + printable(*encoding) + " is not understood",
                    "send the body as it is");
  const std::string_view body = request.body;
  if (body.empty())
    throw HttpError(400, "the request has no body", k_ways);
  if (imaging::sniff(body)) // curl --data-binary calls everything a form
    return {"", body};
  const std::string_view type = request.header("Content-Type").value_or("");
  if (starts_with_ignoring_case(type, "multipart/"))
    return of_multipart(request, type, storage);
  if (starts_with_ignoring_case(type, "application/x-www-form-urlencoded"))
    return of_form(request, storage);
  if (starts_with_ignoring_case(type, "application/json") || body.starts_with('{'))
    return of_json(request, storage);
  return {"", field_bytes(body, storage)};
}

} // namespace mlopsctl::serving
