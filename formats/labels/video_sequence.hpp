// SPDX-License-Identifier: Apache-2.0
// The two files that a line of a Ground Truth video manifest points to: the sequence (which frames,
// where) and SeqLabel.json (the boxes in them). Ground Truth guide, "Create a video frame input
// manifest file" and "Video frame object tracking output".
#pragma once

#include "dataset/sample.hpp"
#include "formats/labels/checks.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::formats {

inline constexpr std::size_t k_guide_sequence_frames = 2000;
inline constexpr std::size_t k_guide_sequences = 10;

struct VideoFrame {
  std::string name;                     ///< below the prefix
  std::string number;                   ///< frame-no, a number or a text; empty if there is none
  std::optional<double> unix_timestamp; ///< s
  dataset::Fields extra;                ///< members as they came, unix-timestamp among them
};

struct VideoSequence {
  std::string prefix; ///< of the frames, ends with '/' unless empty
  std::vector<VideoFrame> frames;
  dataset::Fields extra; ///< seq-no and what is not known
};

/// \param report warnings: limits of the guide, a wrong number-of-frames, names out of order.
/// \throws Error(input) "<name>: <what is wrong>" if it is no sequence.
VideoSequence parse_video_sequence(std::string_view text, const std::string& name,
                                   const Report& report);

struct LabelledFrame {
  std::string name;
  std::string number;
  std::vector<dataset::Annotation> annotations; ///< without class names: source_id is the id
  bool has_annotations = false;                 ///< the list is there, maybe empty
  std::string fault;                            ///< why its boxes cannot be read; empty: they can
  std::map<std::string, std::int64_t> shapes;   ///< polylines and others that are no boxes
  dataset::Fields extra;
};

struct VideoLabels {
  bool is_tracking = false;
  std::vector<LabelledFrame> frames;
};

/// True for a text that begins like SeqLabel.json.
bool looks_like_video_labels(std::string_view head);
/// \throws Error(input) "<name>: <what is wrong>" if it is no SeqLabel.json.
VideoLabels parse_video_labels(std::string_view text, const std::string& name);

} // namespace mlopsctl::formats
