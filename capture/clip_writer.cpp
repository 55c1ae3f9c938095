// SPDX-License-Identifier: Apache-2.0
#include "capture/clip_writer.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "imaging/transform.hpp"

#include <array>
#include <filesystem>
#include <utility>

namespace mlopsctl::capture {
namespace {

constexpr std::array<std::pair<const char*, ClipPicture>, 3> k_pictures{
    {{"first", ClipPicture::first}, {"middle", ClipPicture::middle}, {"last", ClipPicture::last}}};

double seconds_of(std::int64_t ticks) {
  return static_cast<double>(ticks) / imaging::VideoWriter::k_ticks_per_s;
}

void refuse_odd_size(const JournalEntry& entry) {
  if (entry.width % 2 == 0 && entry.height % 2 == 0)
    return;
  const auto size = [](int width, int height) {
    return std::to_string(width) + "x" + std::to_string(height);
  };
  throw Error(Fault::input,
              entry.source + ": frames of " + size(entry.width, entry.height) +
                  " pixels cannot be a clip: H.264 halves both sides",
              "give an even --size, such as " +
                  size(entry.width + entry.width % 2, entry.height + entry.height % 2));
}

std::string picture_name(const std::string& clip) {
  return std::filesystem::path(clip).replace_extension(".jpg").string();
}

} // namespace

ClipPicture parse_clip_picture(const std::string& text) {
  for (const auto& [word, picture] : k_pictures)
    if (text == word)
      return picture;
  throw Error(Fault::usage,
              "--frame-of-clip: unknown '" + printable(text) + "'" +
                  did_you_mean(text, {"first", "middle", "last"}),
              "it is first, middle or last");
}

std::string to_text(ClipPicture picture) {
  for (const auto& [word, value] : k_pictures)
    if (picture == value)
      return word;
  return {};
}

ClipWriter::ClipWriter(const ClipOptions& options, int quality, const NameTemplate& name,
                       CaptureFolder& folder)
    : options_(options), quality_(quality), name_(name), folder_(folder), cutter_(options.length_s),
      written_behind_(folder.last_index()) {
  folder_.for_each([this](const JournalEntry& entry, std::int64_t) {
    width_ = entry.width;
    height_ = entry.height;
  });
}

ClipWriter::~ClipWriter() {
  clip_.reset();
  std::error_code ignored;
  std::filesystem::remove(folder_.temporary(), ignored);
}

void ClipWriter::add(Candidate&& candidate) {
  const auto done = cutter_.add(*candidate.entry.time_s);
  if (candidate.entry.frame_index <= written_behind_)
    return;
  if (done && clip_)
    close(*done);
  if (!clip_)
    begin(candidate);
  if (candidate.entry.redacted)
    entry_.redacted = entry_.redacted.value_or(0) + *candidate.entry.redacted;
  const auto ticks = ClipCutter::ticks_of(*candidate.entry.time_s);
  entry_.clip->last_frame = candidate.entry.frame_index;
  write(candidate, ticks);
  choose_picture(std::move(candidate), ticks);
}

void ClipWriter::begin(const Candidate& candidate) {
  refuse_odd_size(candidate.entry);
  if (width_ == 0) {
    width_ = candidate.entry.width;
    height_ = candidate.entry.height;
  }
  entry_ = candidate.entry;
  entry_.width = width_;
  entry_.height = height_;
  entry_.annotations.reset();
  entry_.redacted.reset(); // of all its frames together
  entry_.is_kept = true;
  entry_.reason = reason::k_clip;
  entry_.clip.emplace();
  picture_ = {};
  clip_ = std::make_unique<imaging::VideoWriter>(folder_.temporary().string(), width_, height_,
                                                 quality_);
}

void ClipWriter::write(const Candidate& candidate, std::int64_t ticks) {
  const auto& planes = candidate.planes;
  if (planes.width == width_ && planes.height == height_)
    return clip_->add(planes, ticks - cutter_.begin_ticks());
  // The camera changed its size: a clip has one.
  const auto scaled =
      imaging::resize(imaging::to_rgb(planes), width_, height_, imaging::Interpolation::linear);
  clip_->add(imaging::to_yuv(scaled), ticks - cutter_.begin_ticks());
}

void ClipWriter::choose_picture(Candidate&& candidate, std::int64_t ticks) {
  const bool is_first = picture_.width == 0;
  const bool is_shown_in_the_middle =
      options_.picture == ClipPicture::middle && ticks <= cutter_.middle_ticks();
  const bool is_wanted =
      options_.picture != ClipPicture::none &&
      (is_first || is_shown_in_the_middle || options_.picture == ClipPicture::last);
  if (!is_wanted)
    return;
  picture_ = std::move(candidate.planes);
  entry_.clip->picture_frame = candidate.entry.frame_index;
  entry_.clip->picture_time_s = *candidate.entry.time_s;
}

void ClipWriter::close(const ClipSpan& span) {
  clip_->finish(span.end_ticks - span.begin_ticks);
  clip_.reset();
  auto& clip = *entry_.clip;
  clip.number = span.number;
  clip.frames = span.frames;
  clip.duration_s = seconds_of(span.end_ticks - span.begin_ticks);
  entry_.ref = name_.name(span.number, entry_.frame_index);
  const auto bytes = open_source(folder_.temporary().string());
  clip.digest = sha256(bytes->mapped().value_or(std::string_view{}));
  if (picture_.width > 0) {
    clip.picture = picture_name(entry_.ref);
    folder_.store(clip.picture, imaging::encode_jpeg(picture_, quality_));
  }
  folder_.keep_temporary(entry_);
}

void ClipWriter::finish(std::optional<double> reached_s) {
  const auto last = cutter_.finish(reached_s);
  if (last && clip_)
    close(*last);
}

} // namespace mlopsctl::capture
