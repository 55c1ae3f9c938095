// SPDX-License-Identifier: Apache-2.0
#include "storage/s3_folder_lock.hpp"

#include "core/log.hpp"

namespace mlopsctl::storage {
namespace {

constexpr int k_attempts = 3; ///< at the mark, when others take and release it meanwhile
constexpr std::uint64_t k_mark_limit_bytes = 64 * 1024;

} // namespace

S3FolderLock::S3FolderLock(net::S3Client& client, const net::S3Name& folder)
    : client_(client), name_(to_url(folder)), mark_{folder.bucket, folder.key + k_partial_name} {
  take();
  heartbeat_.emplace([this] { beat(); });
}

std::optional<S3FolderLock::There> S3FolderLock::look() {
  if (!client_.head(mark_))
    return std::nullopt;
  const auto piece = client_.get(mark_, 0, k_mark_limit_bytes);
  return There{parse_owner(piece.bytes), piece.etag};
}

bool S3FolderLock::take_free() {
  try {
    etag_ = client_.put(mark_, to_text(this_process()), net::S3Existing::refuse);
    return true;
  } catch (const Error& error) {
    if (error.fault() != Fault::usage)
      throw;
    return false; // it is there
  }
}

void S3FolderLock::take() {
  for (int attempt = 1; attempt <= k_attempts; ++attempt) {
    if (take_free())
      return;
    const auto there = look();
    if (!there)
      continue;
    if (there->owner && !is_gone(*there->owner))
      throw Error(Fault::usage, name_ + ": is being written by " + describe(*there->owner),
                  "wait for it, or stop it; after " + std::to_string(k_owner_stale_s) +
                      " s without a sign of life it counts as gone");
    if (const auto etag = client_.replace(mark_, to_text(this_process()), there->etag)) {
      etag_ = *etag;
      return;
    }
  }
  throw Error(Fault::usage, name_ + ": others write it, too", "wait for them");
}

void S3FolderLock::beat() {
  if (is_lost_)
    return;
  try {
    if (const auto etag = client_.replace(mark_, to_text(this_process()), etag_))
      etag_ = *etag;
    else
      is_lost_ = true;
  } catch (const std::exception& error) { // the next one may come through
    log::verbose(std::string("no sign of life: ") + error.what());
  }
}

void S3FolderLock::check() const {
  if (is_lost_)
    throw Error(Fault::input, name_ + ": another process has taken this folder over",
                "only one can write to it: give another -o");
}

void S3FolderLock::release() {
  heartbeat_.reset();
  check();
  client_.remove(mark_.bucket, {mark_.key});
}

std::optional<Owner> find_lock_owner(net::S3Client& client, const net::S3Name& folder) {
  const net::S3Name mark{folder.bucket, folder.key + k_partial_name};
  if (!client.head(mark))
    return std::nullopt;
  return parse_owner(client.get(mark, 0, k_mark_limit_bytes).bytes).value_or(Owner{});
}

} // namespace mlopsctl::storage
