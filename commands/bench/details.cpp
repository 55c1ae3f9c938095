// SPDX-License-Identifier: Apache-2.0
#include "commands/bench/details.hpp"

#include "commands/bench/report.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {
namespace {

constexpr std::int32_t k_most_matrix_classes = 8; ///< a wider table does not fit a terminal
constexpr std::size_t k_pairs_shown = 10;

std::string shown_interval(const bench::Score& score, const std::string& name) {
  for (const auto& [key, interval] : score.bootstrap->intervals)
    if (key == name)
      return shown_metric(interval.low) + " .. " + shown_metric(interval.high);
  return "";
}

std::string_view error_meaning(bench::ErrorType type) {
  switch (type) {
  case bench::ErrorType::classification: return "right place, wrong class";
  case bench::ErrorType::localisation: return "right class, IoU from 0.1 to 0.5";
  case bench::ErrorType::both: return "wrong class, and IoU under 0.5";
  case bench::ErrorType::duplicate: return "an object that a better score has found";
  case bench::ErrorType::background: return "nothing is there: IoU up to 0.1";
  case bench::ErrorType::missed: return "objects that no detection is about";
  }
  return "";
}

std::vector<std::string> threshold_row(const std::string& name, const bench::OperatingPoint& point,
                                       const std::optional<bench::OperatingPoint>& best) {
  return {name,
          shown_metric(point.precision()),
          shown_metric(point.recall()),
          shown_metric(point.f1()),
          best ? shown_metric(best->f1()) : "-",
          best ? number(best->score_threshold) : "-"};
}

std::vector<std::string> labels_of(const bench::Score& score, const char* last) {
  std::vector<std::string> labels;
  for (const auto& entry : score.per_class)
    labels.push_back(entry.name);
  labels.emplace_back(last);
  return labels;
}

void print_matrix(const Context& ctx, const bench::ConfusionMatrix& confusion,
                  const std::vector<std::string>& labels) {
  Table table{{"truth \\ predicted"}, {}};
  for (const auto& name : labels)
    table.header.push_back(name);
  for (std::int32_t truth = 0; truth <= confusion.class_count; ++truth) {
    std::vector<std::string> row{labels[static_cast<std::size_t>(truth)]};
    for (std::int32_t predicted = 0; predicted <= confusion.class_count; ++predicted)
      row.push_back(std::to_string(confusion.at(truth, predicted)));
    table.rows.push_back(std::move(row));
  }
  ctx.print(table);
}

void print_pairs(const Context& ctx, const bench::ConfusionMatrix& confusion,
                 const std::vector<std::string>& labels) {
  Table table{{"truth", "predicted as", "count"}, {}};
  for (const auto& pair : bench::most_confused(confusion, k_pairs_shown))
    table.rows.push_back({labels[static_cast<std::size_t>(pair.truth)],
                          labels[static_cast<std::size_t>(pair.predicted)],
                          std::to_string(pair.count)});
  ctx.print(table);
}

void print_confusion(const Context& ctx, const bench::ConfusionMatrix& confusion,
                     const std::vector<std::string>& labels) {
  if (confusion.class_count <= k_most_matrix_classes)
    print_matrix(ctx, confusion, labels);
  else
    print_pairs(ctx, confusion, labels);
}

void print_detection(const Context& ctx, const bench::Score& score) {
  const auto& details = *score.detection;
  ctx.say("");
  ctx.say("At score " + number(details.all.score_threshold) + ", IoU 0.5:");
  Table thresholds{{"class", "precision", "recall", "F1", "best F1", "at score"}, {}};
  thresholds.rows.push_back(threshold_row("(all)", details.all, std::nullopt));
  for (std::size_t i = 0; i < score.per_class.size(); ++i)
    thresholds.rows.push_back(
        threshold_row(score.per_class[i].name, details.per_class[i], details.best_f1[i]));
  ctx.print(thresholds);
  ctx.say("");
  Table errors{{"error", "count", "meaning"}, {}};
  for (std::size_t i = 0; i < bench::k_error_types; ++i) {
    const auto type = static_cast<bench::ErrorType>(i);
    errors.rows.push_back({std::string(bench::error_type_name(type)),
                           std::to_string(details.errors.all[type]),
                           std::string(error_meaning(type))});
  }
  ctx.print(errors);
  ctx.say("");
  print_confusion(ctx, details.confusion, labels_of(score, "(background)"));
}

void print_classification(const Context& ctx, const bench::Score& score) {
  ctx.say("");
  print_confusion(ctx, score.classification->confusion, labels_of(score, "(none)"));
  ctx.say("");
  Table bins{{"score", "images", "accuracy", "mean score"}, {}};
  for (const auto& bin : score.classification->calibration.bins) {
    if (bin.count == 0)
      continue;
    const auto count = static_cast<double>(bin.count);
    bins.rows.push_back({fixed(bin.low, 3) + " .. " + fixed(bin.high, 3), std::to_string(bin.count),
                         fixed(static_cast<double>(bin.right) / count, 4),
                         fixed(bin.score_sum / count, 4)});
  }
  ctx.print(bins);
}

std::string shown_difference(const bench::Metric& difference) {
  if (!difference)
    return "-";
  const std::string text = fixed(*difference, 4);
  return *difference >= 0 ? "+" + text : text;
}

} // namespace

void print_score(const Context& ctx, const bench::Score& score) {
  Table metrics{{"metric", std::string(bench::protocol_name(score.protocol))}, {}};
  if (score.bootstrap)
    metrics.header.emplace_back("95 % interval");
  for (const auto& [name, value] : score.metrics) {
    std::vector<std::string> row{name, shown_metric(value)};
    if (score.bootstrap)
      row.push_back(shown_interval(score, name));
    metrics.rows.push_back(std::move(row));
  }
  ctx.print(metrics);
  Table classes{{"class", "objects", "detections"}, {}};
  for (const auto& entry : score.per_class) {
    std::vector<std::string> row{entry.name, std::to_string(entry.objects),
                                 std::to_string(entry.detections)};
    for (const auto& [name, value] : entry.metrics) {
      if (classes.rows.empty())
        classes.header.push_back(name);
      row.push_back(shown_metric(value));
    }
    classes.rows.push_back(std::move(row));
  }
  ctx.say("");
  ctx.print(classes);
}

void print_details(const Context& ctx, const bench::Score& score) {
  if (score.detection)
    print_detection(ctx, score);
  if (score.classification)
    print_classification(ctx, score);
}

void print_protocols(const Context& ctx, const bench::ProtocolReport& report) {
  const std::string iou = number(report.min_iou);
  Table protocols{{"protocol", "mAP", "rules"}, {}};
  protocols.rows = {
      {"coco 0.50:0.95", shown_metric(report.coco_50_95), "mean of ten IoU thresholds"},
      {"coco", shown_metric(report.coco), "IoU " + iou + ", 101 recall points, 100 detections"},
      {"voc", shown_metric(report.voc), "IoU " + iou + " + 1 px, area under the curve"},
      {"voc11", shown_metric(report.voc11), "IoU " + iou + " + 1 px, 11 recall points"}};
  ctx.print(protocols);
  ctx.say("");
  ctx.say("From coco to voc to voc11, one change after the other:");
  Table path{{"mAP", "change", "name", "meaning"}, {}};
  for (const auto& step : report.path)
    path.rows.push_back({shown_metric(step.map),
                         step.difference ? shown_difference(step.difference) : "", step.name,
                         step.meaning});
  ctx.print(path);
  ctx.say("");
  ctx.say("One change to " + report.base + " and nothing else:");
  Table alone{{"mAP", "change", "name", "meaning"}, {}};
  for (const auto& step : report.alone)
    alone.rows.push_back(
        {shown_metric(step.map), shown_difference(step.difference), step.name, step.meaning});
  ctx.print(alone);
}

} // namespace mlopsctl::commands
