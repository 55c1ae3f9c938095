// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/losses.hpp"

#include <cmath>

namespace mlopsctl::formats {
namespace {

template <class List> std::int64_t count_of(const List& list) {
  return static_cast<std::int64_t>(list.size());
}

bool is_whole(const dataset::Box& box) {
  return std::trunc(box.left) == box.left && std::trunc(box.top) == box.top &&
         std::trunc(box.right()) == box.right() && std::trunc(box.bottom()) == box.bottom();
}

} // namespace

bool LossCounter::takes(const dataset::Sample& sample) const {
  if (!sample.is_labelled)
    return holds_.unlabelled;
  if (!sample.annotations.empty() && holds_.boxes)
    return true;
  const bool has_classes = !sample.classes.empty() || sample.is_multilabel;
  const bool has_mask = !sample.mask_ref.empty();
  if (!has_classes && !has_mask)
    return holds_.boxes;
  return (has_classes && holds_.image_classes) || (has_mask && holds_.mask);
}

void LossCounter::note(const dataset::Sample& sample) {
  if (!takes(sample))
    note(sample, sample.is_labelled
                     ? "images whose kind of label the format does not know, left out"
                     : "images that nobody labelled, left out (in this format they would look "
                       "empty)");
  if (sample.split != dataset::Split::none && !holds_.split)
    note(sample, "split");
  if (!holds_.boxes)
    note(sample, "boxes", count_of(sample.annotations));
  if (!holds_.image_classes)
    note(sample, "classes of whole images", count_of(sample.classes));
  else if (!holds_.multilabel)
    note(sample, "classes after the first of an image",
         sample.classes.empty() ? 0 : count_of(sample.classes) - 1);
  if (!holds_.mask && !sample.mask_ref.empty())
    note(sample, "segmentation masks");
  if (!holds_.unknown_fields) {
    note(sample, "other members of the image", count_of(sample.extra));
    note(sample, "metadata of the label", count_of(sample.label_metadata));
    note(sample, "group", sample.group.empty() ? 0 : 1);
    note(sample, "time_s", sample.time_s ? 1 : 0);
  }
  if (!holds_.boxes)
    return;
  for (const auto& annotation : sample.annotations) {
    if (annotation.score && !holds_.score)
      note(sample, "score");
    if (annotation.is_crowd && !holds_.crowd)
      note(sample, "crowd");
    if (annotation.is_difficult && !holds_.difficult)
      note(sample, "difficult");
    if (annotation.is_truncated && !holds_.truncated)
      note(sample, "truncated");
    if (!holds_.unknown_fields)
      note(sample, "other members of the box", count_of(annotation.extra));
    if (!holds_.fractions && !is_whole(annotation.box))
      note(sample, "boxes rounded to whole pixels");
  }
}

void LossCounter::note(const dataset::Sample& sample, const std::string& field,
                       std::int64_t count) {
  if (count <= 0)
    return;
  auto& loss = losses_[field];
  if (loss.count == 0)
    loss = {field, 0, sample.place.empty() ? sample.ref : sample.place};
  loss.count += count;
}

const dataset::Losses& LossCounter::all() const {
  listed_.clear();
  for (const auto& [field, loss] : losses_)
    listed_.push_back(loss);
  return listed_;
}

} // namespace mlopsctl::formats
