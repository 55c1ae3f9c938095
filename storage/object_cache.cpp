// SPDX-License-Identifier: Apache-2.0
#include "storage/object_cache.hpp"

#include "core/cache.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "storage/s3_object.hpp"

#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace mlopsctl::storage {
namespace {

constexpr std::size_t k_buffer_bytes = std::size_t{1} << 20;

/// A kept file under the name of the object.
class KeptSource final : public ByteSource {
public:
  KeptSource(const std::string& path, std::string name)
      : file_(open_source(path)), name_(std::move(name)) {}
  std::size_t read(std::span<char> buffer) override { return file_->read(buffer); }
  void rewind() override { file_->rewind(); }
  std::optional<std::uint64_t> size_bytes() const override { return file_->size_bytes(); }
  std::optional<std::string_view> mapped() const override { return file_->mapped(); }
  bool read_at(std::uint64_t offset, std::span<char> bytes) const override {
    return file_->read_at(offset, bytes);
  }
  void drop_before(std::uint64_t offset) override { file_->drop_before(offset); }
  const std::string& name() const override { return name_; }

private:
  std::unique_ptr<ByteSource> file_;
  std::string name_;
};

/// With mode 0700: pictures are somebody's.
void make_folder(const std::string& folder) {
  std::error_code error;
  fs::create_directories(fs::path(folder).parent_path(), error);
  ::mkdir(folder.c_str(), S_IRWXU);
  struct stat status {};
  if (::stat(folder.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    throw Error(Fault::input, folder + ": cannot create: " + system_error_text(),
                "name another folder with --cache DIR");
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    throw Error(Fault::usage, folder + ": others may write to this cache",
                "name a folder of your own with --cache DIR");
}

void fetch(net::S3Client& client, const net::S3Name& name, const std::string& path) {
  const auto source = open_s3_source(client, name);
  const auto sink = create_sink(path, Existing::replace);
  std::vector<char> buffer(k_buffer_bytes);
  while (const std::size_t count = source->read(buffer)) {
    check_interrupt();
    sink->write({buffer.data(), count});
  }
  sink->finish();
}

} // namespace

std::string& object_cache() {
  static std::string folder;
  return folder;
}

std::unique_ptr<ByteSource> open_kept_source(net::S3Client& client, const net::S3Name& name,
                                             const std::string& folder) {
  const auto object = client.head(name);
  if (!object || object->etag.empty())
    return open_s3_source(client, name); // which says what is wrong
  make_folder(folder);
  const std::string url = to_url(name);
  const std::string digest = sha256(client.place() + "\n" + url + "\n" + object->etag);
  const std::string path = (fs::path(folder) / digest.substr(digest.find(':') + 1)).string();
  std::error_code missing;
  if (!is_own_file(path) || fs::file_size(path, missing) != object->size_bytes)
    fetch(client, name, path);
  return std::make_unique<KeptSource>(path, url);
}

} // namespace mlopsctl::storage
