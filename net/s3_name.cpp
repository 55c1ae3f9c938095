// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/text.hpp"
#include "net/s3.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::net {
namespace {

constexpr std::string_view k_scheme = "s3://";
constexpr std::size_t k_longest_key = 1024;
constexpr std::size_t k_longest_bucket = 255; ///< of buckets from before 2018, and of other servers

bool is_bucket(const std::string& name) {
  return name.size() >= 3 && name.size() <= k_longest_bucket && name != "..." &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '.' || c == '_';
         });
}

} // namespace

S3Name parse_s3_url(const std::string& url) {
  const auto refuse = [&](const std::string& why) {
    throw Error(Fault::usage, "'" + printable(url.substr(0, k_longest_key)) + "': " + why,
                "give s3://BUCKET/KEY");
  };
  if (!url.starts_with(k_scheme))
    refuse("is no s3:// URL");
  const std::string rest = url.substr(k_scheme.size());
  const auto slash = std::min(rest.find('/'), rest.size());
  S3Name name{rest.substr(0, slash), rest.substr(std::min(slash + 1, rest.size()))};
  if (!is_bucket(name.bucket))
    refuse("'" + printable(name.bucket) + "' is no name of a bucket");
  if (name.key.size() > k_longest_key)
    refuse("a key of " + std::to_string(name.key.size()) + " bytes, and S3 takes " +
           std::to_string(k_longest_key));
  if (!is_valid_utf8(name.key) || name.key.find('\0') != std::string::npos)
    refuse("the key is not UTF-8");
  return name;
}

std::string to_url(const S3Name& name) {
  return std::string(k_scheme) + name.bucket + "/" + name.key;
}

std::string content_type_of(const std::string& key) {
  constexpr std::array<std::pair<std::string_view, const char*>, 18> k_types{{
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".png", "image/png"},
      {".webp", "image/webp"},
      {".gif", "image/gif"},
      {".bmp", "image/bmp"},
      {".tif", "image/tiff"},
      {".tiff", "image/tiff"},
      {".mp4", "video/mp4"},
      {".json", "application/json"},
      {".jsonl", "application/x-ndjson"},
      {".manifest", "application/x-ndjson"},
      {".csv", "text/csv"},
      {".txt", "text/plain"},
      {".html", "text/html"},
      {".xml", "application/xml"},
      {".gz", "application/gzip"},
      {".zip", "application/zip"},
  }};
  const std::string name = lower(key);
  for (const auto& [extension, type] : k_types)
    if (name.ends_with(extension))
      return type;
  return "application/octet-stream";
}

} // namespace mlopsctl::net
