// SPDX-License-Identifier: Apache-2.0
#include "capture/sent_log.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/value.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace mlopsctl::capture {
namespace {

constexpr std::uint64_t k_limit_bytes = std::uint64_t{4} << 30;

[[noreturn]] void fail(const std::filesystem::path& path, const char* action) {
  const std::string text = system_error_text();
  throw Error(Fault::input, path.string() + ": cannot " + action + ": " + text,
              "free some space, then go on with --resume");
}

std::string to_line(const SentFrame& frame) {
  Value line = Value::object();
  line["name"] = frame.name;
  line["size_bytes"] = static_cast<std::int64_t>(frame.object.size_bytes);
  line["digest"] = frame.object.digest.empty() ? Value() : Value(frame.object.digest);
  return to_json(line) + "\n";
}

SentFrame parse_sent(std::string_view line, const std::string& place) {
  const Value value = parse_json(line, place);
  ObjectReader reader(value, place);
  SentFrame frame;
  frame.name = reader.text("name");
  frame.object.size_bytes = static_cast<std::uint64_t>(reader.integer("size_bytes"));
  if (reader.child("digest") != nullptr)
    frame.object.digest = reader.text("digest");
  return frame;
}

} // namespace

void SentLog::open(const std::filesystem::path& path, bool goes_on) {
  path_ = path;
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | (goes_on ? 0 : O_TRUNC),
                 0600);
  if (file_ < 0)
    fail(path, "open");
  const std::string text = read_file(path.string(), k_limit_bytes);
  std::size_t begin = 0;
  for (int line = 1;; ++line) {
    const auto end = text.find('\n', begin);
    if (end == std::string::npos)
      break;
    note({parse_sent(std::string_view(text).substr(begin, end - begin),
                     path.string() + ":" + std::to_string(line))});
    begin = end + 1;
  }
  if (::ftruncate(file_, static_cast<off_t>(begin)) != 0 || ::lseek(file_, 0, SEEK_END) < 0)
    fail(path, "cut");
}

void SentLog::close() {
  if (file_ >= 0)
    ::close(file_);
  file_ = -1;
}

void SentLog::note(const std::vector<SentFrame>& frames) {
  for (const auto& frame : frames)
    if (frame.object.digest.empty())
      dropped_.insert(frame.name);
    else
      files_[frame.name] = frame.object;
}

void SentLog::write(const std::vector<SentFrame>& frames) {
  std::string lines;
  for (const auto& frame : frames)
    lines += to_line(frame);
  const off_t end = ::lseek(file_, 0, SEEK_END);
  std::size_t done = 0;
  while (done < lines.size()) {
    const ssize_t count = ::write(file_, lines.data() + done, lines.size() - done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0) {
      const int code = errno;
      if (::ftruncate(file_, end) == 0) // half a line would be no line
        ::lseek(file_, end, SEEK_SET);
      errno = code;
      fail(path_, "write");
    }
    done += static_cast<std::size_t>(count);
  }
  // The whole file system: a frame must not be here and missing in the journal.
  if (::syncfs(file_) != 0)
    fail(path_, "sync");
}

} // namespace mlopsctl::capture
