// SPDX-License-Identifier: Apache-2.0
// Objects of S3 that were read once, kept on this machine: a second command asks whether they are
// still the same, and reads no bytes.
#pragma once

#include "core/io.hpp"
#include "net/s3.hpp"

#include <memory>
#include <string>

namespace mlopsctl::storage {

/// Folder of the cache (--cache); empty: nothing is kept. Set before the first name is opened.
std::string& object_cache();

/// As open_s3_source(); from the cache if the object has the ETag that it had when it was kept.
/// \throws Error as there; Error(usage) if others may write to the cache.
std::unique_ptr<ByteSource> open_kept_source(net::S3Client& client, const net::S3Name& name,
                                             const std::string& folder);

} // namespace mlopsctl::storage
