// SPDX-License-Identifier: Apache-2.0
#include "core/cache.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace fs = std::filesystem;

namespace mlopsctl {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): read before threads begin
  return value ? value : "";
}

/// Empty: there is none.
fs::path cache_root() {
  const std::string chosen = environment("MLOPSCTL_CACHE");
  if (!chosen.empty())
    return fs::path(chosen).is_absolute() ? fs::path(chosen) : fs::path();
  if (const fs::path xdg = environment("XDG_CACHE_HOME"); xdg.is_absolute())
    return xdg / "mlopsctl";
  if (const fs::path home = environment("HOME"); home.is_absolute())
    return home / ".cache" / "mlopsctl";
  return {};
}

fs::path state_root() {
  if (const fs::path xdg = environment("XDG_STATE_HOME"); xdg.is_absolute())
    return xdg / "mlopsctl";
  if (const fs::path home = environment("HOME"); home.is_absolute())
    return home / ".local" / "state" / "mlopsctl";
  return {};
}

/// Nobody else may write to it.
bool is_own(const struct stat& status) {
  return status.st_uid == ::geteuid() && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

std::string own_folder(const fs::path& root, const std::string& name) {
  if (root.empty())
    return {};
  std::error_code error;
  fs::create_directories(root.parent_path(), error);
  ::mkdir(root.c_str(), S_IRWXU); // one that is there keeps its mode
  const fs::path folder = root / name;
  ::mkdir(folder.c_str(), S_IRWXU);
  struct stat status {};
  const bool is_ours = ::lstat(folder.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
                       is_own(status) && ::access(folder.c_str(), W_OK) == 0;
  return is_ours ? folder.string() : std::string();
}

} // namespace

std::string cache_folder(const std::string& name) {
  return own_folder(cache_root(), name);
}

std::string state_folder(const std::string& name) {
  return own_folder(state_root(), name);
}

bool is_own_file(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && is_own(status);
}

void trim_cache(const std::string& folder, std::uintmax_t limit_bytes) {
  struct File {
    fs::file_time_type used;
    std::uintmax_t size_bytes;
    fs::path path;
  };
  std::vector<File> files;
  std::uintmax_t sum = 0;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone; // another process trims, too
    const auto size_bytes = at->file_size(gone);
    const auto used = gone ? fs::file_time_type{} : at->last_write_time(gone);
    if (gone)
      continue;
    files.push_back({used, size_bytes, at->path()});
    sum += size_bytes;
  }
  std::sort(files.begin(), files.end(),
            [](const File& a, const File& b) { return a.used < b.used; });
  for (const auto& file : files) {
    if (sum <= limit_bytes)
      return;
    sum -= file.size_bytes;
    fs::remove(file.path, error);
  }
}

void touch_file(const std::string& path) {
  std::error_code ignored;
  fs::last_write_time(path, fs::file_time_type::clock::now(), ignored);
}

} // namespace mlopsctl
