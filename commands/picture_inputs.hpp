// SPDX-License-Identifier: Apache-2.0
// Pictures named on a command line: files, folders of them, any label file that refers to them, or
// the frames of a video.
#pragma once

#include "capture/sampling.hpp"
#include "core/error.hpp"
#include "dataset/shard.hpp"
#include "imaging/image.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::commands {

/// \param text "2/8". \throws Error(usage) if it is none.
dataset::Shard parse_shard(const std::string& text);

/// How the label files and the videos among the inputs are read.
struct PictureOptions {
  std::string images_folder; ///< --images: what references point into; may be empty
  std::string format;        ///< --from; empty: by content
  dataset::Shard shard;
  bool takes_videos = false;   ///< false: a video is refused as what it is not, a label file
  capture::Selection frames{}; ///< of videos
  int jobs = 1;                ///< threads that decode a video
};

struct PictureInput {
  std::string name; ///< as given: the argument, folder/file, or the reference of the label file
  std::string path; ///< of the file on this machine; empty if it was not found
  std::string draw_name;          ///< relative to its folder, for outputs beside the predictions
  std::string place;              ///< for messages: the name, or the line of the label file
  std::string group{};            ///< the clip, where a label file says it; may be empty
  std::optional<double> time_s{}; ///< in the clip
  /// A frame of a video: makes its pixels, once, on any thread. Empty: the picture is a file.
  std::function<imaging::Image()> frame{};
};

/// One stream over all inputs in the order of the command line (folders by name). Label files are
/// read as they go, in constant memory.
class PictureInputs {
public:
  /// \throws Error(input) if an input does not exist, or a folder holds neither pictures nor
  /// labels.
  PictureInputs(const std::vector<std::string>& inputs, PictureOptions options);
  ~PictureInputs();

  std::optional<PictureInput> next();
  /// Pictures if all inputs are files and folders of pictures and there is one slice, else 0.
  std::int64_t known_count() const { return known_count_; }
  bool has_video() const { return has_video_; }
  /// Of label files and videos, as far as they were read.
  const Problems& problems() const { return problems_; }

private:
  struct Labels;
  struct Video;
  std::optional<PictureInput> next_of_all();
  std::optional<PictureInput> next_of_labels();
  std::optional<PictureInput> next_of_video();
  bool is_video(const std::string& path) const;
  void open(const std::string& path);
  void take_problems(const Problems& problems);

  PictureOptions options_;
  std::deque<PictureInput> waiting_; ///< a label file or video is an entry with its path alone
  std::unique_ptr<Labels> labels_;   ///< the one that is being read
  std::unique_ptr<Video> video_;     ///< likewise
  std::int64_t known_count_ = 0;
  bool has_video_ = false;
  Problems problems_;
};

} // namespace mlopsctl::commands
