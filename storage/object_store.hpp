// SPDX-License-Identifier: Apache-2.0
// Named objects below one place, by URL: a folder, or a bucket or a prefix of one (s3://b/p).
#pragma once

#include "core/io.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mlopsctl::storage {

struct ObjectInfo {
  std::string name; ///< relative to the store, '/' between parts; a folder's ends with '/'
  std::uint64_t size_bytes = 0;
  std::int64_t modified_s = 0; ///< seconds since 1970; 0: unknown
  std::string etag;            ///< of S3, without quotes; empty for files
};

/// Any thread. A name must be one that check_relative_name() takes.
class ObjectStore {
public:
  virtual ~ObjectStore() = default;
  /// Every object whose name starts with \p prefix. Sorted by name as bytes, in pages, so that any
  /// number fits; nothing at all if the place is not there.
  /// \param recursive false: what is in folders below is one entry, the folder.
  virtual void list(const std::string& prefix, bool recursive,
                    const std::function<void(const ObjectInfo&)>& each) = 0;
  virtual std::optional<ObjectInfo> find(const std::string& name) = 0;
  virtual std::unique_ptr<ByteSource> open(const std::string& name) = 0;
  virtual std::unique_ptr<ByteSink> create(const std::string& name, Existing existing) = 0;
  /// All of \p source, in the way that is best here: a large upload that was stopped goes on.
  virtual void put(const std::string& name, ByteSource& source, Existing existing) = 0;
  /// From another store of the same kind without fetching it. \return false if that cannot be.
  virtual bool copy_there(const std::string& from_url, const ObjectInfo& object,
                          const std::string& name, Existing existing) = 0;
  /// Whether \p there, which is in this store, surely has the bytes of \p source.
  virtual bool has_same_bytes(const ObjectInfo& there, const ByteSource& source) = 0;
  virtual void remove(const std::vector<std::string>& names) = 0;
  /// How a person would write it.
  virtual std::string url_of(const std::string& name) const = 0;
  virtual bool is_remote() const = 0;
};

/// \param url a path, or "s3://BUCKET[/PREFIX]"; a prefix is a folder, whether or not it ends with
/// '/'. Nothing need be there yet.
std::unique_ptr<ObjectStore> open_store(const std::string& url);
std::unique_ptr<ObjectStore> open_file_store(const std::string& path);
std::unique_ptr<ObjectStore> open_s3_store(const std::string& url);
bool is_s3_url(const std::string& url);
/// "s3://b/p/x" -> "s3://b/p/", "x"; "x" -> "", "x"; what can only be a folder -> itself, "".
std::pair<std::string, std::string> split_place(const std::string& url);

/// What stands at \p url: one object, or what is in a folder; at "s3://" the buckets.
/// \throws Error(input) if nothing does.
void list_place(const std::string& url, bool recursive,
                const std::function<void(const ObjectInfo&)>& each);

} // namespace mlopsctl::storage
