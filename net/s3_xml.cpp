// SPDX-License-Identifier: Apache-2.0
#include "core/text.hpp"
#include "net/s3_call.hpp"

#include <sstream>

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_shown_message = 500;

} // namespace

void parse_xml(const HttpReply& reply, const std::string& name, pugi::xml_document& document) {
  if (!document.load_buffer(reply.body.data(), reply.body.size(), pugi::parse_default,
                            pugi::encoding_utf8) ||
      !document.document_element())
    throw TransportError(name + ": the reply (" + std::to_string(reply.status) +
                             ") is not the XML of S3",
                         "is --endpoint-url an S3 server, or does a proxy answer?", 1);
}

std::optional<AwsFailure> failure_of(const pugi::xml_node& root) {
  if (std::string_view(root.name()) != "Error")
    return std::nullopt;
  return AwsFailure{root.child_value("Code"),
                    std::string(root.child_value("Message")).substr(0, k_shown_message)};
}

std::uint64_t number_of(const pugi::xml_node& node, const char* child) {
  const auto value = parse_int(node.child_value(child));
  return value && *value > 0 ? static_cast<std::uint64_t>(*value) : 0;
}

std::string without_quotes(std::string_view etag) {
  if (etag.starts_with("W/"))
    etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.starts_with('"') && etag.ends_with('"'))
    etag = etag.substr(1, etag.size() - 2);
  return std::string(etag);
}

pugi::xml_node add_root(pugi::xml_document& document, const char* name) {
  auto root = document.append_child(name);
  root.append_attribute("xmlns") = "http://s3.amazonaws.com/doc/2006-03-01/";
  return root;
}

std::string to_text(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "", pugi::format_raw);
  return out.str();
}

} // namespace mlopsctl::net
