// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "storage/pending.hpp"
#include "storage/s3_object.hpp"

#include <algorithm>

namespace mlopsctl::storage {
namespace {

constexpr int k_small_parts = 2000; ///< of a stream whose length nobody knows; then larger ones
constexpr std::uint64_t k_large_part_bytes = std::uint64_t{64} << 20;

/// Parts on their way, in order.
class Parts {
public:
  Parts(net::S3Client& client, net::S3Name name) : client_(client), name_(std::move(name)) {}
  void begin(std::function<net::S3Part()> work) {
    while (pending_.size() >= k_parts_at_once)
      done_.push_back(pending_.take());
    pending_.begin(std::move(work));
    ++begun_;
  }
  void complete(const std::string& upload, Existing existing) {
    while (!pending_.empty())
      done_.push_back(pending_.take());
    client_.complete_upload(name_, upload, done_, to_s3(existing));
  }
  void give_up() { pending_.clear(); }
  int begun() const { return begun_; }
  bool has_any() const { return !done_.empty(); }

private:
  net::S3Client& client_;
  net::S3Name name_;
  std::vector<net::S3Part> done_;
  int begun_ = 0;
  Pending<net::S3Part> pending_;
};

class S3Sink final : public ByteSink {
public:
  S3Sink(net::S3Client& client, net::S3Name object, Existing existing,
         std::function<void(const WrittenObject&)> written)
      : client_(client), object_(std::move(object)), name_(to_url(object_)), existing_(existing),
        written_(std::move(written)), parts_(client, object_) {
    if (existing == Existing::refuse && client_.head(object_))
      net::refuse_existing(object_); // now, not after the work
  }
  ~S3Sink() override {
    parts_.give_up();
    if (upload_.empty())
      return;
    try {
      client_.abort_upload(object_, upload_);
    } catch (const std::exception& error) {
      log::verbose(name_ + ": its unfinished upload stays: " + error.what());
    }
  }
  S3Sink(const S3Sink&) = delete;
  S3Sink& operator=(const S3Sink&) = delete;

  void write(std::string_view bytes) override {
    size_ += bytes.size();
    if (written_)
      digest_.update(bytes);
    while (!bytes.empty()) {
      const std::uint64_t room = part_bytes() - buffer_.size();
      if (room == 0) {
        begin_part();
        continue;
      }
      const auto piece = bytes.substr(0, room);
      buffer_ += piece;
      bytes.remove_prefix(piece.size());
    }
  }
  void finish() override {
    if (upload_.empty()) {
      client_.put(object_, std::move(buffer_), to_s3(existing_));
    } else {
      begin_part();
      parts_.complete(upload_, existing_);
      upload_.clear();
    }
    if (written_)
      written_({size_, digest_.finish()});
  }
  const std::string& name() const override { return name_; }

private:
  std::uint64_t part_bytes() const {
    return parts_.begun() < k_small_parts ? k_part_bytes : k_large_part_bytes;
  }
  void begin_part() {
    const int number = parts_.begun() + 1;
    if (number > net::k_s3_most_parts)
      throw Error(Fault::input,
                  name_ + ": more than " + bytes_for_people(size_) +
                      " cannot be written as a stream",
                  "write it to a file and copy that with 'mlopsctl store cp'");
    if (upload_.empty())
      upload_ = client_.create_upload(object_);
    parts_.begin([this, number, upload = upload_, bytes = std::move(buffer_)] {
      return client_.put_part(object_, upload, number, bytes);
    });
    buffer_.clear();
  }

  net::S3Client& client_;
  net::S3Name object_;
  std::string name_;
  Existing existing_;
  std::function<void(const WrittenObject&)> written_;
  std::string buffer_;
  std::string upload_; ///< empty: none was begun
  std::uint64_t size_ = 0;
  Sha256 digest_;
  Parts parts_;
};

/// \throws Error(input) if the source ends before.
std::string read_part(const ByteSource& source, std::uint64_t offset, std::uint64_t length) {
  std::string bytes(length, '\0');
  if (source.read_at(offset, bytes))
    return bytes;
  const auto mapped = source.mapped();
  if (!mapped || mapped->size() < offset + length)
    throw Error(Fault::input, source.name() + ": became shorter while it was read");
  return std::string(mapped->substr(offset, length));
}

struct OpenUpload {
  std::string id;
  std::vector<net::S3Part> parts; ///< that are there
};

OpenUpload find_or_create_upload(net::S3Client& client, const net::S3Name& name) {
  OpenUpload upload;
  try {
    upload.id = client.find_upload(name);
    if (!upload.id.empty())
      upload.parts = client.list_parts(name, upload.id);
  } catch (const net::AwsError& error) { // not everybody who may write may look
    if (error.status() != 403 && error.status() != 404 && error.status() != 501)
      throw;
    upload = {};
  }
  if (upload.id.empty())
    upload.id = client.create_upload(name);
  else
    log::info(to_url(name) + ": going on with an upload that was not finished, " +
              std::to_string(upload.parts.size()) + " parts are there");
  return upload;
}

/// Compared by its MD5, so that whoever began the upload, the result is right.
bool is_there(const OpenUpload& upload, int number, const std::string& bytes) {
  return std::any_of(upload.parts.begin(), upload.parts.end(), [&](const net::S3Part& part) {
    return part.number == number && part.size_bytes == bytes.size() &&
           part.etag == to_hex(md5(bytes));
  });
}

} // namespace

std::unique_ptr<ByteSink> create_s3_sink(net::S3Client& client, const net::S3Name& name,
                                         Existing existing,
                                         std::function<void(const WrittenObject&)> written) {
  return std::make_unique<S3Sink>(client, name, existing, std::move(written));
}

std::uint64_t part_bytes_for(std::uint64_t size_bytes) {
  constexpr std::uint64_t k_step = std::uint64_t{1} << 20;
  const std::uint64_t least = size_bytes / net::k_s3_most_parts + 1;
  return std::max(k_part_bytes, (least + k_step - 1) / k_step * k_step);
}

std::string etag_of(const ByteSource& source) {
  const std::uint64_t size = source.size_bytes().value_or(0);
  const std::uint64_t part = part_bytes_for(size);
  if (size <= part)
    return to_hex(md5(read_part(source, 0, size)));
  std::vector<net::S3Part> parts;
  for (std::uint64_t offset = 0; offset < size; offset += part)
    parts.push_back({0, 0, to_hex(md5(read_part(source, offset, std::min(part, size - offset))))});
  return net::etag_of_parts(parts);
}

void upload(net::S3Client& client, const net::S3Name& name, ByteSource& source, Existing existing) {
  const std::uint64_t size = source.size_bytes().value_or(0);
  const std::uint64_t part = part_bytes_for(size);
  if (size <= part) {
    client.put(name, read_part(source, 0, size), to_s3(existing));
    return;
  }
  if (existing == Existing::refuse && client.head(name))
    net::refuse_existing(name);
  const OpenUpload open = find_or_create_upload(client, name);
  Parts parts(client, name);
  try {
    for (std::uint64_t offset = 0; offset < size; offset += part)
      parts.begin([&, number = parts.begun() + 1, offset] {
        std::string bytes = read_part(source, offset, std::min(part, size - offset));
        if (is_there(open, number, bytes))
          return net::S3Part{number, bytes.size(), to_hex(md5(bytes))};
        return client.put_part(name, open.id, number, bytes);
      });
    parts.complete(open.id, existing);
  } catch (const Error& error) {
    parts.give_up();
    if (error.fault() == Fault::usage) { // somebody else wrote it meanwhile
      client.abort_upload(name, open.id);
      throw;
    }
    log::info(to_url(name) + ": the same command, run again, goes on from where this one stopped");
    throw;
  }
}

} // namespace mlopsctl::storage
