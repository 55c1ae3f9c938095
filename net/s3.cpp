// SPDX-License-Identifier: Apache-2.0
// "Amazon Simple Storage Service API reference"; operations have the names used there.
#include "net/s3.hpp"

#include "core/digest.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "net/s3_call.hpp"

#include <algorithm>

namespace mlopsctl::net {
namespace {

constexpr const char* k_service = "s3";
constexpr double k_stall_s = 60;
constexpr double k_longest_exchange_s = 3600;
constexpr std::size_t k_delete_batch = 1000;

bool is_not_found(const AwsError& error) {
  return error.status() == 404;
}

/// Buckets whose names may stand in a host name that a certificate for *.s3.REGION covers.
bool fits_host_name(const std::string& bucket) {
  return bucket.size() <= 63 &&
         std::all_of(
             bucket.begin(), bucket.end(),
             [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; }) &&
         !bucket.starts_with('-') && !bucket.ends_with('-');
}

std::string query_text(const std::vector<NameValue>& query) {
  std::vector<std::string> parts;
  for (const auto& [name, value] : query)
    parts.push_back(percent_encode(name, false) + "=" + percent_encode(value, false));
  return parts.empty() ? "" : "?" + join(parts, "&");
}

/// The refusals that deserve words of their own; \p url as the person wrote it.
[[noreturn]] void explain(const AwsError& error, const std::string& url) {
  if (error.code() == "NoSuchBucket")
    throw AwsError(error.code(), url + ": there is no such bucket",
                   "check its name and --region, or make it first", error.status());
  if (error.code() == "NoSuchKey" || is_not_found(error))
    throw AwsError(error.code(), url + ": there is no such object",
                   "'mlopsctl store ls' shows what is there", error.status());
  if (error.code() == "HTTP 403") // of HEAD, which has no body
    throw AwsError(error.code(), url + ": access was refused (403)",
                   "check the AWS credentials, their rights on this bucket, and --region",
                   error.status());
  throw error;
}

/// "bytes 0-99/1234" -> 1234.
std::optional<std::uint64_t> total_of_range(const std::string& header) {
  const auto total = parse_int(std::string_view(header).substr(header.find('/') + 1));
  if (header.find('/') == std::string::npos || !total || *total < 0)
    return std::nullopt;
  return static_cast<std::uint64_t>(*total);
}

} // namespace

S3Client::S3Client(Endpoint endpoint, const Profile& profile, CredentialChain credentials,
                   AwsCaller::MakeClient make_client, Backoff backoff)
    : endpoint_(std::move(endpoint)),
      caller_(k_service, std::move(credentials), std::move(make_client), std::move(backoff)) {
  const std::string style = profile.find("s3.addressing_style").value_or("auto");
  if (style != "auto" && style != "path" && style != "virtual")
    throw Error(Fault::input,
                "profile '" + printable(profile.name) + "': addressing_style '" + printable(style) +
                    "' is not known",
                "auto, path or virtual");
  // Servers in a cellar rarely have a name for each bucket.
  is_virtual_host_ = style == "virtual" || (style == "auto" && endpoint_.is_aws);
}

std::string S3Client::region_of(const std::string& bucket) const {
  const std::lock_guard lock(mutex_);
  const auto found = regions_.find(bucket);
  return found == regions_.end() ? endpoint_.region : found->second;
}

void S3Client::address(AwsRequest& request, const S3Name& name) const {
  request.region = region_of(name.bucket);
  const std::string base = endpoint_.is_aws ? aws_url(k_service, request.region) : endpoint_.url;
  Url url = parse_url(base, "endpoint");
  std::string path = url.path == "/" ? "" : url.path;
  if (!name.bucket.empty() && is_virtual_host_ && fits_host_name(name.bucket))
    url.host = name.bucket + "." + url.host;
  else if (!name.bucket.empty())
    path += "/" + name.bucket;
  if (!name.key.empty())
    path += "/" + name.key;
  request.signable.path = path.empty() ? "/" : path;
  if (!request.signable.headers.empty() && request.signable.headers.front().first == "Host")
    request.signable.headers.front().second = url.authority();
  else
    request.signable.headers.insert(request.signable.headers.begin(), {"Host", url.authority()});
  request.http.url = url.scheme + "://" + url.authority() +
                     percent_encode(request.signable.path, true) +
                     query_text(request.signable.query);
}

bool S3Client::follow_region(AwsRequest& request, const S3Name& name, const HttpReply& reply,
                             const AwsFailure& failure) {
  const std::string region = reply.header("x-amz-bucket-region").value_or("");
  const bool is_elsewhere = reply.status == 301 || reply.status == 307 ||
                            failure.code == "AuthorizationHeaderMalformed" ||
                            (reply.status == 400 && reply.body.empty());
  if (!is_elsewhere || !is_region(region) || region == request.region || name.bucket.empty())
    return false;
  {
    const std::lock_guard lock(mutex_);
    regions_[name.bucket] = region;
  }
  log::verbose("bucket " + name.bucket + " is in " + region);
  address(request, name);
  return true;
}

void S3Client::prepare(AwsRequest& request, Call& call) const {
  Sha256 digest;
  digest.update(call.body);
  const std::string raw = digest.finish_raw();
  request.name = to_url(call.name) + ": " + call.operation;
  request.signable.method = call.method;
  request.signable.normalize_path = false;
  request.signable.query = std::move(call.query);
  request.signable.headers = std::move(call.headers);
  request.signable.payload_hash = to_hex(raw);
  request.signable.headers.emplace_back("x-amz-content-sha256", request.signable.payload_hash);
  if (call.keeps_checksum)
    request.signable.headers.emplace_back("x-amz-checksum-sha256", base64(raw));
  request.http.body = std::move(call.body);
  address(request, call.name);
}

HttpReply S3Client::call(Call call, AwsRequest* made) {
  AwsRequest local;
  AwsRequest& request = made != nullptr ? *made : local;
  prepare(request, call);
  // What takes long is answered with 200 before it is known to have worked.
  const bool may_be_late = call.method == "POST" || call.operation == "CopyObject";
  AwsDialect dialect;
  dialect.failure = [&](const HttpReply& reply) -> std::optional<AwsFailure> {
    const bool is_fine = reply.status >= 200 && reply.status < 300;
    if (is_fine && !may_be_late)
      return std::nullopt;
    pugi::xml_document document;
    document.load_buffer(reply.body.data(), reply.body.size());
    auto failure = failure_of(document.document_element());
    if (is_fine && !document.document_element())
      throw TransportError(request.name + ": the reply is empty or cut", "", k_attempts);
    return is_fine ? failure : failure.value_or(AwsFailure{});
  };
  dialect.adapt = [&](AwsRequest& sent, const HttpReply& reply, const AwsFailure& failure) {
    return follow_region(sent, call.name, reply, failure);
  };
  try {
    return caller_.call(request, dialect);
  } catch (const AwsError& error) {
    explain(error, to_url(call.name));
  }
}

std::optional<S3Object> S3Client::head(const S3Name& name) {
  try {
    const auto reply = call({"HEAD", name, "HeadObject"});
    const auto size = parse_int(reply.header("content-length").value_or(""));
    if (!size || *size < 0)
      throw Error(Fault::remote, to_url(name) + ": the server does not say how large it is");
    return S3Object{name.key, static_cast<std::uint64_t>(*size),
                    parse_http_date_s(reply.header("last-modified").value_or("")).value_or(0),
                    without_quotes(reply.header("etag").value_or(""))};
  } catch (const AwsError& error) {
    if (is_not_found(error))
      return std::nullopt;
    throw;
  }
}

S3Piece S3Client::get(const S3Name& name, std::uint64_t offset, std::uint64_t length,
                      const std::string& etag) {
  Call request{"GET", name, "GetObject"};
  request.headers = {
      {"Range", "bytes=" + std::to_string(offset) + "-" + std::to_string(offset + length - 1)},
      {"x-amz-checksum-mode", "ENABLED"}};
  if (!etag.empty())
    request.headers.emplace_back("If-Match", "\"" + etag + "\"");
  HttpReply reply;
  try {
    reply = call(std::move(request));
  } catch (const AwsError& error) {
    if (error.status() == 416 && offset == 0)
      return {}; // an object without bytes has no range
    if (error.status() == 412)
      throw Error(Fault::input, to_url(name) + ": was replaced while it was read",
                  "run the command again");
    throw;
  }
  S3Piece piece;
  piece.etag = without_quotes(reply.header("etag").value_or(""));
  piece.sha256_base64 = reply.header("x-amz-checksum-sha256").value_or("");
  piece.bytes = std::move(reply.body);
  piece.total_bytes = piece.bytes.size();
  if (reply.status == 206) {
    const auto total = total_of_range(reply.header("content-range").value_or(""));
    if (!total || piece.bytes.size() != std::min(length, *total - std::min(offset, *total)))
      throw Error(Fault::remote, to_url(name) + ": the reply is not the range that was asked for");
    piece.total_bytes = *total;
  } else if (offset > 0) { // a server that knows no ranges
    piece.bytes.erase(0, offset);
  }
  return piece;
}

std::string S3Client::put(const S3Name& name, std::string bytes, S3Existing existing) {
  Call request{"PUT", name, "PutObject"};
  request.headers = {{"Content-Type", content_type_of(name.key)}};
  if (existing == S3Existing::refuse)
    request.headers.emplace_back("If-None-Match", "*");
  request.body = std::move(bytes);
  request.keeps_checksum = true;
  AwsRequest made;
  try {
    const auto reply = call(std::move(request), &made);
    return without_quotes(reply.header("etag").value_or(""));
  } catch (const AwsError& error) {
    if (error.status() == 501 && existing == S3Existing::refuse) { // a server without conditions
      if (head(name))
        refuse_existing(name);
      return put(name, std::move(made.http.body), S3Existing::replace);
    }
    if (error.status() != 412)
      throw;
    // An attempt whose reply was lost may have written it.
    const auto there = made.attempts > 1 ? head(name) : std::nullopt;
    if (there && there->etag == to_hex(md5(made.http.body)))
      return there->etag;
    refuse_existing(name);
  }
}

std::optional<std::string> S3Client::replace(const S3Name& name, const std::string& bytes,
                                             const std::string& etag) {
  for (const std::string& condition : {"\"" + etag + "\"", etag}) {
    Call request{"PUT", name, "PutObject"};
    request.headers = {{"Content-Type", content_type_of(name.key)}, {"If-Match", condition}};
    request.body = bytes;
    request.keeps_checksum = true;
    AwsRequest made;
    try {
      return without_quotes(call(std::move(request), &made).header("etag").value_or(""));
    } catch (const AwsError& error) {
      if (error.status() != 412 && error.status() != 404 && error.status() != 501)
        throw;
      const auto there = head(name);
      // An attempt whose reply was lost may have written it.
      if (made.attempts > 1 && there && there->etag == to_hex(md5(bytes)))
        return there->etag;
      if (!there || there->etag != etag)
        return std::nullopt;
      if (error.status() == 501) // a server without conditions
        return put(name, bytes, S3Existing::replace);
    } // it is the same, and Ceph compares it with the quotes that do not belong to it
  }
  return std::nullopt;
}

void refuse_existing(const S3Name& name) {
  throw Error(Fault::usage, to_url(name) + ": already exists",
              "pass --overwrite to replace it, or give another name");
}

void S3Client::remove_batch(const std::string& bucket, const std::vector<std::string>& keys) {
  pugi::xml_document document;
  auto root = add_root(document, "Delete");
  root.append_child("Quiet").text() = "true";
  for (const auto& key : keys)
    root.append_child("Object").append_child("Key").text() = key.c_str();
  Call request{"POST", {bucket, ""}, "DeleteObjects", {{"delete", ""}}};
  request.body = to_text(document);
  request.headers = {{"Content-Type", "application/xml"},
                     {"Content-MD5", base64(md5(request.body))}};
  request.keeps_checksum = true; // one of the two is demanded
  const auto reply = call(std::move(request));
  pugi::xml_document result;
  parse_xml(reply, to_url({bucket, ""}), result);
  if (const auto error = result.document_element().child("Error"))
    throw AwsError(error.child_value("Code"),
                   to_url({bucket, error.child_value("Key")}) +
                       ": cannot be deleted: " + printable(error.child_value("Code")),
                   "the role or user of these credentials may not do this");
}

void S3Client::remove(const std::string& bucket, const std::vector<std::string>& keys) {
  std::vector<std::string> batch;
  for (const auto& key : keys) {
    // XML has no control characters.
    if (std::any_of(key.begin(), key.end(), [](char c) { return c >= 0 && c < ' '; })) {
      call({"DELETE", {bucket, key}, "DeleteObject"});
      continue;
    }
    batch.push_back(key);
    if (batch.size() == k_delete_batch) {
      remove_batch(bucket, batch);
      batch.clear();
    }
  }
  if (!batch.empty())
    remove_batch(bucket, batch);
}

void S3Client::copy(const S3Name& from, const S3Name& to) {
  Call request{"PUT", to, "CopyObject"};
  request.headers = {
      {"x-amz-copy-source", percent_encode("/" + from.bucket + "/" + from.key, true)}};
  call(std::move(request));
}

std::shared_ptr<S3Client> create_s3_client(const RemoteOptions& options) {
  AwsSetup setup = find_aws_setup(k_service, options);
  setup.http.body_limit_bytes = k_s3_piece_limit_bytes;
  setup.http.timeout_s = k_longest_exchange_s;
  setup.http.stall_s = k_stall_s;
  return std::make_shared<S3Client>(
      std::move(setup.endpoint), setup.profile, std::move(setup.credentials),
      [http = std::move(setup.http)] { return create_http_client(http); });
}

} // namespace mlopsctl::net
