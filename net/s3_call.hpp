// SPDX-License-Identifier: Apache-2.0
// Of net/s3 only: one call, and the XML of requests and replies.
#pragma once

#include "net/s3.hpp"

#include <pugixml.hpp>

namespace mlopsctl::net {

struct S3Client::Call {
  std::string method;
  S3Name name;
  std::string operation = {}; ///< "PutObject", for messages
  std::vector<NameValue> query = {};
  std::vector<NameValue> headers = {};
  std::string body = {};
  bool keeps_checksum = false; ///< the server keeps the body's SHA-256 with it
};

/// \throws TransportError if it is not XML: something between here and the server wrote it.
void parse_xml(const HttpReply& reply, const std::string& name, pugi::xml_document& document);
/// What an <Error> says; nothing if \p root is none.
std::optional<AwsFailure> failure_of(const pugi::xml_node& root);
/// Of the child of that name; 0 if it is no number.
std::uint64_t number_of(const pugi::xml_node& node, const char* child);
std::string without_quotes(std::string_view etag);
/// An element of the namespace of S3.
pugi::xml_node add_root(pugi::xml_document& document, const char* name);
std::string to_text(const pugi::xml_document& document);

} // namespace mlopsctl::net
