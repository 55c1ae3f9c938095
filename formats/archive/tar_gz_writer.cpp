// SPDX-License-Identifier: Apache-2.0
// The door to libdeflate: tar.gz that is the same for the same files. The tar is cut into blocks of
// 1 MiB; each becomes a gzip member of its own (RFC 1952 section 2.2 allows many), so that blocks
// can be compressed at once and memory stays bounded.
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "formats/archive/archive.hpp"
#include "formats/archive/tar_header.hpp"

#include <libdeflate.h>

#include <algorithm>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_block_bytes = std::size_t{1} << 20;
constexpr int k_level = 6; ///< what gzip takes by default

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

/// The tar as a stream of blocks: next() reads and frames just enough files for one more.
class TarBlocks {
public:
  explicit TarBlocks(std::vector<PackItem> items)
      : items_(std::move(items)), chunk_(k_block_bytes / 4) {}

  std::optional<std::string> next() {
    check_interrupt();
    while (!is_done_ && pending_.size() < k_block_bytes)
      step();
    if (pending_.empty())
      return std::nullopt;
    std::string block = pending_.substr(0, k_block_bytes);
    pending_.erase(0, k_block_bytes);
    return block;
  }
  std::vector<PackedItem> take_packed() { return std::move(packed_); }

private:
  void step() {
    if (source_) {
      copy_piece();
    } else if (index_ < items_.size()) {
      begin_item();
    } else {
      pending_.append(2 * k_tar_block_bytes, '\0');
      is_done_ = true;
    }
  }
  void begin_item() {
    const auto& item = items_[index_];
    pending_ += tar_header(item.name, item.size_bytes, item.is_executable ? 0755 : 0644);
    source_ = item.open();
    hash_ = Sha256();
    copied_bytes_ = 0;
  }
  void copy_piece() {
    const auto& item = items_[index_];
    const std::size_t count = source_->read(chunk_);
    copied_bytes_ += count;
    if (copied_bytes_ > item.size_bytes || (count == 0 && copied_bytes_ < item.size_bytes))
      throw Error(Fault::input,
                  source_->name() + ": changed its size while it was packed (" +
                      std::to_string(item.size_bytes) + " bytes before)",
                  "pack it again when nothing writes to it");
    if (count == 0) {
      pending_.append((k_tar_block_bytes - item.size_bytes % k_tar_block_bytes) % k_tar_block_bytes,
                      '\0');
      packed_.push_back({item.name, item.size_bytes, hash_.finish()});
      source_.reset();
      ++index_;
      return;
    }
    hash_.update({chunk_.data(), count});
    pending_.append(chunk_.data(), count);
    source_->drop_before(copied_bytes_);
  }

  std::vector<PackItem> items_;
  std::string pending_;
  std::vector<char> chunk_;
  std::unique_ptr<ByteSource> source_;
  Sha256 hash_;
  std::uint64_t copied_bytes_ = 0;
  std::size_t index_ = 0;
  std::vector<PackedItem> packed_;
  bool is_done_ = false;
};

/// One gzip member. libdeflate writes no time and no name into its header.
std::string gzip_block(std::string&& block) {
  thread_local const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor(
      libdeflate_alloc_compressor(k_level));
  if (!compressor)
    throw Error(Fault::internal, "gzip: no memory for a compressor");
  std::string out(libdeflate_gzip_compress_bound(compressor.get(), block.size()), '\0');
  const std::size_t size = libdeflate_gzip_compress(compressor.get(), block.data(), block.size(),
                                                    out.data(), out.size());
  if (size == 0)
    throw Error(Fault::internal, "gzip: a block did not fit its bound");
  out.resize(size);
  return out;
}

void check_names(const std::vector<PackItem>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto& name = items[i].name;
    if (const auto fault = name_fault(name); !fault.empty())
      throw Error(Fault::input, "'" + printable(name) + "': the name " + fault,
                  "rename the file before packing it");
    if (i > 0 && items[i - 1].name == name)
      throw Error(Fault::input, "'" + printable(name) + "': two files have this name");
  }
}

} // namespace

PackResult write_tar_gz(ByteSink& sink, std::vector<PackItem> items, int jobs) {
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  check_names(items);
  TarBlocks blocks(std::move(items));
  Sha256 hash;
  PackResult result;
  ordered_parallel<std::string, std::string>(
      jobs, [&] { return blocks.next(); }, gzip_block,
      [&](std::string&& member) {
        hash.update(member);
        result.size_bytes += member.size();
        sink.write(member);
      });
  result.items = blocks.take_packed();
  result.digest = hash.finish();
  return result;
}

} // namespace mlopsctl::formats
