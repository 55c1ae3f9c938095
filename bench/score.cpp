// SPDX-License-Identifier: Apache-2.0
#include "bench/score.hpp"

#include "bench/metrics/accuracy.hpp"
#include "bench/metrics/coco.hpp"
#include "bench/metrics/voc.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <cmath>
#include <cstddef>

namespace mlopsctl::bench {
namespace {

Evaluation evaluation_of(const Truth& truth, const Predictions& predictions) {
  Evaluation evaluation;
  evaluation.image_count = static_cast<std::int32_t>(truth.images.size());
  evaluation.class_count = static_cast<std::int32_t>(truth.classes.size());
  evaluation.truths = truth.boxes;
  evaluation.detections = predictions.detections;
  return evaluation;
}

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

void score_coco(const Evaluation& evaluation, int jobs, Score& out) {
  CocoResult result = coco_metrics(evaluation, jobs);
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
  for (const double iou : options.voc_iou) {
    const VocResult result = voc_metrics(evaluation, curve, iou);
    const std::string name = map_name(iou);
    out.metrics.emplace_back(name, result.map);
    for (std::size_t i = 0; i < out.per_class.size(); ++i)
      out.per_class[i].metrics.emplace_back(name.substr(1), result.per_class[i]);
  }
}

void score_accuracy(const Truth& truth, const Predictions& predictions, Score& out) {
  const AccuracyResult result = accuracy_metrics(truth.labels, predictions.guesses,
                                                 static_cast<std::int32_t>(truth.classes.size()));
  out.metrics = {{"accuracy", result.accuracy},
                 {"accuracy_top_5", result.accuracy_top_5},
                 {"accuracy_balanced", result.accuracy_balanced}};
  for (std::size_t i = 0; i < out.per_class.size(); ++i)
    out.per_class[i].metrics = {{"accuracy", result.per_class[i]}};
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
    return {"accuracy", "accuracy_top_5", "accuracy_balanced"};
  std::vector<std::string> names;
  for (const double iou : options.voc_iou)
    names.push_back(map_name(iou));
  return names;
}

Score score(const Truth& truth, const Predictions& predictions, const ScoreOptions& options) {
  Score out;
  out.protocol = truth.kind == TruthKind::classification ? Protocol::accuracy : options.protocol;
  out.per_class = counted_classes(truth, predictions);
  if (out.protocol == Protocol::accuracy) {
    score_accuracy(truth, predictions, out);
    return out;
  }
  const Evaluation evaluation = evaluation_of(truth, predictions);
  if (out.protocol == Protocol::coco)
    score_coco(evaluation, options.jobs, out);
  else
    score_voc(evaluation, options, out);
  return out;
}

Value to_value(const Metrics& metrics) {
  Value out = Value::object();
  for (const auto& [name, value] : metrics)
    out[name] = value ? Value(*value) : Value();
  return out;
}

Value to_value(const std::vector<ClassScore>& classes) {
  Value out = Value::object();
  for (const auto& entry : classes) {
    Value row = to_value(entry.metrics);
    row["objects"] = entry.objects;
    row["detections"] = entry.detections;
    out.members.emplace_back(entry.name, std::move(row));
  }
  return out;
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
