// SPDX-License-Identifier: Apache-2.0
// A prefix of a bucket as Folder and FolderSink.
#pragma once

#include "core/io.hpp"
#include "net/s3.hpp"
#include "storage/s3_folder_lock.hpp"
#include "storage/written_object.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>

namespace mlopsctl::storage {

/// Comes last, with names, sizes and digests of all files.
inline constexpr const char* k_complete_name = "_COMPLETE.json";

/// \p each with every object below the prefix, in the order of their keys; folder placeholders
/// (keys that end with '/') are left out.
void for_each_object(net::S3Client& client, const net::S3Name& prefix,
                     const std::function<void(const net::S3Object&)>& each);
/// "s3://b/p" and "s3://b/p/" -> key "p/"; the bucket itself -> "".
net::S3Name folder_name(const std::string& url);
bool is_s3_folder(net::S3Client& client, const std::string& url);

/// Names below the prefix that are not marks of this program.
struct FolderNames {
  std::set<std::string> files;
  bool is_marked = false; ///< this program wrote it, or began to
  bool is_complete = false;
};
FolderNames list_s3_folder(net::S3Client& client, const net::S3Name& folder);
/// Objects below the folder by their names there.
void remove_files(net::S3Client& client, const net::S3Name& folder,
                  const std::set<std::string>& names);
/// Removes \p others that are not in \p files, writes _COMPLETE.json, and gives up the lock.
void complete_s3_folder(net::S3Client& client, const net::S3Name& folder, S3FolderLock& lock,
                        const WrittenFiles& files, std::set<std::string> others);
/// \throws Error(usage) if there is anything and \p existing is refuse, or it is not ours.
void refuse_foreign_folder(const FolderNames& there, const std::string& name, Existing existing);

/// \throws Error(input) if nothing is there, or a FolderSink was not finished or somebody took a
/// file away since.
std::unique_ptr<Folder> open_s3_folder(net::S3Client& client, const std::string& url);
/// Files are sent while others are written. Replaces only what such a sink made.
std::unique_ptr<FolderSink> create_s3_folder(net::S3Client& client, const std::string& url,
                                             Existing existing);

} // namespace mlopsctl::storage
