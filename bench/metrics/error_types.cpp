// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/error_types.hpp"

#include "bench/metrics/by_image.hpp"

#include <algorithm>

namespace mlopsctl::bench {
namespace {

/// The truth that a detection overlaps most among some of them.
struct Nearest {
  double iou = 0;
  std::size_t truth = 0;
};

class ImageErrors {
public:
  ImageErrors(const ErrorOptions& options, ErrorReport& report)
      : options_(options), report_(report) {}

  void add(const std::vector<const TruthBox*>& all,
           const std::vector<const ScoredBox*>& detections) {
    truths_.clear();
    for (const auto* truth : all)
      if (!truth->is_crowd)
        truths_.push_back(truth);
    is_found_.assign(truths_.size(), 0);
    is_explained_.assign(truths_.size(), 0);
    std::vector<const ScoredBox*> wrong;
    for (const auto* detection : detections)
      if (!find_partner(*detection) && !is_in_crowd(*detection, all, options_.foreground_iou))
        wrong.push_back(detection);
    for (const auto* detection : wrong)
      count(type_of(*detection), detection->label);
    for (std::size_t t = 0; t < truths_.size(); ++t)
      if (is_found_[t] == 0 && is_explained_[t] == 0 && !is_left_out(*truths_[t]))
        count(ErrorType::missed, truths_[t]->label);
  }

private:
  bool is_left_out(const TruthBox& truth) const {
    return truth.is_difficult && options_.is_difficult_left_out;
  }

  void count(ErrorType type, std::int32_t label) {
    ++report_.all[type];
    ++report_.per_class[static_cast<std::size_t>(label)][type];
  }

  template <class Keep> Nearest nearest(const ScoredBox& detection, const Keep& keep) const {
    Nearest best;
    for (std::size_t t = 0; t < truths_.size(); ++t) {
      if (!keep(t))
        continue;
      const double iou = dataset::iou(detection.box, truths_[t]->box);
      if (iou > best.iou)
        best = {iou, t};
    }
    return best;
  }

  /// An object that is left out as difficult takes any number of detections.
  bool find_partner(const ScoredBox& detection) {
    const auto free = nearest(detection, [&](std::size_t t) {
      return truths_[t]->label == detection.label && is_found_[t] == 0;
    });
    if (free.iou < options_.foreground_iou)
      return false;
    is_found_[free.truth] = is_left_out(*truths_[free.truth]) ? 0 : 1;
    return true;
  }

  ErrorType type_of(const ScoredBox& detection) {
    const auto is_same = [&](std::size_t t) { return truths_[t]->label == detection.label; };
    const auto same = nearest(detection, is_same);
    if (same.iou >= options_.background_iou && same.iou <= options_.foreground_iou) {
      is_explained_[same.truth] = 1;
      return ErrorType::localisation;
    }
    const auto other = nearest(detection, [&](std::size_t t) { return !is_same(t); });
    if (other.iou >= options_.foreground_iou) {
      is_explained_[other.truth] = 1;
      return ErrorType::classification;
    }
    const auto found =
        nearest(detection, [&](std::size_t t) { return is_same(t) && is_found_[t] != 0; });
    if (found.iou >= options_.foreground_iou)
      return ErrorType::duplicate;
    return std::max(same.iou, other.iou) <= options_.background_iou ? ErrorType::background
                                                                    : ErrorType::both;
  }

  ErrorOptions options_;
  ErrorReport& report_;
  std::vector<const TruthBox*> truths_; ///< of the image at hand, without crowds
  std::vector<char> is_found_;
  std::vector<char> is_explained_; ///< a wrong detection is about it
};

} // namespace

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

ErrorReport error_types(const Evaluation& evaluation, const ErrorOptions& options) {
  ErrorReport report;
  report.per_class.resize(static_cast<std::size_t>(evaluation.class_count));
  ImageErrors image(options, report);
  for_each_image(
      evaluation, options.score_threshold,
      [&](const auto& truths, const auto& detections) { image.add(truths, detections); });
  return report;
}

} // namespace mlopsctl::bench
