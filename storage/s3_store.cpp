// SPDX-License-Identifier: Apache-2.0
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "storage/object_store.hpp"
#include "storage/remote.hpp"
#include "storage/s3_folder.hpp"
#include "storage/s3_object.hpp"

#include <algorithm>

namespace mlopsctl::storage {
namespace {

class S3Store final : public ObjectStore {
public:
  explicit S3Store(const std::string& url) : client_(s3_client()), folder_(folder_name(url)) {}

  void list(const std::string& prefix, bool recursive,
            const std::function<void(const ObjectInfo&)>& each) override {
    std::string start;
    do {
      check_interrupt();
      const auto page = client_.list(inside(prefix), recursive ? "" : "/", start);
      std::vector<ObjectInfo> entries;
      for (const auto& object : page.objects)
        if (!object.key.ends_with('/')) // made by consoles, to show an empty folder
          entries.push_back(info(object));
      for (const auto& name : page.prefixes)
        entries.push_back({name.substr(folder_.key.size()), 0, 0, ""});
      std::sort(entries.begin(), entries.end(),
                [](const auto& a, const auto& b) { return a.name < b.name; });
      for (const auto& entry : entries)
        each(entry);
      start = page.next;
    } while (!start.empty());
  }
  std::optional<ObjectInfo> find(const std::string& name) override {
    const auto object = client_.head(inside(name));
    return object ? std::optional(info(*object)) : std::nullopt;
  }
  std::unique_ptr<ByteSource> open(const std::string& name) override {
    return open_s3_source(client_, inside(name));
  }
  std::unique_ptr<ByteSink> create(const std::string& name, Existing existing) override {
    return create_s3_sink(client_, inside(name), existing);
  }
  void put(const std::string& name, ByteSource& source, Existing existing) override {
    upload(client_, inside(name), source, existing);
  }
  bool copy_there(const std::string& from_url, const ObjectInfo& object, const std::string& name,
                  Existing existing) override {
    if (!is_s3_url(from_url) || object.size_bytes > net::k_s3_copy_limit_bytes)
      return false;
    if (existing == Existing::refuse && client_.head(inside(name)))
      net::refuse_existing(inside(name));
    client_.copy(net::parse_s3_url(from_url), inside(name));
    return true;
  }
  bool has_same_bytes(const ObjectInfo& there, const ByteSource& source) override {
    return !there.etag.empty() && there.etag == etag_of(source);
  }
  void remove(const std::vector<std::string>& names) override {
    std::vector<std::string> keys;
    for (const auto& name : names)
      keys.push_back(folder_.key + name);
    client_.remove(folder_.bucket, keys);
  }
  std::string url_of(const std::string& name) const override { return to_url(inside(name)); }
  bool is_remote() const override { return true; }

private:
  net::S3Name inside(const std::string& name) const {
    return net::parse_s3_url(to_url(folder_) + name); // names of files may be any bytes
  }
  ObjectInfo info(const net::S3Object& object) const {
    return {object.key.substr(folder_.key.size()), object.size_bytes, object.modified_s,
            object.etag};
  }

  net::S3Client& client_;
  net::S3Name folder_;
};

} // namespace

std::unique_ptr<ObjectStore> open_s3_store(const std::string& url) {
  return std::make_unique<S3Store>(url);
}

} // namespace mlopsctl::storage
