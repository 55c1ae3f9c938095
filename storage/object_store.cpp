// SPDX-License-Identifier: Apache-2.0
// The store by URL, and the one that is a folder.
#include "storage/object_store.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "net/s3.hpp"
#include "storage/remote.hpp"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>

namespace fs = std::filesystem;

namespace mlopsctl::storage {
namespace {

constexpr std::size_t k_buffer_bytes = std::size_t{1} << 20;

std::int64_t to_seconds(fs::file_time_type time) {
  // The epoch of the file clock is another before C++20's clock_cast, which g++ 12 lacks.
  const auto age = fs::file_time_type::clock::now() - time;
  const auto wall = std::chrono::system_clock::now() -
                    std::chrono::duration_cast<std::chrono::system_clock::duration>(age);
  return std::chrono::floor<std::chrono::seconds>(wall).time_since_epoch().count();
}

class FileStore final : public ObjectStore {
public:
  explicit FileStore(fs::path root) : root_(std::move(root)) {}

  void list(const std::string& prefix, bool recursive,
            const std::function<void(const ObjectInfo&)>& each) override {
    std::vector<ObjectInfo> entries;
    const auto add = [&](const fs::directory_entry& entry) {
      check_interrupt();
      auto name = entry.path().lexically_relative(root_).generic_string();
      if (entry.is_directory() && !recursive)
        entries.push_back({name + "/", 0, 0, ""});
      else if (entry.is_regular_file())
        entries.push_back({name, entry.file_size(), to_seconds(entry.last_write_time()), ""});
      if (!entries.empty() && !entries.back().name.starts_with(prefix))
        entries.pop_back();
    };
    try {
      if (!fs::is_directory(root_))
        return;
      if (recursive)
        for (const auto& entry : fs::recursive_directory_iterator(root_))
          add(entry);
      else
        for (const auto& entry : fs::directory_iterator(root_ / fs::path(prefix).parent_path()))
          add(entry);
    } catch (const fs::filesystem_error& error) {
      throw Error(Fault::input, root_.string() + ": cannot list: " + error.code().message());
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    for (const auto& entry : entries)
      each(entry);
  }
  std::optional<ObjectInfo> find(const std::string& name) override {
    std::error_code ignored;
    const fs::directory_entry entry(root_ / name, ignored);
    if (!entry.is_regular_file(ignored))
      return std::nullopt;
    return ObjectInfo{name, entry.file_size(), to_seconds(entry.last_write_time()), ""};
  }
  std::unique_ptr<ByteSource> open(const std::string& name) override {
    return open_source((root_ / name).string());
  }
  std::unique_ptr<ByteSink> create(const std::string& name, Existing existing) override {
    check_relative_name(name);
    const fs::path path = root_ / name;
    std::error_code error;
    {
      const std::lock_guard lock(mutex_); // two threads may make the same folder
      if (path.has_parent_path())
        fs::create_directories(path.parent_path(), error);
    }
    if (error)
      throw Error(Fault::input,
                  path.parent_path().string() + ": cannot create: " + error.message());
    return create_sink(path.string(), existing);
  }
  void put(const std::string& name, ByteSource& source, Existing existing) override {
    const auto sink = create(name, existing);
    std::vector<char> buffer(k_buffer_bytes);
    while (const std::size_t count = source.read(buffer)) {
      check_interrupt();
      sink->write({buffer.data(), count});
    }
    sink->finish();
  }
  bool copy_there(const std::string&, const ObjectInfo&, const std::string&, Existing) override {
    return false;
  }
  bool has_same_bytes(const ObjectInfo&, const ByteSource&) override { return false; }
  void remove(const std::vector<std::string>& names) override {
    for (const auto& name : names) {
      check_relative_name(name);
      std::error_code error;
      fs::remove(root_ / name, error);
      if (error)
        throw Error(Fault::input, url_of(name) + ": cannot delete: " + error.message());
    }
  }
  std::string url_of(const std::string& name) const override { return (root_ / name).string(); }
  bool is_remote() const override { return false; }

private:
  fs::path root_;
  std::mutex mutex_;
};

} // namespace

bool is_s3_url(const std::string& url) {
  return url.starts_with("s3://");
}

std::unique_ptr<ObjectStore> open_file_store(const std::string& path) {
  return std::make_unique<FileStore>(path.empty() ? "." : path);
}

std::unique_ptr<ObjectStore> open_store(const std::string& url) {
  return is_s3_url(url) ? open_s3_store(url) : open_file_store(url);
}

std::pair<std::string, std::string> split_place(const std::string& url) {
  const bool is_bucket = is_s3_url(url) && url.find('/', 5) == std::string::npos;
  if (is_bucket)
    return {url, ""};
  const auto name = url.rfind('/') + 1; // 0 where there is none
  return {url.substr(0, name), url.substr(name)};
}

void list_place(const std::string& url, bool recursive,
                const std::function<void(const ObjectInfo&)>& each) {
  if (url == "s3://") {
    for (const auto& name : s3_client().list_buckets())
      each({name + "/", 0, 0, ""});
    return;
  }
  const auto [place, name] = split_place(url);
  if (const auto object = name.empty() ? std::nullopt : open_store(place)->find(name)) {
    each(*object);
    return;
  }
  bool is_empty = true;
  open_store(url)->list("", recursive, [&](const ObjectInfo& entry) {
    is_empty = false;
    each(entry);
  });
  if (is_empty && !is_folder(url))
    throw Error(Fault::input, url + ": there is no such object or folder", "check the name");
}

} // namespace mlopsctl::storage
