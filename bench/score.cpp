// SPDX-License-Identifier: Apache-2.0
#include "bench/score.hpp"

#include "bench/metrics/accuracy.hpp"
#include "bench/metrics/coco.hpp"
#include "bench/metrics/voc.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <cmath>
#include <cstddef>
#include <memory>

namespace mlopsctl::bench {
namespace {

/// One entry a class with its counts; metrics are added by the protocols.
std::vector<ClassScore> counted_classes(const Truth& truth, const Predictions& predictions) {
  std::vector<ClassScore> classes;
  for (const auto& name : truth.classes.names())
    classes.push_back({name, {}, 0, 0});
  for (const auto& box : truth.boxes)
    ++classes[static_cast<std::size_t>(box.label)].objects;
  for (const auto label : truth.labels)
    ++classes[static_cast<std::size_t>(label)].objects;
  for (const auto& detection : predictions.detections)
    ++classes[static_cast<std::size_t>(detection.label)].detections;
  for (const auto& guess : predictions.guesses)
    if (!guess.empty() && guess.front() >= 0)
      ++classes[static_cast<std::size_t>(guess.front())].detections;
  return classes;
}

void score_coco(const Evaluation& evaluation, const ScoreOptions& options, Score& out) {
  std::vector<Ranking> rankings;
  CocoResult result =
      coco_metrics(evaluation, options.jobs, options.wants_details ? &rankings : nullptr);
  if (options.wants_details)
    out.detection =
        detection_details(evaluation, rankings, false, options.score_threshold, options.jobs);
  out.metrics = std::move(result.metrics);
  for (std::size_t i = 0; i < out.per_class.size(); ++i) {
    const auto& values = result.per_class[i];
    out.per_class[i].metrics = {
        {"ap_50_95", values.ap_50_95}, {"ap_50", values.ap_50}, {"ap_75", values.ap_75}};
  }
}

void score_voc(const Evaluation& evaluation, const ScoreOptions& options, Score& out) {
  const auto curve =
      options.protocol == Protocol::voc ? VocCurve::all_points : VocCurve::eleven_points;
  if (options.wants_details)
    out.detection = detection_details(
        evaluation, rank_detections(evaluation, voc_rules(k_details_iou), options.jobs), true,
        options.score_threshold, options.jobs);
  for (const double iou : options.voc_iou) {
    const VocResult result = voc_metrics(evaluation, curve, iou);
    const std::string name = map_name(iou);
    out.metrics.emplace_back(name, result.map);
    for (std::size_t i = 0; i < out.per_class.size(); ++i)
      out.per_class[i].metrics.emplace_back(name.substr(1), result.per_class[i]);
  }
}

std::vector<std::string> accuracy_names(const ScoreOptions& options) {
  std::vector<std::string> names{"accuracy"};
  for (const int k : options.top_k)
    names.push_back("accuracy_top_" + std::to_string(k));
  for (const char* name : {"accuracy_balanced", "f1_macro", "expected_calibration_error"})
    names.emplace_back(name);
  return names;
}

void score_accuracy(const Truth& truth, const Predictions& predictions, const ScoreOptions& options,
                    Score& out) {
  const auto class_count = static_cast<std::int32_t>(truth.classes.size());
  const AccuracyResult result =
      accuracy_metrics(truth.labels, predictions.guesses, class_count, options.top_k);
  ClassificationDetails details;
  details.calibration = calibration(truth.labels, predictions.guesses, predictions.guess_scores);
  const std::vector<std::string> names = accuracy_names(options);
  std::vector<Metric> values{result.accuracy};
  values.insert(values.end(), result.top_k.begin(), result.top_k.end());
  values.push_back(result.accuracy_balanced);
  values.push_back(result.f1_macro);
  values.push_back(details.calibration.expected_error);
  for (std::size_t i = 0; i < names.size(); ++i)
    out.metrics.emplace_back(names[i], values[i]);
  for (std::size_t i = 0; i < out.per_class.size(); ++i) {
    const auto& of_class = result.per_class[i];
    out.per_class[i].metrics = {{"accuracy", of_class.recall()},
                                {"precision", of_class.precision()},
                                {"recall", of_class.recall()},
                                {"f1", of_class.f1()}};
  }
  if (!options.wants_details)
    return;
  details.confusion = confusion_of_guesses(truth.labels, predictions.guesses, class_count);
  out.classification = std::move(details);
}

/// Mean over classes of average precision when images count as often as \p weights says.
Metric weighted_map(const std::vector<Ranking>& rankings, Summary summary,
                    const std::vector<std::int32_t>& weights) {
  std::vector<Metric> values;
  for (const auto& ranking : rankings)
    values.push_back(average_precision(ranking, summary, &weights));
  return mean_of_defined(values);
}

Statistics detection_statistics(const Evaluation& evaluation, const ScoreOptions& options) {
  const bool is_coco = options.protocol == Protocol::coco;
  const auto summary = is_coco                               ? Summary::points_101
                       : options.protocol == Protocol::voc11 ? Summary::points_11
                                                             : Summary::area;
  auto rankings = std::make_shared<std::vector<std::vector<Ranking>>>(); // by IoU
  for (const double iou : is_coco ? linspace(0.5, 0.95, 10) : options.voc_iou)
    rankings->push_back(
        rank_detections(evaluation, is_coco ? coco_rules(iou) : voc_rules(iou), options.jobs));
  return [=](const std::vector<std::int32_t>& weights) {
    std::vector<Metric> values;
    for (const auto& of_iou : *rankings)
      values.push_back(weighted_map(of_iou, summary, weights));
    return is_coco ? std::vector<Metric>{mean_of_defined(values), values.front()} : values;
  };
}

Statistics accuracy_statistics(const Truth& truth, const Predictions& predictions) {
  std::vector<bool> is_right;
  for (std::size_t i = 0; i < truth.labels.size(); ++i) {
    const auto& guess = predictions.guesses[i];
    is_right.push_back(!guess.empty() && guess.front() == truth.labels[i]);
  }
  return [is_right](const std::vector<std::int32_t>& weights) {
    std::int64_t right = 0;
    std::int64_t pictures = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
      pictures += weights[i];
      right += is_right[i] ? weights[i] : 0;
    }
    return std::vector<Metric>{
        pictures > 0 ? Metric(static_cast<double>(right) / static_cast<double>(pictures))
                     : std::nullopt};
  };
}

std::string error_number_name(ErrorType type) {
  return "errors_" + std::string(error_type_name(type));
}

void add_bootstrap(const Truth& truth, const Predictions& predictions, const ScoreOptions& options,
                   Score& out) {
  if (options.bootstrap_samples == 0)
    return;
  const auto intervals = bootstrap_intervals(static_cast<std::int32_t>(truth.images.size()),
                                             options.bootstrap_samples, options.seed, options.jobs,
                                             headline_statistics(truth, predictions, options));
  Bootstrap bootstrap;
  bootstrap.samples = options.bootstrap_samples;
  bootstrap.seed = options.seed;
  const auto names = headline_names(options);
  for (std::size_t i = 0; i < names.size(); ++i)
    bootstrap.intervals.emplace_back(names[i], intervals[i]);
  out.bootstrap = std::move(bootstrap);
}

} // namespace

std::string_view protocol_name(Protocol protocol) {
  switch (protocol) {
  case Protocol::coco: return "coco";
  case Protocol::voc: return "voc";
  case Protocol::voc11: return "voc11";
  case Protocol::accuracy: return "accuracy";
  }
  return "";
}

Protocol protocol_from_name(const std::string& name) {
  for (const auto protocol : {Protocol::coco, Protocol::voc, Protocol::voc11})
    if (name == protocol_name(protocol))
      return protocol;
  throw Error(Fault::usage,
              "protocol '" + printable(name) + "' is unknown" +
                  did_you_mean(name, {"coco", "voc", "voc11"}),
              "one of coco, voc, voc11");
}

std::string map_name(double iou) {
  const double percent = iou * 100;
  if (!(percent >= 0.5 && percent <= 100.4) || std::abs(percent - std::round(percent)) > 1e-9)
    throw Error(Fault::usage, "IoU " + number(iou) + " is not one of 0.01, 0.02 ... 1");
  return "map_" + fixed(percent, 0);
}

std::vector<std::string> metric_names(const ScoreOptions& options) {
  if (options.protocol == Protocol::coco)
    return {"map_50_95", "map_50", "map_75", "map_small", "map_medium", "map_large",
            "ar_1",      "ar_10",  "ar_100", "ar_small",  "ar_medium",  "ar_large"};
  if (options.protocol == Protocol::accuracy)
    return accuracy_names(options);
  std::vector<std::string> names;
  for (const double iou : options.voc_iou)
    names.push_back(map_name(iou));
  return names;
}

Evaluation evaluation_of(const Truth& truth, const Predictions& predictions) {
  Evaluation evaluation;
  evaluation.image_count = static_cast<std::int32_t>(truth.images.size());
  evaluation.class_count = static_cast<std::int32_t>(truth.classes.size());
  evaluation.truths = truth.boxes;
  evaluation.detections = predictions.detections;
  return evaluation;
}

std::vector<std::string> headline_names(const ScoreOptions& options) {
  if (options.protocol == Protocol::coco)
    return {"map_50_95", "map_50"};
  if (options.protocol == Protocol::accuracy)
    return {"accuracy"};
  return metric_names(options);
}

Metrics row_metrics(const Score& score) {
  Metrics metrics = score.metrics;
  if (!score.detection)
    return metrics;
  const auto& details = *score.detection;
  metrics.emplace_back("precision", details.all.precision());
  metrics.emplace_back("recall", details.all.recall());
  metrics.emplace_back("f1", details.all.f1());
  for (std::size_t i = 0; i < k_error_types; ++i)
    metrics.emplace_back(error_number_name(static_cast<ErrorType>(i)),
                         static_cast<double>(details.errors.all.counts[i]));
  return metrics;
}

std::vector<std::string> row_metric_names(const ScoreOptions& options) {
  auto names = metric_names(options);
  if (options.protocol == Protocol::accuracy)
    return names;
  for (const char* name : {"precision", "recall", "f1"})
    names.emplace_back(name);
  for (std::size_t i = 0; i < k_error_types; ++i)
    names.push_back(error_number_name(static_cast<ErrorType>(i)));
  return names;
}

Statistics headline_statistics(const Truth& truth, const Predictions& predictions,
                               const ScoreOptions& options) {
  if (truth.kind == TruthKind::classification)
    return accuracy_statistics(truth, predictions);
  return detection_statistics(evaluation_of(truth, predictions), options);
}

Score score(const Truth& truth, const Predictions& predictions, const ScoreOptions& wanted) {
  Score out;
  ScoreOptions options = wanted;
  if (truth.kind == TruthKind::classification)
    options.protocol = Protocol::accuracy;
  out.protocol = options.protocol;
  out.per_class = counted_classes(truth, predictions);
  if (out.protocol == Protocol::accuracy) {
    score_accuracy(truth, predictions, options, out);
    add_bootstrap(truth, predictions, options, out);
    return out;
  }
  const Evaluation evaluation = evaluation_of(truth, predictions);
  if (out.protocol == Protocol::coco)
    score_coco(evaluation, options, out);
  else
    score_voc(evaluation, options, out);
  add_bootstrap(truth, predictions, options, out);
  return out;
}

Value to_value(const Metrics& metrics) {
  Value out = Value::object();
  for (const auto& [name, value] : metrics)
    out[name] = value ? Value(*value) : Value();
  return out;
}

Value classes_value(const Score& score) {
  Value out = Value::object();
  for (std::size_t i = 0; i < score.per_class.size(); ++i) {
    const auto& entry = score.per_class[i];
    Value row = to_value(entry.metrics);
    row["objects"] = entry.objects;
    row["detections"] = entry.detections;
    if (score.detection)
      for (auto& member : class_value(*score.detection, i).members)
        row.members.push_back(std::move(member));
    out.members.emplace_back(entry.name, std::move(row));
  }
  return out;
}

void add_details(const Score& score, Value& document) {
  std::vector<std::string> classes;
  for (const auto& entry : score.per_class)
    classes.push_back(entry.name);
  if (score.detection)
    add_details(*score.detection, classes, document);
  if (score.classification)
    add_details(*score.classification, classes, document);
  if (score.bootstrap)
    document["bootstrap"] = to_value(*score.bootstrap);
}

Value to_value(const LeftOut& left_out) {
  Value out = Value::object();
  out["unknown_images"] = left_out.unknown_image_count;
  out["detections_of_unknown_images"] = left_out.detections_of_unknown_images;
  Value classes = Value::object();
  for (const auto& [name, count] : left_out.unknown_classes)
    classes.members.emplace_back(name, Value(count));
  out["unknown_classes"] = std::move(classes);
  out["repeated_images"] = static_cast<std::int64_t>(left_out.repeated_images.size());
  return out;
}

} // namespace mlopsctl::bench
