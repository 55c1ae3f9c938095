// SPDX-License-Identifier: Apache-2.0
// The right to write below a prefix: _PARTIAL.json, which names the process that has it and shows
// readers that files are missing.
#pragma once

#include "core/owner.hpp"
#include "net/s3.hpp"

#include <atomic>
#include <optional>
#include <string>

namespace mlopsctl::storage {

/// Comes first, and goes after _COMPLETE.json.
inline constexpr const char* k_partial_name = "_PARTIAL.json";

/// Written on condition that nobody else has written it meanwhile, and renewed while this lives.
class S3FolderLock {
public:
  /// \param folder a key that ends with '/', or a bucket. \throws Error(usage) if a process that is
  /// not gone has it.
  S3FolderLock(net::S3Client& client, const net::S3Name& folder);

  /// \throws Error(input) if another process took it, because no sign of life of this one came
  /// through.
  void check() const;
  /// Removes _PARTIAL.json. Without it the file stays: the folder is not finished.
  void release();

private:
  struct There {
    std::optional<Owner> owner; ///< nothing: written by hand, or by an older version
    std::string etag;
  };
  std::optional<There> look();
  bool take_free();
  void take();
  void beat();

  net::S3Client& client_;
  std::string name_; ///< of the folder
  net::S3Name mark_;
  std::string etag_; ///< of what was written last; of the heartbeat, while there is one
  std::atomic<bool> is_lost_ = false;
  std::optional<Heartbeat> heartbeat_; ///< last: its thread uses the members above
};

/// Who has the lock of a folder; nothing if nobody has.
std::optional<Owner> find_lock_owner(net::S3Client& client, const net::S3Name& folder);

} // namespace mlopsctl::storage
