// SPDX-License-Identifier: Apache-2.0
// One object of S3 as ByteSource and ByteSink. Memory is bounded: large ones are read by ranges and
// written by parts, a few of them at a time.
#pragma once

#include "core/io.hpp"
#include "net/s3.hpp"
#include "storage/written_object.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace mlopsctl::storage {

inline constexpr std::uint64_t k_part_bytes = std::uint64_t{8} << 20; ///< as other tools have it
inline constexpr std::size_t k_parts_at_once = 4;

/// Read from the start in pieces, the next ones ahead; a piece that was cut is asked for again.
/// What is replaced meanwhile, and what does not have the checksum that is stored with it, is
/// Error(input).
std::unique_ptr<ByteSource> open_s3_source(net::S3Client& client, const net::S3Name& name);

/// One put, or parts as soon as there is more than one part's worth; nothing is visible before
/// finish(), and without it the parts are given up. \param written called by finish(); may be
/// empty, and then no digest is made.
std::unique_ptr<ByteSink> create_s3_sink(net::S3Client& client, const net::S3Name& name,
                                         Existing existing,
                                         std::function<void(const WrittenObject&)> written = {});

/// All of \p source, whose size is known, to \p name. Parts of a large one are kept when this fails
/// or is killed: done again it sends only what is missing.
void upload(net::S3Client& client, const net::S3Name& name, ByteSource& source, Existing existing);
/// Of which size upload() makes the parts of a file; a file of at most one goes as a whole.
std::uint64_t part_bytes_for(std::uint64_t size_bytes);
/// The ETag that upload() gives to these bytes.
std::string etag_of(const ByteSource& source);

inline net::S3Existing to_s3(Existing existing) {
  return existing == Existing::refuse ? net::S3Existing::refuse : net::S3Existing::replace;
}

} // namespace mlopsctl::storage
