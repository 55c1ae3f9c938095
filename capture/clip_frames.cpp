// SPDX-License-Identifier: Apache-2.0
#include "capture/clip_frames.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

namespace mlopsctl::capture {
ClipFrames::ClipFrames(const std::string& url, const Selection& selection, const ClipSlice& slice,
                       const SourceOptions& options)
    : source_(open_frames(url, options)), sampler_(selection, *source_) {
  if (slice.count > 1) {
    const auto times_s = source_->times();
    if (!times_s)
      throw Error(Fault::usage, source_->info().name + ": has no known end to divide into slices",
                  "leave --shard out, or store the video first");
    const auto frames = static_cast<std::int64_t>(times_s->size());
    first_ = frames * (slice.index - 1) / slice.count;
    if (slice.index < slice.count) // what decodes beyond the packets' promise is in the last slice
      end_ = frames * slice.index / slice.count;
  }
  is_chosen_ = source_->choose([this](const Frame& frame) { return takes(frame); }).has_value();
}

/// Asked for every frame in order: the sampler counts those of other slices, too.
bool ClipFrames::takes(const Frame& frame) {
  return !sampler_.is_past_end(frame) && sampler_.takes(frame) && frame.index >= first_ &&
         (!end_ || frame.index < *end_);
}

std::optional<ClipFrame> ClipFrames::next() {
  for (;;) {
    auto frame = source_->next();
    if (!frame)
      return std::nullopt;
    if (!is_chosen_ && (sampler_.is_past_end(*frame) || (end_ && frame->index >= *end_)))
      return std::nullopt;
    if (is_chosen_ || takes(*frame))
      return ClipFrame{std::move(*frame), source_->picture()};
  }
}

bool is_video(const std::string& name, std::string_view head) {
  constexpr std::array<std::string_view, 17> k_extensions{
      ".mp4", ".m4v", ".mov", ".mkv",  ".webm", ".avi",  ".ts",   ".m2ts", ".mts",
      ".mpg", ".flv", ".wmv", ".mpeg", ".y4m",  ".h264", ".hevc", ".mjpeg"};
  const auto extension = std::filesystem::path(name).extension().string();
  for (const auto known : k_extensions)
    if (extension.size() == known.size() && starts_with_ignoring_case(extension, known))
      return true;
  const auto part = [&](std::size_t begin) { return head.substr(std::min(begin, head.size()), 4); };
  return part(4) == "ftyp" || part(0) == "\x1A\x45\xDF\xA3" ||
         (part(0) == "RIFF" && part(8) == "AVI ");
}

bool is_video_file(const std::string& path) {
  std::array<char, 12> head{};
  std::ifstream(path, std::ios::binary).read(head.data(), head.size());
  return is_video(path, {head.data(), head.size()});
}

} // namespace mlopsctl::capture
