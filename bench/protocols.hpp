// SPDX-License-Identifier: Apache-2.0
// The same predictions under each protocol, and what each difference between them is worth.
#pragma once

#include "bench/metrics/ranking.hpp"
#include "core/value.hpp"

#include <string>
#include <vector>

namespace mlopsctl::bench {

/// Everything that protocols and tools do differently with the same boxes.
struct Setting {
  Rules rules;
  Summary summary = Summary::points_101;
  std::size_t most_in_image = 0;        ///< detections of an image, all classes together; 0: all
  double least_score = -1e300;          ///< detections below it are not looked at
  bool are_absent_classes_zero = false; ///< a class without an object counts 0 instead of nothing

  bool operator==(const Setting&) const = default;
};
Setting coco_setting(double min_iou);
Setting voc_setting(double min_iou);
Setting voc11_setting(double min_iou);

/// \return mean average precision over the classes; undefined if no class has an object.
Metric map_under(const Evaluation& evaluation, const Setting& setting, int jobs = 1);

/// One rule changed.
struct ProtocolStep {
  std::string name;    ///< "overlap_inclusive"
  std::string meaning; ///< for people
  Metric map;
  Metric difference; ///< to the step before, or to the base; undefined where one of the two is
};

struct ProtocolReport {
  double min_iou = 0.5;
  Metric coco_50_95; ///< mean over IoU 0.50 to 0.95
  Metric coco;       ///< these at min_iou
  Metric voc;
  Metric voc11;
  /// From coco to voc to voc11, each step with all changes before it: the first is coco, the last
  /// is voc11.
  std::vector<ProtocolStep> path;
  std::string base;                ///< "coco", "voc" or "voc11"
  std::vector<ProtocolStep> alone; ///< one change to the base and nothing else
};

struct ExplainOptions {
  double min_iou = 0.5;
  std::string base = "coco";     ///< of the single changes
  double score_threshold = 0.25; ///< of the change that leaves out low scores
  int jobs = 1;
};
ProtocolReport explain_protocols(const Evaluation& evaluation, const ExplainOptions& options);

Value to_value(const ProtocolReport& report);

} // namespace mlopsctl::bench
