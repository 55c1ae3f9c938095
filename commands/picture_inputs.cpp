// SPDX-License-Identifier: Apache-2.0
#include "commands/picture_inputs.hpp"

#include "core/io.hpp"
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
  if (path == "-")
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
  if (found.empty())
    throw Error(Fault::input, folder + ": there is no picture in this folder",
                "pictures end in .jpg, .jpeg, .png or .webp");
  return found;
}

} // namespace

struct PictureInputs::Labels {
  std::unique_ptr<dataset::SampleReader> reader;
  formats::ImageFinder finder;
};

PictureInputs::PictureInputs(const std::vector<std::string>& inputs, std::string images_folder)
    : images_folder_(std::move(images_folder)) {
  bool is_known = true;
  for (const auto& input : inputs) {
    std::error_code ignored;
    if (fs::is_directory(input, ignored)) {
      for (auto& picture : pictures_of_folder(input))
        waiting_.push_back(std::move(picture));
    } else if (input != "-" && !fs::exists(input, ignored)) {
      throw Error(Fault::input, input + ": no such file or folder",
                  "check the name; relative names start at the current folder");
    } else if (is_picture(input)) {
      waiting_.push_back({input, input, fs::path(input).filename().string(), input});
    } else {
      waiting_.push_back({"", input, "", ""});
      is_known = false;
    }
  }
  known_count_ = is_known ? static_cast<std::int64_t>(waiting_.size()) : 0;
}

PictureInputs::~PictureInputs() = default;

std::optional<PictureInput> PictureInputs::next() {
  for (;;) {
    if (labels_) {
      if (auto picture = next_of_labels())
        return picture;
      const auto& problems = labels_->reader->problems();
      problems_.insert(problems_.end(), problems.begin(), problems.end());
      labels_.reset();
    }
    if (waiting_.empty())
      return std::nullopt;
    PictureInput first = std::move(waiting_.front());
    waiting_.pop_front();
    if (!first.name.empty())
      return first;
    labels_ = std::make_unique<Labels>(Labels{formats::open_labels(first.path, {}),
                                              formats::ImageFinder(images_folder_, first.path)});
  }
}

std::optional<PictureInput> PictureInputs::next_of_labels() {
  dataset::Sample sample;
  if (!labels_->reader->next(sample))
    return std::nullopt;
  PictureInput picture;
  picture.path = labels_->finder.find(sample.ref).value_or("");
  picture.draw_name = formats::base_name(sample.ref);
  picture.place = sample.place;
  picture.name = std::move(sample.ref);
  return picture;
}

} // namespace mlopsctl::commands
