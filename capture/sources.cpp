// SPDX-License-Identifier: Apache-2.0
// Every kind of source, in the order in which they are asked. Adding one: its file and its line.
#include "capture/folder_source.hpp"
#include "capture/frame_source.hpp"
#include "capture/pattern_source.hpp"
#include "capture/video_source.hpp"
#include "core/io.hpp"
#include "core/remote.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace mlopsctl::capture {
namespace {

bool is_pattern(const std::string& url) {
  return url.starts_with("pattern:");
}

bool is_standard_input(const std::string& url) {
  return url == "-";
}

bool is_camera(const std::string& url) {
  return url.starts_with("camera:") || url.starts_with("/dev/video") ||
         url.starts_with("/dev/v4l/");
}

bool is_stream(const std::string& url) {
  constexpr std::array<std::string_view, 4> k_schemes{"rtsp://", "rtsps://", "http://", "https://"};
  return std::any_of(k_schemes.begin(), k_schemes.end(),
                     [&](auto scheme) { return starts_with_ignoring_case(url, scheme); });
}

bool is_picture_folder(const std::string& url) {
  return is_folder(url);
}

/// Named pipes, too.
bool is_video_file(const std::string& url) {
  std::error_code ignored;
  return remote_scheme_of(url) || std::filesystem::exists(url, ignored);
}

/// "patern:shapes" is no file that is missing but a word that is misspelled.
[[noreturn]] void fail_unknown(const std::string& url) {
  const auto colon = url.find(':');
  const bool has_scheme = colon != url.npos && colon > 1 && url.find('/') > colon;
  if (!has_scheme)
    throw Error(Fault::input, printable(url) + ": no such file or folder",
                "check the name; relative names start at the current folder");
  const auto scheme = url.substr(0, colon);
  throw Error(Fault::usage,
              "unknown kind of source '" + printable(scheme) + ":'" +
                  did_you_mean(scheme, {"pattern", "camera", "rtsp", "rtsps", "http", "https"}),
              "a source is a file, a folder, camera:0, rtsp://, http:// or pattern:shapes");
}

} // namespace

const std::vector<SourceKind>& all_sources() {
  static const std::vector<SourceKind> table{
      {"pattern", "pattern:shapes?seed=1&size=640x480&fps=30&seconds=10",
       "Moving shapes with exact boxes, the same everywhere", is_pattern, open_pattern},
      {"camera", "camera:0, /dev/video0", "A camera of this machine (Video4Linux)", is_camera,
       open_camera},
      {"stream", "rtsp://..., http://...", "A network camera or a video on a server", is_stream,
       open_stream},
      {"stdin", "-", "A video on standard input: MPEG-TS, MKV, raw H.264", is_standard_input,
       open_standard_input},
      {"folder", "DIR, s3://BUCKET/PREFIX", "Pictures in a folder, in the order of their names",
       is_picture_folder, open_picture_folder},
      {"video", "FILE, s3://BUCKET/KEY",
       "A video file: MP4, MKV, MOV, AVI, WebM, MPEG-TS, raw H.264 or HEVC", is_video_file,
       open_video_file},
  };
  return table;
}

std::unique_ptr<FrameSource> open_frames(const std::string& url, const SourceOptions& options) {
  for (const auto& kind : all_sources())
    if (kind.recognises(url))
      return kind.open(url, options);
  fail_unknown(url);
}

} // namespace mlopsctl::capture
