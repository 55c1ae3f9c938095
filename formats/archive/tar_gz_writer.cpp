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
#include <map>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_block_bytes = std::size_t{1} << 20;
constexpr int k_level = 6; ///< what gzip takes by default
/// Weights hardly shrink, and the search for repetitions only takes time: at this level the same
/// size comes sooner.
constexpr int k_weights_level = 1;
constexpr std::size_t k_sample_bytes = std::size_t{1} << 15;

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
    if (!item.open) {
      pending_ += tar_folder_header(item.name, item.is_shared ? 01777 : 0755);
      ++index_;
      return;
    }
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

using Compressor = std::unique_ptr<libdeflate_compressor, FreeCompressor>;

Compressor make_compressor(int level) {
  Compressor compressor(libdeflate_alloc_compressor(level));
  if (!compressor)
    throw Error(Fault::internal, "gzip: no memory for a compressor");
  return compressor;
}

/// By a sample from the middle: less than 15 % go.
bool hardly_shrinks(libdeflate_compressor* compressor, std::string_view block) {
  if (block.size() < 2 * k_sample_bytes)
    return false;
  char room[k_sample_bytes * 85 / 100];
  return libdeflate_deflate_compress(compressor, block.data() + block.size() / 2, k_sample_bytes,
                                     room, sizeof room) == 0;
}

/// One gzip member. libdeflate writes no time and no name into its header.
std::string gzip_block(std::string&& block) {
  thread_local const Compressor common = make_compressor(k_level);
  thread_local const Compressor for_weights = make_compressor(k_weights_level);
  auto* const compressor =
      hardly_shrinks(for_weights.get(), block) ? for_weights.get() : common.get();
  std::string out(libdeflate_gzip_compress_bound(compressor, block.size()), '\0');
  const std::size_t size =
      libdeflate_gzip_compress(compressor, block.data(), block.size(), out.data(), out.size());
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

/// The folders that the names need and that are not among \p items.
void add_folders(std::vector<PackItem>& items) {
  std::map<std::string, bool> is_folder;
  for (const auto& item : items)
    is_folder[item.name] = !item.open;
  const auto count = items.size();
  for (std::size_t i = 0; i < count; ++i) {
    std::string folder = items[i].name;
    for (auto slash = folder.rfind('/'); slash != std::string::npos; slash = folder.rfind('/')) {
      folder.resize(slash);
      const auto [place, is_new] = is_folder.emplace(folder, true);
      if (!place->second)
        throw Error(Fault::input, "'" + printable(folder) + "': is a file and a folder");
      if (!is_new)
        break;
      items.push_back({folder, 0, {}});
    }
  }
}

/// Sorted, a folder comes before what is in it: its name is the front of theirs.
void sort_and_check(std::vector<PackItem>& items) {
  std::sort(items.begin(), items.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  check_names(items);
}

/// \param on_tar gets the tar, in order, before it is compressed.
PackResult write_blocks(ByteSink& sink, std::vector<PackItem> items, int jobs,
                        const std::function<void(std::string_view)>& on_tar) {
  TarBlocks blocks(std::move(items));
  Sha256 hash;
  PackResult result;
  const auto next = [&] {
    auto block = blocks.next();
    if (block && on_tar)
      on_tar(*block);
    return block;
  };
  ordered_parallel<std::string, std::string>(jobs, next, gzip_block, [&](std::string&& member) {
    hash.update(member);
    result.size_bytes += member.size();
    sink.write(member);
  });
  result.items = blocks.take_packed();
  result.digest = hash.finish();
  return result;
}

} // namespace

PackResult write_tar(ByteSink& sink, std::vector<PackItem> items) {
  sort_and_check(items);
  TarBlocks blocks(std::move(items));
  Sha256 hash;
  PackResult result;
  while (const auto block = blocks.next()) {
    hash.update(*block);
    result.size_bytes += block->size();
    sink.write(*block);
  }
  result.items = blocks.take_packed();
  result.digest = hash.finish();
  return result;
}

PackResult write_tar_gz(ByteSink& sink, std::vector<PackItem> items, int jobs) {
  sort_and_check(items);
  return write_blocks(sink, std::move(items), jobs, {});
}

LayerResult write_layer(ByteSink& sink, std::vector<PackItem> items, int jobs) {
  add_folders(items);
  sort_and_check(items);
  Sha256 hash;
  LayerResult result;
  result.archive = write_blocks(sink, std::move(items), jobs, [&](std::string_view tar) {
    hash.update(tar);
    result.unpacked_bytes += tar.size();
  });
  result.diff_id = hash.finish();
  return result;
}

} // namespace mlopsctl::formats
