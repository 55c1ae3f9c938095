// SPDX-License-Identifier: Apache-2.0
#include "capture/capture_folder.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "imaging/codecs.hpp"

#include <algorithm>
#include <cerrno>
#include <deque>
#include <fcntl.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mlopsctl::capture {
namespace {

constexpr const char* k_temporary_name = ".frame.tmp";
constexpr const char* k_lock_name = ".owner.json"; ///< while somebody writes, or was killed
constexpr const char* k_temporary_clip_name = ".clip.tmp";
constexpr double k_commit_every_s = 1;
constexpr std::uint64_t k_settings_limit_bytes = 1 << 20;

[[noreturn]] void fail(const fs::path& path, const char* action) {
  const int code = errno;
  const std::string text = system_error_text();
  throw Error(Fault::input, path.string() + ": cannot " + action + ": " + text,
              code == ENOSPC || code == EDQUOT ? "free some space, then go on with --resume"
                                               : "write to a place you may write to, with -o");
}

/// \return the bytes written before the first failure.
std::size_t write_some(int fd, std::string_view bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = ::write(fd, bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) // the frame in hand is finished; loops look at the signal
      continue;
    if (count < 0)
      break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

/// The settings say so: many programs write a frames.jsonl. Without them it is ours if it was
/// stopped before they were written: the journal is empty, or there is only our lock.
bool is_ours(const fs::path& path) {
  std::error_code ignored;
  const auto settings = path / k_settings_name;
  if (!fs::exists(settings, ignored)) {
    const auto journal = path / k_journal_name;
    if (!fs::exists(fs::symlink_status(journal, ignored)))
      return fs::is_regular_file(fs::symlink_status(path / k_lock_name, ignored));
    return fs::is_regular_file(fs::symlink_status(journal, ignored)) &&
           fs::file_size(journal, ignored) == 0;
  }
  try {
    const Value stored =
        parse_json(read_file(settings.string(), k_settings_limit_bytes), settings.string());
    const Value* schema = stored.find("schema");
    return schema && schema->is_string() && schema->string == k_settings_schema;
  } catch (const Error&) {
    return false;
  }
}

/// A frame that was on its way to the disk when the power went may be empty or cut.
bool is_whole_frame(const fs::path& path) {
  try {
    imaging::decode_file(path.string());
    return true;
  } catch (const Error&) {
    return false;
  }
}

bool has_digest(const fs::path& path, const std::string& digest) {
  try {
    const auto file = open_source(path.string());
    return sha256(file->mapped().value_or(std::string_view{})) == digest;
  } catch (const Error&) {
    return false;
  }
}

} // namespace

CaptureFolder::CaptureFolder(const std::string& path, FolderMode mode, const Value& settings,
                             FrameOutlet* outlet)
    : path_(path), name_(path), outlet_(outlet) {
  if (!path_.has_filename())
    path_ = path_.parent_path(); // "out/" means "out"
  try {
    prepare(mode, settings);
  } catch (...) {
    ::close(journal_);
    ::close(folder_);
    throw;
  }
}

CaptureFolder::~CaptureFolder() {
  ::close(journal_);
  ::close(folder_);
}

void CaptureFolder::prepare(FolderMode mode, const Value& settings) {
  std::error_code error;
  const auto status = fs::status(path_, error);
  if (fs::exists(status) && !fs::is_directory(status))
    throw Error(Fault::usage, name_ + ": is a file, a folder was to be written there",
                "give another -o");
  const bool is_used = fs::exists(status) && !fs::is_empty(path_, error);
  if (is_used && !is_ours(path_))
    throw Error(Fault::usage, name_ + ": already exists and was not made by capture",
                "remove it yourself or give another -o");
  if (is_used && mode == FolderMode::fresh)
    refuse_used();
  fs::create_directories(path_, error);
  if (error)
    throw Error(Fault::input, name_ + ": cannot create: " + error.message(),
                "write to another place with -o");
  folder_ = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_ < 0)
    fail(path_, "open");
  const bool has_settings = fs::exists(file(k_settings_name), error);
  if (mode == FolderMode::resume && has_settings)
    check_settings(settings);
  lock_.emplace(file(k_lock_name), name_);
  open_journal(mode);
  remove_leftovers();
  if (outlet_ != nullptr)
    outlet_->open(mode);
  if (mode == FolderMode::replace)
    remove_capture();
  if (mode != FolderMode::resume || !has_settings)
    write_file(file(k_settings_name).string(), to_json(settings, 2) + "\n", Existing::replace);
  if (mode == FolderMode::resume) {
    recover();
    offer_rest();
  }
}

void CaptureFolder::check_settings(const Value& settings) const {
  const auto place = file(k_settings_name).string();
  const Value stored = parse_json(read_file(place, k_settings_limit_bytes), place);
  for (const auto& [key, value] : settings.members) {
    const Value* old = stored.find(key);
    const auto before = old ? to_json(*old) : "null", now = to_json(value);
    if (before != now)
      throw Error(Fault::usage,
                  name_ + ": was captured with " + key + " " + printable(before) + ", now it is " +
                      printable(now),
                  "--resume goes on with the same source and options; give another -o for others");
  }
}

void CaptureFolder::refuse_used() const {
  throw Error(Fault::usage, name_ + ": already exists",
              "pass --resume to go on, --overwrite to replace it, or give another -o");
}

void CaptureFolder::open_journal(FolderMode mode) {
  // Not through a link: --overwrite empties the journal.
  journal_ = ::open(file(k_journal_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
  if (journal_ < 0)
    fail(file(k_journal_name), "open");
  // One that began at the same moment and is done already: the folder looked empty to both.
  if (mode == FolderMode::fresh && ::lseek(journal_, 0, SEEK_END) > 0)
    refuse_used();
}

/// Temporary files of a capture that was killed.
void CaptureFolder::remove_leftovers() const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path_, ignored)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with(".") && name.ends_with(".tmp"))
      fs::remove(entry.path(), ignored);
  }
}

/// Only what the journal names goes; other files in the folder are not ours.
void CaptureFolder::remove_capture() const {
  std::error_code ignored;
  fs::remove(file(k_labels_name), ignored);
  try {
    for_each([&](const JournalEntry& entry, std::int64_t) {
      for (const auto& name : entry.files())
        fs::remove(file(name), ignored);
    });
  } catch (const Error&) { // a broken journal: what it still names is gone, the rest is overwritten
  }
  if (::ftruncate(journal_, 0) != 0)
    fail(file(k_journal_name), "empty");
}

void CaptureFolder::for_each(const VisitLine& visit) const {
  for_each_line(file(k_journal_name).string(), visit);
}

/// Nothing of it is lost: it is whole in the folder, or beyond it.
bool CaptureFolder::is_safe(const JournalEntry& entry, bool looks_inside) const {
  const auto names = entry.files();
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    if (outlet_ != nullptr && outlet_->has_taken(name))
      return true;
    std::error_code ignored;
    if (!looks_inside)
      return fs::exists(file(name), ignored);
    const bool is_clip = entry.clip && name == entry.ref;
    return is_clip ? has_digest(file(name), entry.clip->digest) : is_whole_frame(file(name));
  });
}

/// What earlier runs could not pass on.
void CaptureFolder::offer_rest() {
  if (outlet_ == nullptr)
    return;
  for_each([this](const JournalEntry& entry, std::int64_t) {
    for (const auto& name : entry.files())
      if (!outlet_->has_taken(name))
        outlet_->take(name, fs::file_size(file(name)));
  });
}

/// What was written just now.
void CaptureFolder::pass_on(const JournalEntry& entry) {
  if (outlet_ == nullptr)
    return;
  for (const auto& name : entry.files())
    outlet_->take(name, fs::file_size(file(name)));
}

/// Goes back to the last line whose frame is whole, and cuts the journal there.
void CaptureFolder::recover() {
  struct Line {
    JournalEntry entry;
    std::int64_t begin_bytes;
  };
  // More than a second of frames can be unwritten after a power cut; this is several.
  constexpr std::size_t k_tail = 256;
  std::deque<Line> tail;
  std::int64_t last_checked_index = -1;
  for_each([&](const JournalEntry& entry, std::int64_t end_bytes) {
    tail.push_back({entry, journal_bytes_});
    journal_bytes_ = end_bytes;
    kept_ += entry.is_kept ? 1 : 0;
    last_index_ = entry.last_frame();
    if (tail.size() <= k_tail)
      return;
    const auto& old = tail.front().entry;
    if (!is_safe(old, false))
      throw Error(Fault::input,
                  file(old.ref).string() + ": is in the journal but not in the folder",
                  "put it back, or capture again with --overwrite");
    last_checked_index = old.last_frame();
    tail.pop_front();
  });
  for (std::size_t i = 0; i < tail.size(); ++i) {
    const auto& entry = tail[i].entry;
    if (is_safe(entry, true))
      continue;
    journal_bytes_ = tail[i].begin_bytes;
    last_index_ = i > 0 ? tail[i - 1].entry.last_frame() : last_checked_index;
    kept_ -= std::count_if(tail.begin() + static_cast<std::ptrdiff_t>(i), tail.end(),
                           [](const Line& line) { return line.entry.is_kept; });
    break;
  }
  if (::ftruncate(journal_, journal_bytes_) != 0 || ::lseek(journal_, 0, SEEK_END) < 0)
    fail(file(k_journal_name), "cut");
}

void CaptureFolder::append(const JournalEntry& entry) {
  const std::string line = to_line(entry);
  if (write_some(journal_, line) != line.size()) {
    const int code = errno;
    if (::ftruncate(journal_, journal_bytes_) == 0) // half a line would be no line
      ::lseek(journal_, 0, SEEK_END);
    errno = code;
    fail(file(k_journal_name), "write");
  }
  journal_bytes_ += static_cast<std::int64_t>(line.size());
  last_index_ = entry.last_frame();
  if (since_commit_.seconds() - last_commit_s_ >= k_commit_every_s)
    commit();
}

void CaptureFolder::keep(const JournalEntry& entry, std::string_view bytes) {
  if (outlet_ != nullptr)
    outlet_->make_room(bytes.size());
  store(entry.ref, bytes);
  append(entry);
  ++kept_;
  pass_on(entry);
}

fs::path CaptureFolder::temporary() const {
  return file(k_temporary_clip_name);
}

void CaptureFolder::keep_temporary(const JournalEntry& entry) {
  if (outlet_ != nullptr)
    outlet_->make_room(fs::file_size(temporary()));
  if (::renameat(folder_, k_temporary_clip_name, folder_, entry.ref.c_str()) != 0)
    fail(file(entry.ref), "write");
  append(entry);
  ++kept_;
  pass_on(entry);
}

void CaptureFolder::store(const std::string& name, std::string_view bytes) {
  const int fd =
      ::openat(folder_, k_temporary_name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0)
    fail(file(name), "create");
  const bool is_written = write_some(fd, bytes) == bytes.size();
  const int code = errno;
  const bool is_closed = ::close(fd) == 0;
  if (!is_written || !is_closed ||
      ::renameat(folder_, k_temporary_name, folder_, name.c_str()) != 0) {
    errno = is_written ? errno : code;
    const int reason = errno;
    ::unlinkat(folder_, k_temporary_name, 0);
    errno = reason;
    fail(file(name), "write");
  }
}

void CaptureFolder::skip(const JournalEntry& entry) {
  append(entry);
}

void CaptureFolder::commit() {
  // One call for all frames since the last one; an fsync a frame would halve the rate on a card.
  if (::syncfs(folder_) != 0)
    fail(path_, "sync");
  last_commit_s_ = since_commit_.seconds();
}

} // namespace mlopsctl::capture
