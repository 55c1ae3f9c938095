// SPDX-License-Identifier: Apache-2.0
#include "commands/picture_inputs.hpp"

#include "capture/clip_frames.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "dataset/frame_name.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/image_files.hpp"
#include "imaging/codecs.hpp"

#include <array>
#include <filesystem>

namespace fs = std::filesystem;

namespace mlopsctl::commands {
namespace {

/// By its name, so that a broken picture is told as one; else by its first bytes.
bool is_picture(const std::string& path) {
  if (formats::has_image_extension(path))
    return true;
  std::error_code ignored;
  if (path == "-" || fs::is_fifo(path, ignored)) // a look would take its first bytes away
    return false;
  std::array<char, 16> head{};
  const std::size_t count = open_source(path)->read(head);
  return imaging::sniff({head.data(), count}).has_value();
}

std::vector<PictureInput> pictures_of_folder(const std::string& folder) {
  std::vector<PictureInput> found;
  for (const auto& entry : open_folder(folder)->list()) {
    const std::string path = (fs::path(folder) / entry.name).string();
    if (formats::has_image_extension(entry.name))
      found.push_back({path, path, entry.name, path});
  }
  return found;
}

/// A folder without pictures may be one of labels (VOC, YOLO).
void check_label_folder(const std::string& folder) {
  try {
    formats::recognise(formats::open_label_input(folder));
  } catch (const Error&) {
    throw Error(Fault::input, folder + ": there are no pictures and no labels in this folder",
                "pictures end in .jpg, .jpeg, .png or .webp; see 'mlopsctl formats' for labels");
  }
}

} // namespace

dataset::Shard parse_shard(const std::string& text) {
  constexpr std::int64_t k_most = 1'000'000;
  const auto parts = split(text, '/');
  const auto index = parse_int(parts.front()), count = parse_int(parts.back());
  if (parts.size() != 2 || !index || !count || *index < 1 || *count < *index || *count > k_most)
    throw Error(Fault::usage, "--shard: '" + printable(text) + "' is not a slice",
                "write it as 2/8, the second of eight; there are 1000000 at most");
  return {static_cast<int>(*index), static_cast<int>(*count)};
}

struct PictureInputs::Labels {
  std::unique_ptr<dataset::SampleReader> reader;
  formats::ImageFinder finder;
};

struct PictureInputs::Video {
  std::string path;
  capture::ClipFrames frames;
};

PictureInputs::PictureInputs(const std::vector<std::string>& inputs, PictureOptions options)
    : options_(std::move(options)) {
  bool is_known = options_.shard.count == 1;
  if (!options_.format.empty())
    formats::label_format(options_.format); // says that it is unknown, even where no label is read
  if (!options_.images_folder.empty() && !is_folder(options_.images_folder))
    throw Error(Fault::input, options_.images_folder + ": no such folder", "check --images");
  for (const auto& input : inputs) {
    std::error_code ignored;
    if (is_folder(input)) {
      auto pictures = pictures_of_folder(input);
      if (pictures.empty() && options_.format.empty())
        check_label_folder(input);
      is_known = is_known && !pictures.empty();
      if (pictures.empty())
        waiting_.push_back({"", input, "", ""});
      for (auto& picture : pictures)
        waiting_.push_back(std::move(picture));
    } else if (input != "-" && !fs::exists(input, ignored) && !is_file(input)) {
      throw Error(Fault::input, input + ": no such file or folder",
                  "check the name; relative names start at the current folder");
    } else if (is_picture(input)) {
      waiting_.push_back({input, input, fs::path(input).filename().string(), input});
    } else {
      waiting_.push_back({"", input, "", ""});
      is_known = false;
      has_video_ = has_video_ || is_video(input);
    }
  }
  known_count_ = is_known ? static_cast<std::int64_t>(waiting_.size()) : 0;
}

PictureInputs::~PictureInputs() = default;

std::optional<PictureInput> PictureInputs::next() {
  for (;;) {
    auto picture = next_of_all();
    if (!picture || picture->frame || options_.shard.has(picture->name))
      return picture;
  }
}

std::optional<PictureInput> PictureInputs::next_of_all() {
  for (;;) {
    if (labels_) {
      if (auto picture = next_of_labels())
        return picture;
      take_problems(labels_->reader->problems());
      labels_.reset();
    }
    if (video_) {
      if (auto picture = next_of_video())
        return picture;
      take_problems(video_->frames.problems());
      video_.reset();
    }
    if (waiting_.empty())
      return std::nullopt;
    PictureInput first = std::move(waiting_.front());
    waiting_.pop_front();
    if (!first.name.empty())
      return first;
    open(first.path);
  }
}

bool PictureInputs::is_video(const std::string& path) const {
  std::error_code ignored;
  return options_.takes_videos && options_.format.empty() && path != "-" &&
         fs::is_regular_file(path, ignored) && capture::is_video_file(path);
}

void PictureInputs::open(const std::string& path) {
  if (is_video(path)) {
    const capture::ClipSlice slice{options_.shard.index, options_.shard.count};
    video_ = std::make_unique<Video>(
        Video{path, {path, options_.frames, slice, {options_.jobs, 0, std::nullopt}}});
    return;
  }
  formats::ReadOptions reading;
  reading.format = options_.format;
  labels_ = std::make_unique<Labels>(Labels{formats::open_labels(path, reading),
                                            formats::ImageFinder(options_.images_folder, path)});
}

void PictureInputs::take_problems(const Problems& problems) {
  problems_.insert(problems_.end(), problems.begin(), problems.end());
}

std::optional<PictureInput> PictureInputs::next_of_video() {
  auto next = video_->frames.next();
  if (!next)
    return std::nullopt;
  PictureInput picture;
  picture.name = dataset::frame_name(next->frame.source, next->frame.time_s, next->frame.index);
  picture.path = video_->path;
  const std::string digits = std::to_string(next->frame.index);
  picture.draw_name = fs::path(video_->path).stem().string() + "-" +
                      std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits + ".jpg";
  picture.place = picture.name;
  picture.group = next->frame.source;
  picture.time_s = next->frame.time_s;
  picture.frame = [make = std::move(next->picture)] { return std::move(make().rgb()); };
  return picture;
}

std::optional<PictureInput> PictureInputs::next_of_labels() {
  dataset::Sample sample;
  if (!labels_->reader->next(sample))
    return std::nullopt;
  PictureInput picture;
  picture.path = labels_->finder.find(sample.ref).value_or("");
  picture.draw_name = formats::base_name(sample.ref);
  picture.place = sample.place;
  picture.group = sample.group;
  picture.time_s = sample.time_s;
  picture.name = std::move(sample.ref);
  return picture;
}

} // namespace mlopsctl::commands
