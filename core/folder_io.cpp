// SPDX-License-Identifier: Apache-2.0
// Folders on disk behind Folder and FolderSink of io.hpp.
#include "core/detail/descriptor.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/remote.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <fcntl.h>
#include <mutex>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mlopsctl {
namespace {

using detail::Descriptor;
using detail::fail_system;

bool is_hidden(const std::string& name) {
  return name.front() == '.' || name.find("/.") != std::string::npos;
}

class LocalFolder final : public Folder {
public:
  explicit LocalFolder(fs::path root) : root_(std::move(root)), name_(root_.string()) {}
  std::vector<FolderEntry> list() const override {
    std::vector<FolderEntry> entries;
    try {
      for (const auto& entry : fs::recursive_directory_iterator(root_)) {
        if (!entry.is_regular_file())
          continue;
        auto relative = entry.path().lexically_relative(root_).generic_string();
        if (!is_hidden(relative))
          entries.push_back({std::move(relative), entry.file_size()});
      }
    } catch (const fs::filesystem_error& error) {
      throw Error(Fault::input, name_ + ": cannot list: " + error.code().message());
    }
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
  }
  bool contains(const std::string& name) const override {
    std::error_code ignored;
    return fs::is_regular_file(root_ / name, ignored);
  }
  std::unique_ptr<ByteSource> open(const std::string& name) const override {
    return open_source((root_ / name).string());
  }
  const std::string& name() const override { return name_; }

private:
  fs::path root_;
  std::string name_;
};

} // namespace

void check_relative_name(const std::string& name) {
  // no fs::path: it is asked for every file, of which there may be hundreds of thousands
  const bool climbs = ("/" + name + "/").find("/../") != std::string::npos;
  if (name.empty() || name.front() == '/' || climbs || name.find('\0') != std::string::npos)
    throw Error(Fault::input, "'" + printable(name) + "': not a name inside the output folder",
                "names in a data set may not be absolute or contain '..'");
}

namespace {

class LocalFolderSink final : public FolderSink {
public:
  LocalFolderSink(fs::path target, Existing existing)
      : target_(std::move(target)), name_(target_.string()) {
    if (!target_.has_filename())
      target_ = target_.parent_path(); // "out/" means "out"
    refuse_foreign_folder(existing);
    partial_ = target_;
    partial_ += ".partial";
    std::error_code error;
    fs::remove_all(partial_, error); // what a killed run left
    if (!error)
      fs::create_directories(partial_, error);
    if (error)
      throw Error(Fault::input, name_ + ": cannot create: " + error.message(),
                  "write to another place");
  }
  ~LocalFolderSink() override {
    std::error_code ignored;
    if (!partial_.empty())
      fs::remove_all(partial_, ignored);
  }
  LocalFolderSink(const LocalFolderSink&) = delete;
  LocalFolderSink& operator=(const LocalFolderSink&) = delete;

  std::unique_ptr<ByteSink> create(const std::string& name) override {
    check_relative_name(name);
    if (const auto slash = name.rfind('/'); slash != std::string::npos)
      make_folder(name.substr(0, slash));
    return detail::create_file_sink(partial_.native() + '/' + name,
                                    detail::Durable::later); // made durable as a whole by finish()
  }

  void finish() override {
    mlopsctl::write_file((partial_ / k_folder_marker).string(),
                         "{\"schema\":\"mlopsctl.folder/1\"}\n", Existing::replace);
    sync_tree();
    std::error_code error;
    fs::path old;
    if (fs::exists(target_)) {
      old = target_;
      old += ".replaced";
      fs::remove_all(old, error);
      fs::rename(target_, old, error);
    }
    if (!error)
      fs::rename(partial_, target_, error);
    if (error)
      throw Error(Fault::input,
                  name_ + ": cannot put the finished folder in place: " + error.message());
    partial_.clear();
    detail::sync_folder(target_.parent_path());
    if (!old.empty())
      fs::remove_all(old, error);
  }
  const std::string& name() const override { return name_; }

private:
  void refuse_foreign_folder(Existing existing) const {
    std::error_code ignored;
    const auto status = fs::symlink_status(target_, ignored);
    if (!fs::exists(status))
      return;
    if (!fs::is_directory(status))
      throw Error(Fault::usage, name_ + ": is a file, a folder was to be written there",
                  "give another -o");
    if (fs::is_empty(target_, ignored))
      return;
    if (existing == Existing::refuse)
      throw Error(Fault::usage, name_ + ": already exists",
                  "pass --overwrite to replace it, or give another -o");
    if (!fs::exists(target_ / k_folder_marker, ignored))
      throw Error(Fault::usage,
                  name_ + ": was not made by mlopsctl, so --overwrite will not replace it",
                  "remove it yourself or give another -o");
  }
  void make_folder(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (name == last_folder_)
      return;
    std::error_code error;
    const fs::path folder = partial_ / name;
    fs::create_directories(folder, error);
    if (error)
      throw Error(Fault::input, folder.string() + ": cannot create: " + error.message());
    last_folder_ = name;
  }
  /// One syncfs instead of an fsync a file: 118,000 label files would otherwise take minutes.
  void sync_tree() const {
    const Descriptor fd(::open(partial_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd.valid() && ::syncfs(fd.get()) != 0)
      fail_system(name_, "sync");
  }

  fs::path target_;
  fs::path partial_;
  std::string name_;
  std::mutex mutex_;
  std::string last_folder_; ///< relative
};

} // namespace

void FolderSink::write(const std::string& name, std::string_view bytes) {
  const auto sink = create(name);
  sink->write(bytes);
  sink->finish();
}

std::unique_ptr<Folder> open_folder(const std::string& path) {
  if (const auto* remote = remote_scheme_of(path))
    return remote->open_folder(path);
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (!fs::exists(status))
    throw Error(Fault::input, path + ": no such folder", "check the name");
  if (!fs::is_directory(status))
    throw Error(Fault::input, path + ": is a file, a folder was expected");
  return std::make_unique<LocalFolder>(path);
}

std::unique_ptr<FolderSink> create_folder(const std::string& path, Existing existing) {
  if (path.empty() || path == "-")
    throw Error(Fault::usage, "'" + path + "': a folder is to be written, and this names none",
                "give the name of a folder");
  if (const auto* remote = remote_scheme_of(path))
    return remote->create_folder(path, existing);
  return std::make_unique<LocalFolderSink>(path, existing);
}

} // namespace mlopsctl
