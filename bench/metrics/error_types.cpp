// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/error_types.hpp"

#include <algorithm>

namespace mlopsctl::bench {

std::string_view error_type_name(ErrorType type) {
  switch (type) {
  case ErrorType::classification: return "classification";
  case ErrorType::localisation: return "localisation";
  case ErrorType::both: return "both";
  case ErrorType::duplicate: return "duplicate";
  case ErrorType::background: return "background";
  case ErrorType::missed: return "missed";
  }
  return "";
}

void ErrorCounts::add(const ErrorCounts& other) {
  for (std::size_t i = 0; i < k_error_types; ++i)
    counts[i] += other.counts[i];
}

void ErrorReport::add(const ErrorReport& other) {
  all.add(other.all);
  per_class.resize(std::max(per_class.size(), other.per_class.size()));
  for (std::size_t i = 0; i < other.per_class.size(); ++i)
    per_class[i].add(other.per_class[i]);
}

ErrorCounter::ErrorCounter(std::int32_t class_count, const ErrorOptions& options)
    : options_(options) {
  report_.per_class.resize(static_cast<std::size_t>(class_count));
}

void ErrorCounter::add(const ImageRows& rows) {
  rows_ = &rows;
  is_found_.assign(rows.truths.size(), 0);
  is_explained_.assign(rows.truths.size(), 0);
  wrong_.clear();
  for (std::size_t d = 0; d < rows.detections.size(); ++d)
    if (!find_partner(d) && !is_in_crowd(*rows.detections[d], rows.truths, options_.foreground_iou))
      wrong_.push_back(d);
  for (const auto d : wrong_)
    count(type_of(d), rows.detections[d]->label);
  for (std::size_t t = 0; t < rows.truths.size(); ++t) {
    const auto& truth = *rows.truths[t];
    if (is_found_[t] == 0 && is_explained_[t] == 0 && !truth.is_crowd && !is_left_out(truth))
      count(ErrorType::missed, truth.label);
  }
}

bool ErrorCounter::is_left_out(const TruthBox& truth) const {
  return truth.is_difficult && options_.is_difficult_left_out;
}

bool ErrorCounter::is_same(std::size_t detection, std::size_t truth) const {
  return rows_->truths[truth]->label == rows_->detections[detection]->label;
}

void ErrorCounter::count(ErrorType type, std::int32_t label) {
  ++report_.all[type];
  ++report_.per_class[static_cast<std::size_t>(label)][type];
}

template <class Keep>
ErrorCounter::Nearest ErrorCounter::nearest(std::size_t detection, const Keep& keep) const {
  Nearest best;
  for (std::size_t t = 0; t < rows_->truths.size(); ++t)
    if (const double iou = rows_->iou(detection, t);
        iou > best.iou && !rows_->truths[t]->is_crowd && keep(t))
      best = {iou, t};
  return best;
}

/// An object that is left out as difficult takes any number of detections.
bool ErrorCounter::find_partner(std::size_t detection) {
  const auto free =
      nearest(detection, [&](std::size_t t) { return is_same(detection, t) && is_found_[t] == 0; });
  if (free.iou < options_.foreground_iou)
    return false;
  is_found_[free.truth] = is_left_out(*rows_->truths[free.truth]) ? 0 : 1;
  return true;
}

ErrorType ErrorCounter::type_of(std::size_t detection) {
  const auto same = nearest(detection, [&](std::size_t t) { return is_same(detection, t); });
  if (same.iou >= options_.background_iou && same.iou <= options_.foreground_iou) {
    is_explained_[same.truth] = 1;
    return ErrorType::localisation;
  }
  const auto other = nearest(detection, [&](std::size_t t) { return !is_same(detection, t); });
  if (other.iou >= options_.foreground_iou) {
    is_explained_[other.truth] = 1;
    return ErrorType::classification;
  }
  const auto found =
      nearest(detection, [&](std::size_t t) { return is_same(detection, t) && is_found_[t] != 0; });
  if (found.iou >= options_.foreground_iou)
    return ErrorType::duplicate;
  return std::max(same.iou, other.iou) <= options_.background_iou ? ErrorType::background
                                                                  : ErrorType::both;
}

} // namespace mlopsctl::bench
