// SPDX-License-Identifier: Apache-2.0
// Sending one blob to a registry.
#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/percent.hpp"
#include "core/text.hpp"
#include "net/oci_registry.hpp"
#include "net/oci_reply.hpp"

#include <algorithm>

namespace mlopsctl::net {
namespace {

constexpr std::uint64_t k_largest_piece_bytes = std::uint64_t{64} << 20;

/// Reads the bytes from any place on.
class BlobReader {
public:
  explicit BlobReader(const RegistryBlob& blob) : source_(blob.open()), size_(blob.size_bytes) {}
  std::string read(std::uint64_t offset, std::uint64_t most) {
    if (offset < offset_) {
      source_->rewind();
      offset_ = 0;
    }
    std::string bytes;
    while (offset_ < offset)
      take(bytes, std::min(offset - offset_, k_registry_piece_bytes));
    take(bytes, std::min(size_ - offset, most));
    return bytes;
  }

private:
  void take(std::string& bytes, std::uint64_t count) {
    bytes.resize(count);
    for (std::size_t done = 0; done < bytes.size();) {
      const auto read = source_->read(std::span(bytes).subspan(done));
      if (read == 0)
        throw Error(Fault::input, source_->name() + ": is shorter than its manifest says",
                    "the image is damaged; 'mlopsctl package verify' shows how");
      done += read;
    }
    offset_ += count;
  }

  std::unique_ptr<ByteSource> source_;
  std::uint64_t size_;
  std::uint64_t offset_ = 0;
};

} // namespace

/// An upload that is under way.
struct RegistryClient::Upload {
  std::string url;
  std::uint64_t offset = 0; ///< what the registry has
  std::uint64_t piece_bytes = k_registry_piece_bytes;
  std::uint64_t sent_bytes = 0;
  int restarts = 0;
  double pause_s = 0;               ///< that the registry asked for
  std::uint64_t reported_bytes = 0; ///< what the caller heard of
  std::function<void(std::uint64_t)> sent;

  /// Each byte is told once, however often it is sent.
  void report(std::uint64_t upto) {
    if (sent && upto > reported_bytes)
      sent(upto - reported_bytes);
    reported_bytes = std::max(reported_bytes, upto);
  }
};

/// Location may be absolute or relative, with a query that must stay as it is.
std::string RegistryClient::resolve(const std::string& base, const HttpReply& reply) const {
  const auto location = reply.header("location").value_or("");
  if (location.empty())
    fail("does not say where to upload to", reply);
  if (location.starts_with("http://") || location.starts_with("https://"))
    return location;
  if (location.starts_with('/'))
    return origin_of(base) + location;
  const auto plain = base.substr(0, base.find('?'));
  return plain.substr(0, plain.rfind('/') + 1) + location;
}

/// \return false if the registry has it now.
bool RegistryClient::begin(const RegistryBlob& blob, const std::string& mount_from,
                           Upload& upload) {
  HttpRequest request{"POST", path("/blobs/uploads/"), {}, {}};
  if (!mount_from.empty())
    request.url += "?mount=" + percent_encode(blob.digest, false) +
                   "&from=" + percent_encode(mount_from, false);
  auto reply = send(request);
  if (!mount_from.empty() && reply.status == 201)
    return false;
  if (!mount_from.empty() && reply.status != 202) { // a right that is missing: without it, then
    request.url = path("/blobs/uploads/");
    reply = send(request);
  }
  if (reply.status != 202)
    fail("takes no upload for " + name_.repository, reply);
  upload.url = resolve(request.url, reply);
  upload.offset = 0;
  if (const auto least = parse_int(reply.header("oci-chunk-min-length").value_or("")))
    upload.piece_bytes = std::clamp(static_cast<std::uint64_t>(std::max<std::int64_t>(*least, 0)),
                                    k_registry_piece_bytes, k_largest_piece_bytes);
  return true;
}

/// Asks how much has arrived. \return false if the upload is gone.
bool RegistryClient::find_offset(Upload& upload) {
  const auto reply = send({"GET", upload.url, {}, {}});
  if (reply.status != 204 && reply.status != 202)
    return false;
  const auto range = reply.header("range").value_or("");
  const auto last = parse_int(range.substr(range.find('-') + 1));
  // "0-0" stands for nothing, and for one byte: a piece is never that small.
  upload.offset = last && *last > 0 ? static_cast<std::uint64_t>(*last) + 1 : 0;
  if (reply.header("location"))
    upload.url = resolve(upload.url, reply);
  return true;
}

/// All but the last piece, which finish() takes along.
void RegistryClient::send_pieces(const RegistryBlob& blob, Upload& upload) {
  BlobReader reader(blob);
  int failures = 0;
  while (blob.size_bytes - std::min(upload.offset, blob.size_bytes) > upload.piece_bytes) {
    check_interrupt();
    auto piece = reader.read(upload.offset, upload.piece_bytes);
    const auto end = upload.offset + piece.size();
    const auto range = std::to_string(upload.offset) + "-" + std::to_string(end - 1);
    std::string why;
    double pause_s = 0;
    try {
      const auto reply =
          send_once({"PATCH",
                     upload.url,
                     {{"Content-Type", "application/octet-stream"}, {"Content-Range", range}},
                     std::move(piece)});
      if (reply.status == 202 || reply.status == 201 || reply.status == 204) {
        upload.sent_bytes += end - upload.offset;
        upload.offset = end;
        upload.url = resolve(upload.url, reply);
        upload.report(end);
        failures = 0;
        continue;
      }
      if (reply.status == 401 ? !log_in(reply) : reply.status != 416 && !may_pass(reply.status))
        fail("refuses a piece of " + blob.digest, reply);
      why = "HTTP " + std::to_string(reply.status);
      pause_s = retry_after_s(reply);
    } catch (const TransportError& error) {
      if (failures + 1 >= error.attempts())
        throw;
      why = error.what();
    }
    if (++failures >= k_attempts)
      throw TransportError(name_.host + ": " + blob.digest + " stays unsent at byte " +
                               std::to_string(upload.offset) + " (" + why + ")",
                           "run it again: what the registry has is not sent twice", 1);
    log::verbose(name_.host + ": " + why + ": going on where it was cut");
    backoff_.wait(failures, pause_s);
    if (find_offset(upload))
      continue;
    // Some registries drop an upload of which they got half a piece.
    if (++upload.restarts >= k_attempts)
      throw TransportError(name_.host + ": " + blob.digest + " was cut " +
                               std::to_string(k_attempts) + " times (" + why + ")",
                           "run it again: what the registry has is not sent twice", 1);
    if (!begin(blob, "", upload))
      return;
  }
}

/// The rest of the bytes, and the digest. \return false if it has to begin again.
bool RegistryClient::finish(const RegistryBlob& blob, Upload& upload, std::string body) {
  HttpRequest request{"PUT", upload.url, {{"Content-Type", "application/octet-stream"}}, {}};
  request.url += (request.url.find('?') == std::string::npos ? "?digest=" : "&digest=") +
                 percent_encode(blob.digest, false);
  const auto size = body.size();
  if (upload.offset > 0 && size > 0)
    request.headers.emplace_back("Content-Range", std::to_string(upload.offset) + "-" +
                                                      std::to_string(upload.offset + size - 1));
  request.body = std::move(body);
  auto reply = send_once(request);
  if (is_redirect(reply)) {
    request.url = resolve(request.url, reply);
    reply = send_once(request);
  }
  if (reply.status == 201 || reply.status == 204) {
    upload.sent_bytes += size;
    upload.report(blob.size_bytes);
    return true;
  }
  const bool is_gone = reply.status == 404 || reply.status == 416;
  if (reply.status == 401 ? !log_in(reply) : !is_gone && !may_pass(reply.status))
    fail("does not take " + blob.digest, reply);
  upload.pause_s = retry_after_s(reply);
  return false;
}

std::uint64_t RegistryClient::push_blob(const RegistryBlob& blob, const std::string& mount_from,
                                        const std::function<void(std::uint64_t)>& sent) {
  connect();
  Upload upload;
  upload.sent = sent;
  bool is_begun = false;
  for (int attempt = 1;; ++attempt) {
    check_interrupt();
    try {
      if (!is_begun && !begin(blob, attempt == 1 ? mount_from : "", upload))
        return upload.sent_bytes;
      is_begun = true;
      send_pieces(blob, upload);
      BlobReader rest(blob);
      if (finish(blob, upload, rest.read(upload.offset, blob.size_bytes)))
        return upload.sent_bytes;
    } catch (const TransportError& error) {
      if (attempt >= error.attempts())
        throw;
      log::verbose(std::string(error.what()) + ": trying again");
    }
    if (attempt >= k_attempts)
      throw TransportError(name_.host + ": " + blob.digest + " was refused " +
                               std::to_string(k_attempts) + " times",
                           "", 1);
    backoff_.wait(attempt, upload.pause_s);
    if (has_blob(blob.digest)) // the answer was lost, not the bytes
      return upload.sent_bytes;
    is_begun = is_begun && find_offset(upload);
  }
}

} // namespace mlopsctl::net
