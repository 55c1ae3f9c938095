// SPDX-License-Identifier: Apache-2.0
#include "bench/details.hpp"

#include "core/interrupt.hpp"
#include "core/parallel.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mlopsctl::bench {
namespace {

/// A square of this many classes is written as one; of more, only the pairs that occur.
constexpr std::int32_t k_most_square_classes = 200;
constexpr std::int32_t k_block_images = 256;

Value to_value(const Metric& metric) {
  return metric ? Value(*metric) : Value();
}

Value list_of(const std::vector<double>& numbers) {
  Value list = Value::array();
  for (const double number : numbers)
    list.push(number);
  return list;
}

Value operating_point_value(const OperatingPoint& point) {
  Value out = Value::object();
  out["score_threshold"] = point.score_threshold;
  out["iou"] = k_details_iou;
  out["precision"] = to_value(point.precision());
  out["recall"] = to_value(point.recall());
  out["f1"] = to_value(point.f1());
  out["true_positives"] = point.hits;
  out["false_positives"] = point.detections - point.hits;
  out["false_negatives"] = point.truths - point.hits;
  return out;
}

Value matrix_of(const ConfusionMatrix& confusion) {
  Value rows = Value::array();
  for (std::int32_t truth = 0; truth <= confusion.class_count; ++truth) {
    Value row = Value::array();
    for (std::int32_t predicted = 0; predicted <= confusion.class_count; ++predicted)
      row.push(confusion.at(truth, predicted));
    rows.push(std::move(row));
  }
  return rows;
}

/// Rows are classes of the truth, columns what was predicted; the last of both is \p last.
Value confusion_value(const ConfusionMatrix& confusion, const std::vector<std::string>& classes,
                      const char* last) {
  Value out = Value::object();
  Value labels = Value::array();
  for (const auto& name : classes)
    labels.push(name);
  labels.push(last);
  const bool is_square = confusion.class_count <= k_most_square_classes;
  out["labels"] = labels;
  out["matrix"] = is_square ? matrix_of(confusion) : Value();
  if (is_square)
    return out;
  Value pairs = Value::array();
  for (const auto& [pair, count] : confusion.counts) {
    Value entry = Value::object();
    entry["truth"] = labels.items[static_cast<std::size_t>(pair.first)];
    entry["predicted"] = labels.items[static_cast<std::size_t>(pair.second)];
    entry["count"] = count;
    pairs.push(std::move(entry));
  }
  out["pairs"] = std::move(pairs);
  return out;
}

Value curves_value(const DetectionDetails& details, const std::vector<std::string>& classes) {
  Value out = Value::object();
  out["iou"] = k_details_iou;
  out["recall"] = list_of(linspace(0, 1, 101));
  Value of_classes = Value::object();
  for (std::size_t i = 0; i < classes.size(); ++i) {
    Value curve = Value::object();
    curve["precision"] = list_of(details.curves[i].precision);
    Value scores = Value::array();
    for (const auto& score : details.curves[i].score)
      scores.push(to_value(score));
    curve["score"] = std::move(scores);
    of_classes.members.emplace_back(classes[i], std::move(curve));
  }
  out["classes"] = std::move(of_classes);
  return out;
}

struct Errors {
  ConfusionMatrix confusion;
  ErrorReport errors;
};

/// Blocks of images, each counted by one thread; sums do not depend on who counted.
void add_errors(const Evaluation& evaluation, bool is_difficult_left_out, double score_threshold,
                int jobs, DetectionDetails& details) {
  ConfusionOptions confusion;
  ErrorOptions errors;
  confusion.is_difficult_left_out = errors.is_difficult_left_out = is_difficult_left_out;
  const ImageGroups groups(evaluation, score_threshold);
  std::int32_t next = 0;
  ordered_parallel<std::int32_t, Errors>(
      jobs,
      [&]() -> std::optional<std::int32_t> {
        if (next >= groups.image_count())
          return std::nullopt;
        return std::exchange(next, next + k_block_images);
      },
      [&](std::int32_t&& first) {
        check_interrupt();
        ConfusionCounter confusions(groups.class_count(), confusion);
        ErrorCounter counter(groups.class_count(), errors);
        ImageRows rows;
        for (auto i = first; i < std::min(first + k_block_images, groups.image_count()); ++i) {
          groups.load(i, rows);
          confusions.add(rows);
          counter.add(rows);
        }
        return Errors{confusions.finish(), counter.finish()};
      },
      [&](Errors&& block) {
        details.confusion.add(block.confusion);
        details.errors.add(block.errors);
      });
}

} // namespace

DetectionDetails detection_details(const Evaluation& evaluation,
                                   const std::vector<Ranking>& rankings, bool is_difficult_left_out,
                                   double score_threshold, int jobs) {
  DetectionDetails details;
  for (const auto& ranking : rankings) {
    details.per_class.push_back(operating_point(ranking, score_threshold));
    details.best_f1.push_back(best_f1_point(ranking));
    details.curves.push_back(precision_recall_curve(ranking));
  }
  details.all = sum_of(details.per_class, score_threshold);
  add_errors(evaluation, is_difficult_left_out, score_threshold, jobs, details);
  return details;
}

ConfusionMatrix confusion_of_guesses(const std::vector<std::int32_t>& truth,
                                     const std::vector<RankedClasses>& guesses,
                                     std::int32_t class_count) {
  ConfusionMatrix matrix;
  matrix.class_count = class_count;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool is_known = !guesses[i].empty() && guesses[i].front() >= 0;
    ++matrix.counts[{truth[i], is_known ? guesses[i].front() : matrix.background()}];
  }
  return matrix;
}

Value to_value(const ErrorCounts& counts) {
  Value out = Value::object();
  for (std::size_t i = 0; i < k_error_types; ++i)
    out[error_type_name(static_cast<ErrorType>(i))] = counts.counts[i];
  return out;
}

Value class_value(const DetectionDetails& details, std::size_t index) {
  Value out = Value::object();
  const auto& point = details.per_class[index];
  const auto& best = details.best_f1[index];
  out["precision"] = to_value(point.precision());
  out["recall"] = to_value(point.recall());
  out["f1"] = to_value(point.f1());
  out["best_f1"] = best ? to_value(best->f1()) : Value();
  out["best_f1_score_threshold"] = best ? Value(best->score_threshold) : Value();
  out["errors"] = to_value(details.errors.per_class[index]);
  return out;
}

Value to_value(const Bootstrap& bootstrap) {
  Value out = Value::object();
  out["samples"] = bootstrap.samples;
  out["seed"] = static_cast<std::int64_t>(bootstrap.seed);
  out["confidence"] = 0.95;
  Value intervals = Value::object();
  for (const auto& [name, interval] : bootstrap.intervals) {
    Value entry = Value::object();
    entry["low"] = to_value(interval.low);
    entry["high"] = to_value(interval.high);
    entry["defined_samples"] = interval.count;
    intervals.members.emplace_back(name, std::move(entry));
  }
  out["intervals"] = std::move(intervals);
  return out;
}

void add_details(const DetectionDetails& details, const std::vector<std::string>& classes,
                 Value& document) {
  document["operating_point"] = operating_point_value(details.all);
  const ErrorOptions defaults;
  Value errors = to_value(details.errors.all);
  errors["score_threshold"] = details.all.score_threshold;
  errors["foreground_iou"] = defaults.foreground_iou;
  errors["background_iou"] = defaults.background_iou;
  document["errors"] = std::move(errors);
  Value confusion = confusion_value(details.confusion, classes, "background");
  confusion["score_threshold"] = details.all.score_threshold;
  confusion["iou"] = k_details_iou;
  document["confusion"] = std::move(confusion);
  document["pr_curves"] = curves_value(details, classes);
}

void add_details(const ClassificationDetails& details, const std::vector<std::string>& classes,
                 Value& document) {
  Value calibration = Value::object();
  calibration["expected_calibration_error"] = to_value(details.calibration.expected_error);
  calibration["scores_outside_0_1"] = details.calibration.out_of_range;
  Value bins = Value::array();
  for (const auto& bin : details.calibration.bins) {
    const auto count = static_cast<double>(bin.count);
    Value entry = Value::object();
    entry["low"] = bin.low;
    entry["high"] = bin.high;
    entry["images"] = bin.count;
    entry["accuracy"] = bin.count > 0 ? Value(static_cast<double>(bin.right) / count) : Value();
    entry["score"] = bin.count > 0 ? Value(bin.score_sum / count) : Value();
    bins.push(std::move(entry));
  }
  calibration["bins"] = std::move(bins);
  document["calibration"] = std::move(calibration);
  document["confusion"] = confusion_value(details.confusion, classes, "none");
}

} // namespace mlopsctl::bench
