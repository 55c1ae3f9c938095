// SPDX-License-Identifier: Apache-2.0
// A prefix of a bucket as Folder and FolderSink.
#pragma once

#include "core/io.hpp"
#include "net/s3.hpp"

#include <functional>
#include <memory>

namespace mlopsctl::storage {

/// Comes last, with names, sizes and digests of all files.
inline constexpr const char* k_complete_name = "_COMPLETE.json";
/// Comes first, and goes after _COMPLETE.json: its presence says that files are missing.
inline constexpr const char* k_partial_name = "_PARTIAL.json";

/// \p each with every object below the prefix, in the order of their keys; folder placeholders
/// (keys that end with '/') are left out.
void for_each_object(net::S3Client& client, const net::S3Name& prefix,
                     const std::function<void(const net::S3Object&)>& each);
/// "s3://b/p" and "s3://b/p/" -> key "p/"; the bucket itself -> "".
net::S3Name folder_name(const std::string& url);
bool is_s3_folder(net::S3Client& client, const std::string& url);

/// \throws Error(input) if nothing is there, or a FolderSink was not finished or somebody took a
/// file away since.
std::unique_ptr<Folder> open_s3_folder(net::S3Client& client, const std::string& url);
/// Files are sent while others are written. Replaces only what such a sink made.
std::unique_ptr<FolderSink> create_s3_folder(net::S3Client& client, const std::string& url,
                                             Existing existing);

} // namespace mlopsctl::storage
