// SPDX-License-Identifier: Apache-2.0
// PKWARE's APPNOTE.TXT: 4.3.7 local headers, 4.3.12 central directory, 4.3.16 its end.
#include "formats/archive/zip_writer.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <array>
#include <deque>
#include <future>
#include <limits>

namespace mlopsctl::formats {
namespace {

constexpr int k_level = 6;
/// Of programs and libraries, which zips with limits consist of: 3 % smaller, four times as slow.
constexpr int k_program_level = 10;
constexpr std::uint64_t k_most_bytes = std::numeric_limits<std::uint32_t>::max() - 1;
constexpr std::size_t k_most_members = 65534; // 65535 means "see zip64"
constexpr unsigned k_version = 20;            // 2.0: deflate
constexpr unsigned k_made_by_unix = 3U << 8;
constexpr unsigned k_names_are_utf8 = 1U << 11;
constexpr unsigned k_stored = 0;
constexpr unsigned k_deflated = 8;
constexpr unsigned k_date = (1U << 5) | 1U; // 1980-01-01
constexpr unsigned k_regular_file = 0100000;

struct FreeCompressor {
  void operator()(libdeflate_compressor* compressor) const {
    libdeflate_free_compressor(compressor);
  }
};

struct Member {
  PackedItem item;
  std::uint64_t at = 0; ///< in the spool
  std::uint64_t stored_bytes = 0;
  std::uint32_t crc = 0;
  unsigned method = k_stored;
  unsigned mode = 0;
};

/// Little-endian.
void put(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i)
    out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

/// What local and central headers share.
void put_common(std::string& out, const Member& member) {
  put(out, k_version, 2);
  put(out, k_names_are_utf8, 2);
  put(out, member.method, 2);
  put(out, 0, 2); // midnight
  put(out, k_date, 2);
  put(out, member.crc, 4);
  put(out, member.stored_bytes, 4);
  put(out, member.item.size_bytes, 4);
  put(out, member.item.name.size(), 2);
  put(out, 0, 2); // no extra field
}

std::string local_header(const Member& member) {
  std::string out;
  put(out, 0x04034b50, 4);
  put_common(out, member);
  return out + member.item.name;
}

std::string central_header(const Member& member, std::uint64_t offset) {
  std::string out;
  put(out, 0x02014b50, 4);
  put(out, k_made_by_unix | k_version, 2);
  put_common(out, member);
  put(out, 0, 2); // no comment
  put(out, 0, 2); // first disk
  put(out, 0, 2); // not known to be text
  put(out, std::uint64_t{k_regular_file | member.mode} << 16, 4);
  put(out, offset, 4);
  return out + member.item.name;
}

std::string end_of_directory(std::size_t members, std::uint64_t bytes, std::uint64_t offset) {
  std::string out;
  put(out, 0x06054b50, 4);
  put(out, 0, 4); // disks
  put(out, members, 2);
  put(out, members, 2);
  put(out, bytes, 4);
  put(out, offset, 4);
  put(out, 0, 2); // no comment
  return out;
}

[[noreturn]] void fail_too_large(const std::string& what) {
  throw Error(Fault::input, what + " is over what a zip can hold without zip64 (4 GiB)",
              "pack it as a .tar.gz with 'mlopsctl package model'");
}

/// Counts and digests on the way to the sink.
class Output {
public:
  explicit Output(ByteSink& sink) : sink_(sink) {}
  void write(std::string_view bytes) {
    check_interrupt();
    sink_.write(bytes);
    hash_.update(bytes);
    written_ += bytes.size();
  }
  std::uint64_t written() const { return written_; }
  std::string digest() { return hash_.finish(); }

private:
  ByteSink& sink_;
  Sha256 hash_;
  std::uint64_t written_ = 0;
};

void copy(Spool& spool, const Member& member, Output& output) {
  std::array<char, 65536> buffer{};
  for (std::uint64_t done = 0; done < member.stored_bytes;) {
    const auto count = std::min<std::uint64_t>(buffer.size(), member.stored_bytes - done);
    const std::span piece(buffer.data(), static_cast<std::size_t>(count));
    spool.read_at(member.at + done, piece);
    output.write({piece.data(), piece.size()});
    done += count;
  }
}

/// A member on its way: compressed on a thread of its own.
struct Packed {
  Member member;
  std::string bytes; ///< as they are stored
};

Packed pack(const std::string& name, std::string bytes, unsigned mode) {
  constexpr std::string_view k_elf = "\x7f"
                                     "ELF";
  Packed packed;
  auto& member = packed.member;
  member.item = {name, bytes.size(), sha256(bytes)};
  member.crc = libdeflate_crc32(0, bytes.data(), bytes.size());
  member.mode = mode;
  const std::unique_ptr<libdeflate_compressor, FreeCompressor> compressor{
      libdeflate_alloc_compressor(bytes.starts_with(k_elf) ? k_program_level : k_level)};
  if (!compressor)
    throw Error(Fault::internal, "zip: no memory for a compressor");
  // No more room than the bytes themselves take: 0 then says that they are better stored.
  std::string deflated(bytes.size(), '\0');
  const auto size = libdeflate_deflate_compress(compressor.get(), bytes.data(), bytes.size(),
                                                deflated.data(), deflated.size());
  member.method = size == 0 ? k_stored : k_deflated;
  deflated.resize(size);
  packed.bytes = size == 0 ? std::move(bytes) : std::move(deflated);
  member.stored_bytes = packed.bytes.size();
  return packed;
}

} // namespace

struct ZipWriter::State {
  std::unique_ptr<Spool> spool = create_spool();
  std::deque<std::future<Packed>> pending; ///< in the order of add()
  std::vector<Member> members;
  std::uint64_t unpacked_bytes = 0;

  void settle_first() {
    auto packed = pending.front().get();
    pending.pop_front();
    packed.member.at = spool->size_bytes();
    spool->write(packed.bytes);
    members.push_back(std::move(packed.member));
  }
};

ZipWriter::ZipWriter() : state_(std::make_unique<State>()) {}
ZipWriter::~ZipWriter() = default;

std::uint64_t ZipWriter::unpacked_bytes() const {
  return state_->unpacked_bytes;
}

void ZipWriter::add(const std::string& name, std::string_view bytes, bool is_executable) {
  check_interrupt();
  if (const auto fault = name_fault(name); !fault.empty())
    throw Error(Fault::input, "'" + printable(name) + "': the name " + fault,
                "rename the file before packing it");
  if (bytes.size() > k_most_bytes)
    fail_too_large("'" + printable(name) + "'");
  state_->unpacked_bytes += bytes.size();
  state_->pending.push_back(std::async(std::launch::async, pack, name, std::string(bytes),
                                       is_executable ? 0755U : 0644U));
  while (state_->pending.size() > static_cast<std::size_t>(default_jobs()))
    state_->settle_first();
}

PackResult ZipWriter::finish(ByteSink& sink) {
  while (!state_->pending.empty())
    state_->settle_first();
  auto& members = state_->members;
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.item.name < b.item.name; });
  if (members.size() > k_most_members)
    fail_too_large(std::to_string(members.size()) + " files");
  PackResult result;
  Output output(sink);
  std::string directory;
  for (const auto& member : members) {
    if (!result.items.empty() && result.items.back().name == member.item.name)
      throw Error(Fault::input, "'" + printable(member.item.name) + "': two files have this name");
    if (output.written() > k_most_bytes)
      fail_too_large("the archive");
    directory += central_header(member, output.written());
    output.write(local_header(member));
    copy(*state_->spool, member, output);
    result.items.push_back(member.item);
  }
  const auto offset = output.written();
  if (offset + directory.size() > k_most_bytes)
    fail_too_large("the archive");
  output.write(directory);
  output.write(end_of_directory(members.size(), directory.size(), offset));
  result.size_bytes = output.written();
  result.digest = output.digest();
  return result;
}

} // namespace mlopsctl::formats
