// SPDX-License-Identifier: Apache-2.0
#include "capture/spool_folder.hpp"

#include "capture/capture_folder.hpp"
#include "core/cache.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/io.hpp"

#include <algorithm>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mlopsctl::capture {
namespace {

constexpr const char* k_captured_name = ".captured";
constexpr std::uint64_t k_settings_limit_bytes = 1 << 20;

/// "s3://b/a c/" -> "b-a-c-0123456789ab": readable, and another for each output.
std::string leaf_of(const std::string& url) {
  constexpr std::size_t k_readable = 60, k_scheme = 5, k_digits = 12;
  std::string name = url.substr(k_scheme, k_readable);
  std::replace_if(
      name.begin(), name.end(),
      [](char c) {
        return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'));
      },
      '-');
  const std::string digest = sha256(url);
  return name + (name.ends_with('-') ? "" : "-") + digest.substr(digest.find(':') + 1, k_digits);
}

} // namespace

void create_private_folder(const fs::path& path, const std::string& option) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  ::mkdir(path.c_str(), S_IRWXU);
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode))
    throw Error(Fault::input, path.string() + ": cannot create: " + system_error_text(),
                "name another folder with " + option);
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw Error(Fault::usage, path.string() + ": others may look into this folder",
                "name another folder with " + option);
}

SpoolFolder::SpoolFolder(const std::string& base, const std::string& url) {
  const std::string place = base.empty() ? state_folder("spool") : base;
  if (place.empty())
    throw Error(Fault::usage, "there is no place of this user for frames that wait to be sent",
                "name a folder with --spool DIR");
  path_ = fs::path(place) / leaf_of(url);
}

bool SpoolFolder::is_used() const {
  std::error_code ignored;
  return fs::exists(path_ / k_settings_name, ignored);
}

bool SpoolFolder::is_captured() const {
  std::error_code ignored;
  if (fs::exists(path_ / k_captured_name, ignored))
    return true;
  const Value stored = settings();
  const Value* per_class = stored.find("per_class");
  if (per_class != nullptr && !per_class->is_null())
    return false;                          // a session goes on with what is missing
  const Value* live = stored.find("live"); // what it missed is gone
  return live != nullptr && live->boolean;
}

void SpoolFolder::mark_captured() const {
  write_file((path_ / k_captured_name).string(), "", Existing::replace);
}

Value SpoolFolder::settings() const {
  const std::string place = (path_ / k_settings_name).string();
  return parse_json(read_file(place, k_settings_limit_bytes), place);
}

/// A kill in the middle of it must not leave a spool that lacks some of its files.
void SpoolFolder::remove() const {
  fs::path done = path_;
  done += ".done";
  std::error_code ignored;
  fs::remove_all(done, ignored);
  fs::rename(path_, done, ignored);
  fs::remove_all(done, ignored);
}

} // namespace mlopsctl::capture
