// SPDX-License-Identifier: Apache-2.0
// The writing half of the ground_truth_video format: a folder of one manifest, a sequence file and
// a SeqLabel.json for each video.
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

inline constexpr const char* k_video_manifest = "output.manifest";
inline constexpr const char* k_video_sequences = "sequences/";
inline constexpr const char* k_video_labels = "labels/";
/// Among Sample::extra: the frame comes from a tracking job, not from one of detection.
inline constexpr const char* k_tracking_member = "video:tracking";

inline constexpr CanHold k_video_holds{.boxes = true,
                                       .class_ids = true,
                                       .unlabelled = true,
                                       .unknown_fields = true,
                                       .label_metadata = true,
                                       .fractions = true};

std::unique_ptr<dataset::SampleWriter> create_ground_truth_video(const std::string& path,
                                                                 const WriteOptions& options);

} // namespace mlopsctl::formats
