// SPDX-License-Identifier: Apache-2.0
// A folder of pictures as a source of frames, in the order of their names.
#include "capture/folder_source.hpp"

#include "core/io.hpp"
#include "core/text.hpp"
#include "imaging/codecs.hpp"
#include "imaging/transform.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

namespace mlopsctl::capture {
namespace {

bool has_picture_name(const std::string& name) {
  constexpr std::array<std::string_view, 4> k_extensions{".jpg", ".jpeg", ".png", ".webp"};
  const auto extension = lower(std::filesystem::path(name).extension().string());
  return std::find(k_extensions.begin(), k_extensions.end(), extension) != k_extensions.end();
}

class FolderSource final : public FrameSource {
public:
  FolderSource(const std::string& path, double assume_fps)
      : folder_(open_folder(path)), fps_(assume_fps) {
    info_.name = path;
    info_.has_time = fps_ > 0;
    for (auto& entry : folder_->list())
      if (has_picture_name(entry.name))
        names_.push_back(std::move(entry.name));
    if (names_.empty())
      throw Error(Fault::input, path + ": no picture is in this folder",
                  "names that end in .jpg, .jpeg, .png or .webp are read");
  }

  const SourceInfo& info() const override { return info_; }

  std::optional<Frame> next() override {
    if (next_ == names_.size())
      return std::nullopt;
    const auto index = static_cast<std::int64_t>(next_);
    return Frame{index, time_of(index), names_[next_++]};
  }

  /// EXIF turns are applied, and no EXIF (positions of people, serial numbers) goes on.
  std::function<Picture()> picture() override {
    return [folder = folder_, name = names_[next_ - 1]] {
      const auto file = folder->open(name);
      const auto bytes = file->mapped().value_or(std::string_view{});
      const auto place = folder->name() + "/" + name;
      const auto header = imaging::probe(bytes, place);
      return Picture{
          imaging::apply_orientation(imaging::decode(bytes, place), header.exif_orientation), {}};
    };
  }

  std::optional<std::vector<double>> times() const override {
    std::vector<double> times_s(names_.size());
    for (std::size_t i = 0; i < times_s.size(); ++i)
      times_s[i] = time_of(static_cast<std::int64_t>(i)).value_or(0);
    return times_s;
  }

private:
  std::optional<double> time_of(std::int64_t index) const {
    if (!info_.has_time)
      return std::nullopt;
    return static_cast<double>(index) / fps_;
  }

  std::shared_ptr<const Folder> folder_;
  double fps_;
  std::vector<std::string> names_;
  std::size_t next_ = 0;
  SourceInfo info_;
};

} // namespace

std::unique_ptr<FrameSource> open_picture_folder(const std::string& path,
                                                 const SourceOptions& options) {
  return std::make_unique<FolderSource>(path, options.assume_fps);
}

} // namespace mlopsctl::capture
