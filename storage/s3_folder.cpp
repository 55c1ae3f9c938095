// SPDX-License-Identifier: Apache-2.0
#include "storage/s3_folder.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "core/value.hpp"
#include "storage/pending.hpp"
#include "storage/s3_object.hpp"

#include <algorithm>
#include <mutex>
#include <optional>

namespace mlopsctl::storage {
namespace {

constexpr std::size_t k_files_at_once = 16;
constexpr std::size_t k_most_files = 10'000'000;
constexpr std::uint64_t k_complete_limit_bytes = std::uint64_t{64} << 20;

net::S3Name inside(const net::S3Name& folder, const std::string& name) {
  return {folder.bucket, folder.key + name};
}

bool is_hidden(const std::string& name) {
  return name.starts_with('.') || name.find("/.") != std::string::npos;
}

class S3Folder final : public Folder {
public:
  S3Folder(net::S3Client& client, net::S3Name folder)
      : client_(client), folder_(std::move(folder)), name_(to_url(folder_)) {
    for_each_object(client_, folder_, [&](const net::S3Object& object) {
      if (sizes_.size() > k_most_files)
        throw Error(Fault::input,
                    name_ + ": more than " + std::to_string(k_most_files) + " objects",
                    "name a folder further down");
      sizes_.emplace(object.key.substr(folder_.key.size()), object.size_bytes);
    });
    if (sizes_.empty())
      throw Error(Fault::input, name_ + ": there is no such folder",
                  "'mlopsctl store ls' shows what is there");
    check_complete();
  }
  std::vector<FolderEntry> list() const override {
    std::vector<FolderEntry> entries;
    for (const auto& [name, size] : sizes_)
      if (!is_hidden(name) && name != k_complete_name)
        entries.push_back({name, size});
    return entries;
  }
  bool contains(const std::string& name) const override { return sizes_.contains(name); }
  std::unique_ptr<ByteSource> open(const std::string& name) const override {
    return open_s3_source(client_, inside(folder_, name));
  }
  const std::string& name() const override { return name_; }

private:
  void check_complete() const {
    if (contains(k_partial_name))
      throw Error(Fault::input,
                  name_ + ": was not finished: what writes it was stopped, or is still at it",
                  "run that command again with --overwrite");
    if (!contains(k_complete_name))
      return; // not made by this program: as it is
    const std::string place = name_ + k_complete_name;
    const auto source = open(k_complete_name);
    const Value document = parse_json(read_all(*source, k_complete_limit_bytes), place);
    const Value* files = document.find("files");
    for (const auto& file : files != nullptr ? files->items : std::vector<Value>{}) {
      const Value* name = file.find("name");
      const Value* size = file.find("size_bytes");
      if (name == nullptr || size == nullptr)
        throw Error(Fault::input, place + ": a file without name or size_bytes");
      const auto there = sizes_.find(name->string);
      if (there == sizes_.end() || std::to_string(there->second) != to_json(*size))
        throw Error(Fault::input,
                    name_ + printable(name->string) + ": is " +
                        (there == sizes_.end() ? "not there" : "another now") + ", though " +
                        k_complete_name + " names it",
                    "make the folder again");
    }
  }

  net::S3Client& client_;
  net::S3Name folder_;
  std::string name_;
  std::map<std::string, std::uint64_t> sizes_;
};

class S3FolderSink final : public FolderSink {
public:
  S3FolderSink(net::S3Client& client, net::S3Name folder, Existing existing)
      : client_(client), folder_(std::move(folder)), name_(to_url(folder_)) {
    const FolderNames there = list_s3_folder(client_, folder_);
    refuse_foreign_folder(there, name_, existing);
    old_ = there.files;
    lock_.emplace(client_, folder_);
    if (there.is_complete)
      remove_files(client_, folder_, {k_complete_name});
  }

  std::unique_ptr<ByteSink> create(const std::string& name) override;
  void finish() override {
    while (!pending_.empty())
      pending_.take();
    complete_s3_folder(client_, folder_, *lock_, written_, old_);
  }
  const std::string& name() const override { return name_; }

private:
  friend class FileOfFolder;
  void note(const std::string& name, const WrittenObject& object) {
    const std::lock_guard lock(mutex_);
    written_[name] = object;
  }
  /// A file that fits into one request goes while the next one is written.
  void send(const std::string& name, std::string bytes) {
    WrittenObject object{bytes.size(), sha256(bytes)};
    const std::lock_guard lock(mutex_);
    while (pending_.size() >= k_files_at_once)
      pending_.take();
    pending_.begin([this, name, bytes = std::move(bytes)] {
      client_.put(inside(folder_, name), bytes, net::S3Existing::replace);
      return true;
    });
    written_[name] = std::move(object);
  }

  net::S3Client& client_;
  net::S3Name folder_;
  std::string name_;
  std::set<std::string> old_; ///< what was there before
  std::mutex mutex_;
  WrittenFiles written_;
  Pending<bool> pending_;
  std::optional<S3FolderLock> lock_;
};

/// Kept in memory as long as it is small.
class FileOfFolder final : public ByteSink {
public:
  FileOfFolder(S3FolderSink& folder, std::string name)
      : folder_(folder), name_(std::move(name)), url_(folder.name_ + name_) {}
  void write(std::string_view bytes) override {
    if (!large_ && buffer_.size() + bytes.size() > k_part_bytes) {
      large_ = create_s3_sink(folder_.client_, inside(folder_.folder_, name_), Existing::replace,
                              [this](const WrittenObject& object) { folder_.note(name_, object); });
      large_->write(buffer_);
      buffer_ = {};
    }
    if (large_)
      large_->write(bytes);
    else
      buffer_ += bytes;
  }
  void finish() override {
    if (large_)
      large_->finish();
    else
      folder_.send(name_, std::move(buffer_));
  }
  const std::string& name() const override { return url_; }

private:
  S3FolderSink& folder_;
  std::string name_;
  std::string url_;
  std::string buffer_;
  std::unique_ptr<ByteSink> large_;
};

std::unique_ptr<ByteSink> S3FolderSink::create(const std::string& name) {
  check_relative_name(name);
  return std::make_unique<FileOfFolder>(*this, name);
}

} // namespace

void for_each_object(net::S3Client& client, const net::S3Name& prefix,
                     const std::function<void(const net::S3Object&)>& each) {
  std::string start;
  do {
    check_interrupt();
    const auto page = client.list(prefix, "", start);
    for (const auto& object : page.objects)
      if (!object.key.ends_with('/'))
        each(object);
    start = page.next;
  } while (!start.empty());
}

FolderNames list_s3_folder(net::S3Client& client, const net::S3Name& folder) {
  FolderNames there;
  for_each_object(client, folder, [&](const net::S3Object& object) {
    const std::string name = object.key.substr(folder.key.size());
    there.is_complete = there.is_complete || name == k_complete_name;
    if (name == k_complete_name || name == k_partial_name)
      there.is_marked = true;
    else
      there.files.insert(name);
  });
  return there;
}

void remove_files(net::S3Client& client, const net::S3Name& folder,
                  const std::set<std::string>& names) {
  std::vector<std::string> keys;
  for (const auto& name : names)
    keys.push_back(folder.key + name);
  client.remove(folder.bucket, keys);
}

void refuse_foreign_folder(const FolderNames& there, const std::string& name, Existing existing) {
  if (there.files.empty() && !there.is_marked)
    return;
  if (existing == Existing::refuse)
    throw Error(Fault::usage, name + ": already exists",
                "pass --overwrite to replace it, or give another -o");
  if (!there.is_marked)
    throw Error(Fault::usage,
                name + ": was not made by mlopsctl, so --overwrite will not replace it",
                "remove it yourself or give another -o");
}

void complete_s3_folder(net::S3Client& client, const net::S3Name& folder, S3FolderLock& lock,
                        const WrittenFiles& written, std::set<std::string> others) {
  Value files = Value::array();
  for (const auto& [name, object] : written) {
    Value file = Value::object();
    file["name"] = name;
    file["size_bytes"] = static_cast<std::int64_t>(object.size_bytes);
    file["digest"] = object.digest;
    files.push(std::move(file));
    others.erase(name);
  }
  Value document = Value::object();
  document["schema"] = "mlopsctl.folder/1";
  document["files"] = std::move(files);
  lock.check();
  remove_files(client, folder, others);
  client.put(inside(folder, k_complete_name), to_json(document) + "\n", net::S3Existing::replace);
  lock.release();
}

net::S3Name folder_name(const std::string& url) {
  net::S3Name name = net::parse_s3_url(url);
  if (!name.key.empty() && !name.key.ends_with('/'))
    name.key += '/';
  return name;
}

bool is_s3_folder(net::S3Client& client, const std::string& url) {
  const net::S3Name name = net::parse_s3_url(url);
  if (name.key.empty() || name.key.ends_with('/'))
    return true;
  if (client.head(name))
    return false;
  const auto page = client.list(folder_name(url), "/", "");
  return !page.objects.empty() || !page.prefixes.empty();
}

std::unique_ptr<Folder> open_s3_folder(net::S3Client& client, const std::string& url) {
  return std::make_unique<S3Folder>(client, folder_name(url));
}

std::unique_ptr<FolderSink> create_s3_folder(net::S3Client& client, const std::string& url,
                                             Existing existing) {
  return std::make_unique<S3FolderSink>(client, folder_name(url), existing);
}

} // namespace mlopsctl::storage
