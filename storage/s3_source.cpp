// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"
#include "core/error.hpp"
#include "storage/pending.hpp"
#include "storage/s3_object.hpp"

#include <algorithm>
#include <optional>

namespace mlopsctl::storage {
namespace {

class S3Source final : public ByteSource {
public:
  S3Source(net::S3Client& client, net::S3Name object)
      : client_(client), object_(std::move(object)), name_(to_url(object_)),
        first_(client_.get(object_, 0, k_part_bytes)) {
    rewind();
  }

  std::size_t read(std::span<char> buffer) override {
    if (at_ == piece().size() && !next_piece())
      return 0;
    const std::size_t count = std::min(buffer.size(), piece().size() - at_);
    std::copy_n(piece().data() + at_, count, buffer.data());
    at_ += count;
    return count;
  }
  void rewind() override {
    ahead_.clear();
    later_.reset();
    asked_ = taken_ = first_.bytes.size();
    at_ = 0;
    digest_ = Sha256();
    digest_.update(first_.bytes);
    if (is_whole())
      check_digest();
  }
  std::optional<std::uint64_t> size_bytes() const override { return first_.total_bytes; }
  /// A small object is in memory anyway; a large one is spooled to a file.
  std::optional<std::string_view> mapped() const override {
    if (is_whole())
      return first_.bytes;
    if (!spooled_) {
      S3Source again(client_, object_);
      spooled_ = spool_source(again, name_);
    }
    return spooled_->mapped();
  }
  void drop_before(std::uint64_t offset) override {
    if (spooled_)
      spooled_->drop_before(offset);
  }
  const std::string& name() const override { return name_; }

private:
  const std::string& piece() const { return later_ ? *later_ : first_.bytes; }
  bool is_whole() const { return first_.bytes.size() == first_.total_bytes; }

  bool next_piece() {
    while (asked_ < first_.total_bytes && ahead_.size() < k_parts_at_once) {
      const auto length = std::min(k_part_bytes, first_.total_bytes - asked_);
      ahead_.begin([this, offset = asked_, length] {
        return client_.get(object_, offset, length, first_.etag).bytes;
      });
      asked_ += length;
    }
    if (ahead_.empty())
      return false;
    later_ = ahead_.take();
    at_ = 0;
    taken_ += later_->size();
    if (has_checksum())
      digest_.update(*later_);
    if (taken_ == first_.total_bytes)
      check_digest();
    return true;
  }
  /// Of an object that was written in parts (its ETag ends with "-3") it is another thing.
  bool has_checksum() const {
    return !first_.sha256_base64.empty() && first_.etag.find('-') == std::string::npos;
  }
  void check_digest() {
    if (has_checksum() && base64(digest_.finish_raw()) != first_.sha256_base64)
      throw Error(Fault::remote,
                  name_ + ": what came is not what was stored: its SHA-256 is another",
                  "run the command again; if it stays, the object is damaged");
  }

  net::S3Client& client_;
  net::S3Name object_;
  std::string name_;
  net::S3Piece first_;
  std::optional<std::string> later_; ///< the piece that is read now, after the first
  std::size_t at_ = 0;               ///< in it
  std::uint64_t asked_ = 0;          ///< bytes of the object that were asked for
  std::uint64_t taken_ = 0;          ///< that came
  Sha256 digest_;
  mutable std::unique_ptr<ByteSource> spooled_;
  Pending<std::string> ahead_; ///< last: its threads use the members above
};

} // namespace

std::unique_ptr<ByteSource> open_s3_source(net::S3Client& client, const net::S3Name& name) {
  return std::make_unique<S3Source>(client, name);
}

} // namespace mlopsctl::storage
