// SPDX-License-Identifier: Apache-2.0
#include "dataset/sagemaker.hpp"

#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::dataset {
namespace {

constexpr std::int64_t k_values_a_box = 5;
constexpr std::int64_t k_values_in_front = 2;
constexpr std::size_t k_problems_kept = 100'000;

std::size_t index_of(Channel channel) {
  return channel == Channel::train ? 0 : 1;
}

} // namespace

void TrainingDataCheck::report(std::string_view rule, Severity severity, const std::string& place,
                               std::string text) {
  if (out_.problems.size() < k_problems_kept)
    out_.problems.push_back({std::string(rule), severity, place, std::move(text)});
}

void TrainingDataCheck::add(Channel channel, const Sample& sample) {
  ++out_.images[index_of(channel)];
  if (!sample.ref.starts_with("s3://"))
    report("training-reference", Severity::error, sample.place,
           "'" + sample.ref + "' is not in S3, and the job reads pictures only there");
  if (channel == Channel::train)
    train_refs_.insert(sample.ref);
  else if (train_refs_.contains(sample.ref)) {
    if (shared_++ == 0)
      first_shared_ = sample.place + ": '" + sample.ref + "'";
  }
  if (image_fault_)
    if (auto fault = image_fault_(sample); !fault.empty())
      report("training-image", Severity::error, sample.place,
             "'" + sample.ref + "' " + std::move(fault));
  check_label(channel, sample);
  if (sample.is_labelled && sample.annotations.empty())
    ++negatives_[index_of(channel)];
}

void TrainingDataCheck::check_label(Channel channel, const Sample& sample) {
  if (!sample.is_labelled)
    return report("training-unlabelled", Severity::error, sample.place,
                  "'" + sample.ref +
                      "' is not labelled, and a line without its label ends the job");
  if (!sample.classes.empty() || sample.is_multilabel || !sample.mask_ref.empty())
    return report("training-unlabelled", Severity::error, sample.place,
                  "the label '" + sample.label_attribute + "' holds no boxes");
  if (out_.label_attribute.empty()) {
    out_.label_attribute = sample.label_attribute;
    first_label_place_ = sample.place;
  } else if (sample.label_attribute != out_.label_attribute) {
    report("training-attribute", Severity::error, sample.place,
           "the label is called '" + sample.label_attribute + "' here and '" +
               out_.label_attribute + "' in " + first_label_place_ +
               "; the job takes one name for all lines");
  }
  if (sample.width <= 0 || sample.height <= 0)
    report("training-image-size", Severity::error, sample.place,
           "the label gives no size of the image");
  else if (sample.depth != 3)
    report("training-image-size", Severity::error, sample.place,
           "the label says " + std::to_string(sample.depth) +
               " colour channels, the algorithm takes 3");
  check_boxes(channel, sample);
}

void TrainingDataCheck::check_boxes(Channel channel, const Sample& sample) {
  out_.boxes_at_most =
      std::max(out_.boxes_at_most, static_cast<std::int64_t>(sample.annotations.size()));
  for (const auto& annotation : sample.annotations) {
    if (annotation.source_id < 0) {
      report("training-class-id", Severity::error, sample.place,
             "a box of '" + annotation.label + "' has no class id");
      continue;
    }
    if (channel == Channel::train)
      trained_.insert(annotation.source_id);
    const auto [entry, is_new] =
        classes_.try_emplace(annotation.source_id, std::pair(annotation.label, sample.place));
    if (!is_new && entry->second.first != annotation.label)
      report("training-class-id", Severity::error, sample.place,
             "class id " + std::to_string(annotation.source_id) + " is '" + annotation.label +
                 "' here and '" + entry->second.first + "' in " + entry->second.second);
  }
}

void TrainingDataCheck::check_class_ids() {
  std::int64_t expected = 0;
  std::map<std::string, std::int64_t> ids;
  for (const auto& [id, name_and_place] : classes_) {
    const auto& [name, place] = name_and_place;
    if (id != expected)
      report("training-class-id", Severity::error, place,
             "class ids go from " + std::to_string(expected - 1) + " to " + std::to_string(id) +
                 "; they must run from 0 without a gap ('mlopsctl manifest relabel' renumbers)");
    expected = id + 1;
    if (!trained_.contains(id))
      report("training-class-name", Severity::warning, place,
             "'" + name + "' is only in validation: the model never learns it");
    const auto [entry, is_new] = ids.try_emplace(name, id);
    if (!is_new)
      report("training-class-name", Severity::warning, place,
             "'" + name + "' is class " + std::to_string(entry->second) + " and class " +
                 std::to_string(id) + ": the model would learn it twice");
  }
  out_.num_classes = expected;
}

TrainingData TrainingDataCheck::finish(const std::array<std::int64_t, 2>& unreadable) {
  static constexpr std::array<const char*, 2> k_channels{"train", "validation"};
  for (std::size_t i = 0; i < k_channels.size(); ++i) {
    if (unreadable[i] > 0)
      report("training-unreadable", Severity::error, k_channels[i],
             std::to_string(unreadable[i]) +
                 " lines cannot be read, and the job would stop at them");
    if (out_.images[i] == 0)
      report("training-channel", Severity::error, k_channels[i],
             "the channel has no image; the job needs both train and validation");
    if (negatives_[i] > 0)
      report("training-negative", Severity::warning, k_channels[i],
             std::to_string(negatives_[i]) + " images have no box; the algorithm learns nothing "
                                             "from them");
  }
  if (shared_ > 0)
    report("training-shared-image", Severity::warning, "validation",
           std::to_string(shared_) + " images are in train as well (first: " + first_shared_ +
               "): the validation score will be too good");
  if (classes_.empty() && out_.images[0] > 0)
    report("training-class-id", Severity::error, "train", "not one box in it");
  check_class_ids();
  out_.label_width = k_values_a_box * out_.boxes_at_most + k_values_in_front;
  return std::move(out_);
}

} // namespace mlopsctl::dataset
