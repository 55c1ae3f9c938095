// SPDX-License-Identifier: Apache-2.0
#include "serving/http/multipart.hpp"

#include "core/text.hpp"
#include "serving/http/message.hpp"

namespace mlopsctl::serving {
namespace {

constexpr std::size_t k_most_parts = 64;
constexpr std::size_t k_most_boundary = 70; // RFC 2046, 5.1.1
constexpr std::size_t k_head_bytes = 8192;
constexpr std::string_view k_line_end = "\r\n";

[[noreturn]] void refuse(const std::string& text) {
  throw HttpError(400, "multipart: " + text);
}

/// The value of \p name in 'form-data; name="image"; filename="a.jpg"'; empty if it is not there.
std::string parameter(std::string_view header, std::string_view name) {
  auto at = header.find(';');
  while (at != std::string_view::npos) {
    const auto rest = trim(header.substr(at + 1));
    const auto equals = rest.find('=');
    if (equals == std::string_view::npos)
      return {};
    const auto key = lower(trim(rest.substr(0, equals)));
    const auto value_at = static_cast<std::size_t>(rest.data() - header.data()) + equals + 1;
    std::string value;
    std::size_t end = value_at;
    if (end < header.size() && header[end] == '"') {
      for (++end; end < header.size() && header[end] != '"'; ++end) {
        if (header[end] == '\\' && end + 1 < header.size())
          ++end;
        value += header[end];
      }
      at = header.find(';', end);
    } else {
      at = header.find(';', end);
      value = trim(header.substr(value_at, at == std::string_view::npos ? at : at - value_at));
    }
    if (key == name)
      return value;
  }
  return {};
}

/// \param head the lines above a part's content.
Part read_head(std::string_view head) {
  Part part;
  for (const auto& line : split(head, '\n')) {
    if (!starts_with_ignoring_case(line, "content-disposition:"))
      continue;
    part.name = parameter(line, "name");
    part.file_name = parameter(line, "filename");
  }
  return part;
}

} // namespace

std::vector<Part> parse_multipart(std::string_view body, std::string_view content_type) {
  const std::string boundary = parameter(content_type, "boundary");
  if (boundary.empty() || boundary.size() > k_most_boundary)
    refuse("the Content-Type has no boundary of 1 to 70 characters");
  const std::string first = "--" + boundary;
  const std::string delimiter = std::string(k_line_end) + first;
  std::size_t at = body.starts_with(first) ? first.size() : body.find(delimiter);
  if (at == std::string_view::npos)
    refuse("the boundary does not occur in the body");
  if (!body.starts_with(first))
    at += delimiter.size();
  std::vector<Part> parts;
  while (!body.substr(at).starts_with("--")) {
    const auto line_end = body.find(k_line_end, at);
    const auto head_end = body.substr(at, k_head_bytes).find("\r\n\r\n");
    if (line_end == std::string_view::npos || head_end == std::string_view::npos)
      refuse("part " + std::to_string(parts.size() + 1) + " has no head that ends within " +
             std::to_string(k_head_bytes) + " bytes");
    if (parts.size() == k_most_parts)
      refuse("more than " + std::to_string(k_most_parts) + " parts");
    Part part = read_head(body.substr(at, head_end));
    const auto content_at = at + head_end + 4;
    // An empty content shares its line end with the head.
    const auto end = body.find(delimiter, content_at - 2);
    if (end == std::string_view::npos)
      refuse("part " + std::to_string(parts.size() + 1) + " does not end");
    part.content =
        end < content_at ? std::string_view() : body.substr(content_at, end - content_at);
    parts.push_back(std::move(part));
    at = end + delimiter.size();
  }
  return parts;
}

} // namespace mlopsctl::serving
