// SPDX-License-Identifier: Apache-2.0
// Objects that are written in parts.
#include "core/digest.hpp"
#include "core/text.hpp"
#include "net/s3_call.hpp"

#include <algorithm>

namespace mlopsctl::net {
namespace {

/// "00ff" -> two bytes; empty for anything else.
std::string from_hex(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const auto digit = [&](std::size_t at) {
      return std::string_view("0123456789abcdef").find(text[at]);
    };
    if (digit(i) == std::string::npos || digit(i + 1) == std::string::npos)
      return {};
    out += static_cast<char>(digit(i) * 16 + digit(i + 1));
  }
  return out;
}

} // namespace

std::string etag_of_parts(const std::vector<S3Part>& parts) {
  std::string digests;
  for (const auto& part : parts)
    digests += from_hex(part.etag);
  const std::string whole = md5(digests);
  if (whole.empty() || digests.size() != whole.size() * parts.size())
    return {};
  return to_hex(whole) + "-" + std::to_string(parts.size());
}

std::string S3Client::create_upload(const S3Name& name) {
  Call request{"POST", name, "CreateMultipartUpload", {{"uploads", ""}}};
  request.headers = {{"Content-Type", content_type_of(name.key)}};
  const auto reply = call(std::move(request));
  pugi::xml_document document;
  parse_xml(reply, to_url(name), document);
  std::string upload = document.document_element().child_value("UploadId");
  if (upload.empty())
    throw Error(Fault::remote, to_url(name) + ": the server gave no id for an upload in parts");
  return upload;
}

S3Part S3Client::put_part(const S3Name& name, const std::string& upload, int number,
                          const std::string& bytes) {
  Call request{
      "PUT", name, "UploadPart", {{"partNumber", std::to_string(number)}, {"uploadId", upload}}};
  request.headers = {{"Content-Type", "application/octet-stream"}};
  request.body = bytes;
  const auto reply = call(std::move(request));
  return {number, bytes.size(), without_quotes(reply.header("etag").value_or(""))};
}

void S3Client::complete_upload(const S3Name& name, const std::string& upload,
                               const std::vector<S3Part>& parts, S3Existing existing) {
  pugi::xml_document document;
  auto root = add_root(document, "CompleteMultipartUpload");
  for (const auto& part : parts) {
    auto node = root.append_child("Part");
    node.append_child("PartNumber").text() = part.number;
    node.append_child("ETag").text() = ("\"" + part.etag + "\"").c_str();
  }
  Call request{"POST", name, "CompleteMultipartUpload", {{"uploadId", upload}}};
  request.headers = {{"Content-Type", "application/xml"}};
  if (existing == S3Existing::refuse)
    request.headers.emplace_back("If-None-Match", "*");
  request.body = to_text(document);
  AwsRequest made;
  try {
    call(std::move(request), &made);
  } catch (const AwsError& error) {
    // An attempt whose reply was lost may have done it.
    const auto there = made.attempts > 1 ? head(name) : std::nullopt;
    if (there && there->etag == etag_of_parts(parts))
      return;
    if (error.status() == 412)
      refuse_existing(name);
    throw;
  }
}

void S3Client::abort_upload(const S3Name& name, const std::string& upload) {
  call({"DELETE", name, "AbortMultipartUpload", {{"uploadId", upload}}});
}

std::vector<S3Part> S3Client::list_parts(const S3Name& name, const std::string& upload) {
  std::vector<S3Part> parts;
  for (std::string marker;;) {
    Call request{"GET", name, "ListParts", {{"uploadId", upload}}};
    if (!marker.empty())
      request.query.emplace_back("part-number-marker", marker);
    const auto reply = call(std::move(request));
    pugi::xml_document document;
    parse_xml(reply, to_url(name), document);
    const auto root = document.document_element();
    for (const auto& node : root.children("Part"))
      parts.push_back({static_cast<int>(number_of(node, "PartNumber")), number_of(node, "Size"),
                       without_quotes(node.child_value("ETag"))});
    const std::string next = root.child_value("NextPartNumberMarker");
    if (std::string_view(root.child_value("IsTruncated")) != "true" || next == marker ||
        parts.size() > static_cast<std::size_t>(k_s3_most_parts))
      return parts;
    marker = next;
  }
}

std::string S3Client::find_upload(const S3Name& name) {
  Call request{
      "GET", {name.bucket, ""}, "ListMultipartUploads", {{"uploads", ""}, {"prefix", name.key}}};
  const auto reply = call(std::move(request));
  pugi::xml_document document;
  parse_xml(reply, to_url(name), document);
  std::string newest, id;
  for (const auto& node : document.document_element().children("Upload"))
    if (node.child_value("Key") == name.key && node.child_value("Initiated") >= newest) {
      newest = node.child_value("Initiated");
      id = node.child_value("UploadId");
    }
  return id;
}

} // namespace mlopsctl::net
