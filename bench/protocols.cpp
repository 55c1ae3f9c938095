// SPDX-License-Identifier: Apache-2.0
#include "bench/protocols.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <functional>

namespace mlopsctl::bench {
namespace {

struct Change {
  std::string name;
  std::string meaning;
  std::function<void(Setting&)> apply;
};

/// From coco to voc11, in this order.
std::vector<Change> path_changes() {
  return {
      {"area_under_curve", "area under the whole curve, not 101 recall points",
       [](Setting& s) { s.summary = Summary::area; }},
      {"overlap_inclusive", "IoU counts both edges of a box: 1 px more in width and height",
       [](Setting& s) { s.rules.overlap = Overlap::inclusive; }},
      {"crowd_left_out", "a crowd is left out by IoU; it does not take whatever lies in it",
       [](Setting& s) { s.rules.crowd = CrowdRule::left_out; }},
      {"nearest_object",
       "a detection belongs to the object it overlaps most, even if that is found",
       [](Setting& s) { s.rules.partner = Partner::nearest; }},
      {"all_detections", "all detections, not the best 100 of an image and class",
       [](Setting& s) { s.rules.most_detections = 0; }},
      {"difficult_left_out", "objects marked difficult count neither for nor against",
       [](Setting& s) { s.rules.is_difficult_left_out = true; }},
      {"eleven_points", "11 recall points (VOC 2007), not the whole curve",
       [](Setting& s) { s.summary = Summary::points_11; }},
  };
}

/// Everything else that changes such numbers; what a base has already is passed over.
std::vector<Change> single_changes(double score_threshold) {
  std::vector<Change> changes = path_changes();
  const auto add = [&](std::string name, std::string meaning, std::function<void(Setting&)> apply) {
    changes.push_back({std::move(name), std::move(meaning), std::move(apply)});
  };
  add("101_points", "101 recall points (COCO)",
      [](Setting& s) { s.summary = Summary::points_101; });
  add("eleven_tenths", "11 recall points at exact tenths: recall 9/15 reaches 0.6",
      [](Setting& s) { s.summary = Summary::points_11_tenths; });
  add("no_envelope", "area under the curve as it is, dips included",
      [](Setting& s) { s.summary = Summary::area_of_steps; });
  add("overlap_continuous", "IoU of the boxes as they are, without the extra pixel",
      [](Setting& s) { s.rules.overlap = Overlap::continuous; });
  add("free_object", "a detection belongs to the object it overlaps most of those not found yet",
      [](Setting& s) { s.rules.partner = Partner::free_one; });
  add("100_of_class", "the best 100 detections of an image and class",
      [](Setting& s) { s.rules.most_detections = 100; });
  add("100_of_image", "the best 100 detections of an image, all classes together",
      [](Setting& s) { s.most_in_image = 100; });
  add("score_threshold", "detections with a score under " + number(score_threshold) + " left out",
      [score_threshold](Setting& s) { s.least_score = score_threshold; });
  add("crowd_region", "a crowd takes any detection of which enough lies in it",
      [](Setting& s) { s.rules.crowd = CrowdRule::region; });
  add("crowd_counts", "a crowd is an object like any other",
      [](Setting& s) { s.rules.crowd = CrowdRule::counts; });
  add("crowd_dropped", "crowds taken out of the truth: detections on them are wrong",
      [](Setting& s) { s.rules.crowd = CrowdRule::dropped; });
  add("difficult_counts", "objects marked difficult count like any other",
      [](Setting& s) { s.rules.is_difficult_left_out = false; });
  add("absent_classes_zero", "a class without an object counts 0 in the mean",
      [](Setting& s) { s.are_absent_classes_zero = true; });
  add("ties_reversed", "equal scores taken in the opposite order",
      [](Setting& s) { s.rules.are_ties_reversed = true; });
  return changes;
}

/// The detections that \p setting looks at, in their order.
std::vector<ScoredBox> kept_detections(const Evaluation& evaluation, const Setting& setting) {
  std::vector<std::vector<std::size_t>> of_image(static_cast<std::size_t>(evaluation.image_count));
  for (std::size_t i = 0; i < evaluation.detections.size(); ++i) {
    const auto& detection = evaluation.detections[i];
    if (detection.score >= setting.least_score)
      of_image[static_cast<std::size_t>(detection.image)].push_back(i);
  }
  std::vector<std::size_t> kept;
  for (auto& rows : of_image) {
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
      return evaluation.detections[a].score > evaluation.detections[b].score;
    });
    if (setting.most_in_image > 0 && rows.size() > setting.most_in_image)
      rows.resize(setting.most_in_image);
    kept.insert(kept.end(), rows.begin(), rows.end());
  }
  std::sort(kept.begin(), kept.end());
  std::vector<ScoredBox> out;
  out.reserve(kept.size());
  for (const auto i : kept)
    out.push_back(evaluation.detections[i]);
  return out;
}

Metric difference(const Metric& now, const Metric& before) {
  return now && before ? Metric(*now - *before) : std::nullopt;
}

Setting base_setting(const ExplainOptions& options) {
  if (options.base == "voc")
    return voc_setting(options.min_iou);
  return options.base == "voc11" ? voc11_setting(options.min_iou) : coco_setting(options.min_iou);
}

Value step_value(const ProtocolStep& step) {
  Value out = Value::object();
  out["change"] = step.name;
  out["meaning"] = step.meaning;
  out["map"] = step.map ? Value(*step.map) : Value();
  out["difference"] = step.difference ? Value(*step.difference) : Value();
  return out;
}

} // namespace

Setting coco_setting(double min_iou) {
  Setting setting;
  setting.rules = coco_rules(min_iou);
  return setting;
}

Setting voc_setting(double min_iou) {
  Setting setting;
  setting.rules = voc_rules(min_iou);
  setting.summary = Summary::area;
  return setting;
}

Setting voc11_setting(double min_iou) {
  Setting setting = voc_setting(min_iou);
  setting.summary = Summary::points_11;
  return setting;
}

Metric map_under(const Evaluation& evaluation, const Setting& setting, int jobs) {
  Evaluation part = evaluation;
  std::vector<ScoredBox> kept;
  if (setting.most_in_image > 0 || setting.least_score > Setting().least_score) {
    kept = kept_detections(evaluation, setting);
    part.detections = kept;
  }
  std::vector<Metric> values;
  bool has_object = false;
  for (const auto& ranking : rank_detections(part, setting.rules, jobs)) {
    const Metric value = average_precision(ranking, setting.summary);
    has_object = has_object || value.has_value();
    values.push_back(!value && setting.are_absent_classes_zero ? Metric(0) : value);
  }
  return has_object ? mean_of_defined(values) : std::nullopt;
}

ProtocolReport explain_protocols(const Evaluation& evaluation, const ExplainOptions& options) {
  const auto measure = [&](const Setting& setting) {
    return map_under(evaluation, setting, options.jobs);
  };
  ProtocolReport report;
  report.min_iou = options.min_iou;
  report.base = options.base;
  std::vector<Metric> by_iou;
  for (const double iou : linspace(0.5, 0.95, 10))
    by_iou.push_back(measure(coco_setting(iou)));
  report.coco_50_95 = mean_of_defined(by_iou);
  Setting setting = coco_setting(options.min_iou);
  report.coco = measure(setting);
  report.path.push_back({"coco", "COCO at IoU " + number(options.min_iou), report.coco, {}});
  for (const auto& change : path_changes()) {
    if (setting == voc_setting(options.min_iou))
      report.voc = report.path.back().map;
    change.apply(setting);
    const Metric map = measure(setting);
    report.path.push_back(
        {change.name, change.meaning, map, difference(map, report.path.back().map)});
  }
  report.voc11 = report.path.back().map;
  const Setting base = base_setting(options);
  const Metric base_map = measure(base);
  for (const auto& change : single_changes(options.score_threshold)) {
    Setting changed = base;
    change.apply(changed);
    if (changed == base)
      continue;
    const Metric map = measure(changed);
    report.alone.push_back({change.name, change.meaning, map, difference(map, base_map)});
  }
  return report;
}

Value to_value(const ProtocolReport& report) {
  const auto number_or_null = [](const Metric& metric) {
    return metric ? Value(*metric) : Value();
  };
  Value out = Value::object();
  out["iou"] = report.min_iou;
  Value protocols = Value::object();
  protocols["coco_50_95"] = number_or_null(report.coco_50_95);
  protocols["coco"] = number_or_null(report.coco);
  protocols["voc"] = number_or_null(report.voc);
  protocols["voc11"] = number_or_null(report.voc11);
  out["map"] = std::move(protocols);
  Value path = Value::array();
  for (const auto& step : report.path)
    path.push(step_value(step));
  out["path"] = std::move(path);
  out["base"] = report.base;
  Value alone = Value::array();
  for (const auto& step : report.alone)
    alone.push(step_value(step));
  out["alone"] = std::move(alone);
  return out;
}

} // namespace mlopsctl::bench
