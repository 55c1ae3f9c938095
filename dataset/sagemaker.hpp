// SPDX-License-Identifier: Apache-2.0
// What SageMaker's built-in object detection (MXNet SSD on augmented manifests) needs of its two
// data sets, checked before a GPU is paid for, and the CreateTrainingJob request that fits them.
// Source: SageMaker developer guide, "Object Detection - MXNet" and its hyperparameters; "Augmented
// Manifest Files for Training Jobs"; API reference, CreateTrainingJob.
#pragma once

#include "core/error.hpp"
#include "core/value.hpp"
#include "dataset/sample.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mlopsctl::dataset {

enum class Channel { train, validation };

/// What the two data sets come to.
struct TrainingData {
  Problems problems; ///< errors are what the job would fail on
  std::array<std::int64_t, 2> images{};
  std::int64_t boxes_at_most = 0; ///< in one image, of both channels
  std::int64_t num_classes = 0;   ///< the highest class id + 1
  std::int64_t label_width = 0;   ///< 5 values a box and 2 in front
  std::string label_attribute;    ///< the one of every line
};

class TrainingDataCheck {
public:
  /// \param image_fault what is wrong with the picture of a reference ("is WebP ..."); empty:
  /// nothing is. May be an empty function: then no picture is looked at.
  explicit TrainingDataCheck(std::function<std::string(const Sample&)> image_fault)
      : image_fault_(std::move(image_fault)) {}

  void add(Channel channel, const Sample& sample);
  /// \param unreadable lines of each channel that gave no sample: they break the job as well.
  TrainingData finish(const std::array<std::int64_t, 2>& unreadable);

private:
  void report(std::string_view rule, Severity severity, const std::string& place, std::string text);
  void check_label(Channel channel, const Sample& sample);
  void check_boxes(Channel channel, const Sample& sample);
  void check_class_ids();

  std::function<std::string(const Sample&)> image_fault_;
  TrainingData out_;
  std::map<std::int64_t, std::pair<std::string, std::string>> classes_; ///< id: name, first place
  std::set<std::int64_t> trained_;                                      ///< class ids of train
  std::unordered_set<std::string> train_refs_;
  std::string first_label_place_;
  std::array<std::int64_t, 2> negatives_{};
  std::int64_t shared_ = 0;
  std::string first_shared_;
};

struct TrainingJob {
  std::string name;
  std::string image;  ///< of the algorithm, in the registry of the region
  std::string role;   ///< ARN
  std::string output; ///< s3://bucket/prefix
  std::string instance = "ml.g4dn.xlarge";
  std::array<std::string, 2> manifests; ///< s3:// of train and validation
  std::vector<std::pair<std::string, std::string>> hyperparameters; ///< beside those of the data
  std::uint64_t seed = 1; ///< of the order of the lines in each epoch
};

/// What is wrong with a hyperparameter that a person chose; empty: nothing is.
std::string hyperparameter_fault(const std::string& name, const std::string& value);
/// The algorithm in the registry of \p region; empty for a region that is not in the list of the
/// SageMaker Python SDK (image_uris).
std::string training_image(std::string_view region);

/// \throws Error(usage) for a name, hyperparameter or number that the service would refuse.
void check_training_job(const TrainingJob& job);
/// The request as JSON. What \p job leaves empty is left out.
Value create_training_job(const TrainingJob& job, const TrainingData& data);
/// Members that the service wants and \p job does not have: name of the member, and of what to say.
std::vector<std::string> missing_members(const TrainingJob& job);

} // namespace mlopsctl::dataset
