// SPDX-License-Identifier: Apache-2.0
// Predictions: what a model said about the images of a truth, brought to the truth's images and
// classes.
#pragma once

#include "bench/metrics/accuracy.hpp"
#include "bench/names.hpp"
#include "bench/truth.hpp"
#include "dataset/stream.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mlopsctl::bench {

/// What could not be used, to be said beside every number.
struct LeftOut {
  std::int64_t detections_of_unknown_images = 0;
  std::vector<std::string> unknown_images; ///< the first ones, in the order in which they came
  std::int64_t unknown_image_count = 0;
  std::map<std::string, std::int64_t> unknown_classes; ///< class name -> detections
  std::vector<std::string> repeated_images; ///< came more than once; their detections are added
};

/// Scores that are no probabilities, such as logits. Average precision needs only their order.
struct OddScores {
  std::int64_t count = 0;
  double first = 0;
  std::string first_place;
};

struct Predictions {
  std::vector<ScoredBox> detections;  ///< detection truths
  std::vector<RankedClasses> guesses; ///< classification truths: one entry an image of the truth
  std::vector<Metric> guess_scores;   ///< classification: of the first guess of each image
  std::int64_t images = 0;            ///< of the truth that have a prediction, even an empty one
  std::vector<std::int32_t> missing;  ///< images of the truth that have none
  /// By image of the truth: it has a prediction. COCO results have no line for an image in which
  /// nothing was found: there it is every image.
  std::vector<bool> has_image;
  LeftOut left_out;
  OddScores odd_scores; ///< outside 0..1
};

/// Collects predictions for one truth, which must outlive it.
class PredictionCollector {
public:
  explicit PredictionCollector(const Truth& truth);

  /// The image of the truth that \p ref means: the same reference, else the only one with the same
  /// file name, else the only one with the same name without its ending.
  std::optional<std::int32_t> find_image(const std::string& ref) const;

  /// One sample of a reader of predictions: annotations have scores. COCO results know images by
  /// id (extra "image_id", empty ref) and classes by category (source_id, empty label): those ids
  /// are the truth's own. \throws Error(input) for an annotation without a score, boxes for a
  /// classification truth or whole-picture classes for a detection truth.
  void add(const dataset::Sample& sample);
  void add_all(dataset::SampleReader& reader, const std::string& name);

  Predictions finish();

private:
  struct Guess {
    std::int32_t image;
    std::int32_t label;
    double score;
  };
  std::optional<std::int32_t> image_of(const dataset::Sample& sample) const;
  std::int32_t label_of(const std::string& name, std::int64_t source_id);
  void refuse_other_kind(const dataset::Sample& sample, TruthKind kind) const;
  void add_class(std::int32_t image, const dataset::Sample& sample,
                 const dataset::ImageClass& image_class);
  void mark(std::int32_t image);
  void check_score(const dataset::Sample& sample, double score);
  void add_box(std::int32_t image, const dataset::Sample& sample,
               const dataset::Annotation& annotation);

  const Truth& truth_;
  NameIndex classes_;
  std::unordered_map<std::string, std::int32_t> by_ref_, by_file_name_, by_stem_;
  std::unordered_map<std::int64_t, std::int32_t> by_id_;
  std::vector<char> seen_;
  bool is_by_id_ = false; ///< predictions came as COCO results
  std::vector<Guess> guesses_;
  Predictions out_;
};

/// Names that never meet are a mistake of the files, not a model that finds nothing.
/// \throws Error(input) if not one image or not one class of \p name is in \p truth_name.
void refuse_strangers(const std::string& name, const std::string& truth_name,
                      const Predictions& predictions);

} // namespace mlopsctl::bench
