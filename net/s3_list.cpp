// SPDX-License-Identifier: Apache-2.0
// Pages of names. Keys come percent-encoded, because XML has no control characters.
#include "core/text.hpp"
#include "net/s3_call.hpp"

namespace mlopsctl::net {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_digit(text[i + 2]) : -1;
    if (low < 0) {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    out += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return out;
}

} // namespace

S3Page S3Client::list(const S3Name& prefix, const std::string& delimiter,
                      const std::string& start) {
  const S3Name bucket{prefix.bucket, ""};
  Call request{"GET", bucket, "ListObjectsV2"};
  request.query = {{"list-type", "2"}, {"encoding-type", "url"}, {"prefix", prefix.key}};
  if (!delimiter.empty())
    request.query.emplace_back("delimiter", delimiter);
  if (!start.empty())
    request.query.emplace_back("continuation-token", start);
  const auto reply = call(std::move(request));
  pugi::xml_document document;
  parse_xml(reply, to_url(prefix), document);
  const auto root = document.document_element();
  const bool is_encoded = std::string_view(root.child_value("EncodingType")) == "url";
  const auto decoded = [&](const pugi::xml_node& node, const char* child) {
    const char* text = node.child_value(child);
    return is_encoded ? percent_decode(text) : std::string(text);
  };
  S3Page page;
  for (const auto& node : root.children("Contents"))
    page.objects.push_back({decoded(node, "Key"), number_of(node, "Size"),
                            parse_utc_s(node.child_value("LastModified")).value_or(0),
                            without_quotes(node.child_value("ETag"))});
  for (const auto& node : root.children("CommonPrefixes"))
    page.prefixes.push_back(decoded(node, "Prefix"));
  if (std::string_view(root.child_value("IsTruncated")) != "true")
    return page;
  page.next = root.child_value("NextContinuationToken");
  if (page.next.empty() || page.next == start)
    throw Error(Fault::remote,
                to_url(prefix) + ": the list goes on, and the server does not say where");
  return page;
}

std::vector<std::string> S3Client::list_buckets() {
  const auto reply = call({"GET", {}, "ListBuckets"});
  pugi::xml_document document;
  parse_xml(reply, place(), document);
  std::vector<std::string> names;
  for (const auto& node : document.document_element().child("Buckets").children("Bucket"))
    names.emplace_back(node.child_value("Name"));
  return names;
}

} // namespace mlopsctl::net
