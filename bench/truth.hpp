// SPDX-License-Identifier: Apache-2.0
// Truth: a labelled data set, held as rows that metrics and runs share.
#pragma once

#include "bench/evaluation.hpp"
#include "dataset/stream.hpp"

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace mlopsctl::bench {

enum class TruthKind { detection, classification };
std::string_view truth_kind_name(TruthKind kind); ///< "detection", "classification"

struct TruthImage {
  std::string ref;                ///< as it stands in the source
  std::string place;              ///< for messages
  std::optional<std::int64_t> id; ///< COCO's image id, where the source has one
  int width = 0;                  ///< px; 0 if the source does not say
  int height = 0;
};

/// Images are ordered by COCO's id if all have one (as pycocotools does), else by reference as
/// bytes: numbers do not depend on the order of lines in a file.
struct Truth {
  TruthKind kind = TruthKind::detection;
  dataset::ClassMap classes;
  std::vector<TruthImage> images;
  std::vector<TruthBox> boxes;       ///< detection: by image, then in the order of the source
  std::vector<std::int32_t> labels;  ///< classification: class of each image
  std::int64_t unlabelled_count = 0; ///< images that nobody looked at; left out
  /// Category ids of the source, where it has them (COCO), to class indexes.
  std::unordered_map<std::int64_t, std::int32_t> class_by_source_id;

  std::int64_t object_count() const; ///< boxes, or labelled pictures
};

/// Reads all of \p reader: boxes, or classes of whole pictures.
/// \param name of the source, for messages.
/// \throws Error(input) if nothing is labelled, an image occurs twice, boxes and whole-picture
/// labels are mixed, a picture has two classes, or records were bad.
Truth read_truth(dataset::SampleReader& reader, const std::string& name);

/// \return the images at \p keep (ascending) with all that belongs to them; classes stay as they
/// are.
Truth subset(const Truth& truth, const std::vector<std::size_t>& keep);

/// "sha256:..." over what the data set says, not how: the lines of all images, sorted as bytes,
/// each the file name (last part of the reference), width, height and sorted objects (class,
/// edges in 1/100 px, crowd, difficult). The same set in another format, folder or order has the
/// same digest.
std::string dataset_digest(const Truth& truth);

/// The first \p count images of a shuffle that only \p seed and the references decide, as ascending
/// positions: a smaller set is part of every larger one.
std::vector<std::size_t> nested_sample(const Truth& truth, std::size_t count, std::uint64_t seed);

} // namespace mlopsctl::bench
