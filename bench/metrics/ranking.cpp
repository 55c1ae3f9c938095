// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/ranking.hpp"

#include "bench/metrics/by_image.hpp"
#include "bench/metrics/voc.hpp"
#include "core/interrupt.hpp"
#include "core/parallel.hpp"

#include <algorithm>

namespace mlopsctl::bench {
namespace {

class ClassRanker {
public:
  ClassRanker(const Evaluation& evaluation, const Rules& rules)
      : evaluation_(evaluation), rules_(rules) {}

  /// \param truths, detections positions by image.
  Ranking rank(const std::vector<std::int32_t>& truths,
               const std::vector<std::int32_t>& detections) {
    for (const auto row : truths)
      if (is_counted(truth_at(row)))
        out_.truth_images.push_back(truth_at(row).image);
    std::size_t t = 0;
    for (std::size_t d = 0; d < detections.size();) {
      check_interrupt();
      const auto image = detection_at(detections[d]).image;
      collect_truths(truths, t, image);
      found_.clear();
      for (; d < detections.size() && detection_at(detections[d]).image == image; ++d)
        found_.push_back(&detection_at(detections[d]));
      std::sort(found_.begin(), found_.end(), [&](const ScoredBox* a, const ScoredBox* b) {
        return a->score != b->score ? a->score > b->score : (a < b) != rules_.are_ties_reversed;
      });
      if (rules_.most_detections > 0 && found_.size() > rules_.most_detections)
        found_.resize(rules_.most_detections);
      for (const auto* detection : found_)
        judge(*detection);
    }
    if (rules_.are_ties_reversed)
      reverse_images();
    std::stable_sort(out_.detections.begin(), out_.detections.end(),
                     [](const auto& a, const auto& b) { return a.score > b.score; });
    return std::move(out_);
  }

private:
  struct Candidate {
    const TruthBox* truth = nullptr;
    bool is_left_out = false;
    bool is_found = false;
  };

  const TruthBox& truth_at(std::int32_t row) const {
    return evaluation_.truths[static_cast<std::size_t>(row)];
  }
  const ScoredBox& detection_at(std::int32_t row) const {
    return evaluation_.detections[static_cast<std::size_t>(row)];
  }
  bool is_left_out(const TruthBox& truth) const {
    const bool is_crowd_out =
        rules_.crowd == CrowdRule::region || rules_.crowd == CrowdRule::left_out;
    return (truth.is_crowd && is_crowd_out) || (truth.is_difficult && rules_.is_difficult_left_out);
  }
  bool is_counted(const TruthBox& truth) const {
    return !is_left_out(truth) && !(truth.is_crowd && rules_.crowd == CrowdRule::dropped);
  }

  void collect_truths(const std::vector<std::int32_t>& rows, std::size_t& next,
                      std::int32_t image) {
    here_.clear();
    for (; next < rows.size() && truth_at(rows[next]).image <= image; ++next) {
      const auto& truth = truth_at(rows[next]);
      if (truth.image == image && !(truth.is_crowd && rules_.crowd == CrowdRule::dropped))
        here_.push_back({&truth, is_left_out(truth), false});
    }
  }

  bool is_region(const TruthBox& truth) const {
    return truth.is_crowd && rules_.crowd == CrowdRule::region;
  }

  /// Of equal scores those of later images come first then; in an image they are reversed already.
  void reverse_images() {
    std::stable_sort(out_.detections.begin(), out_.detections.end(),
                     [](const auto& a, const auto& b) { return a.image > b.image; });
  }

  double overlap(const ScoredBox& detection, const TruthBox& truth) const {
    if (is_region(truth))
      return share_inside(detection.box, truth.box);
    return rules_.overlap == Overlap::inclusive ? iou_inclusive(detection.box, truth.box)
                                                : dataset::iou(detection.box, truth.box);
  }

  void judge(const ScoredBox& detection) {
    Candidate* partner =
        rules_.partner == Partner::nearest ? nearest(detection) : best_free(detection);
    if (partner != nullptr && partner->is_left_out)
      return;
    const bool is_hit = partner != nullptr && !partner->is_found;
    if (is_hit)
      partner->is_found = true;
    out_.detections.push_back({detection.score, detection.image, is_hit});
  }

  /// Of equal overlaps the first, as VOC's development kit takes it. The share that lies in a crowd
  /// is no IoU: a crowd comes only when no object is near enough.
  Candidate* nearest(const ScoredBox& detection) {
    for (const bool among_regions : {false, true}) {
      double best = 0;
      Candidate* partner = nullptr;
      for (auto& candidate : here_) {
        if (is_region(*candidate.truth) != among_regions)
          continue;
        if (const double iou = overlap(detection, *candidate.truth); iou > best) {
          best = iou;
          partner = &candidate;
        }
      }
      if (best >= rules_.min_iou)
        return partner;
    }
    return nullptr;
  }

  /// Of equal overlaps the last, as COCO's loop takes it; those that count neither way come only
  /// when no other is left.
  Candidate* best_free(const ScoredBox& detection) {
    Candidate* partner = nullptr;
    for (const bool among_left_out : {false, true}) {
      double best = rules_.min_iou;
      for (auto& candidate : here_) {
        if (candidate.is_left_out != among_left_out || candidate.is_found)
          continue;
        if (const double iou = overlap(detection, *candidate.truth); iou >= best) {
          best = iou;
          partner = &candidate;
        }
      }
      if (partner != nullptr)
        break;
    }
    return partner;
  }

  const Evaluation& evaluation_;
  Rules rules_;
  std::vector<const ScoredBox*> found_; ///< in the image at hand
  std::vector<Candidate> here_;         ///< truths of the image at hand
  Ranking out_;
};

double mean_at(const std::vector<CurvePoint>& envelope, const std::vector<double>& grid,
               double tolerance) {
  double sum = 0;
  std::size_t i = 0;
  for (const double wanted : grid) {
    while (i < envelope.size() && envelope[i].recall < wanted - tolerance)
      ++i;
    if (i == envelope.size())
      break;
    sum += envelope[i].precision;
  }
  return sum / static_cast<double>(grid.size());
}

double area_under(const std::vector<CurvePoint>& points) {
  double area = 0;
  double last = 0;
  for (const auto& point : points) {
    area += (point.recall - last) * point.precision;
    last = point.recall;
  }
  return area;
}

} // namespace

Rules coco_rules(double min_iou) {
  Rules rules;
  rules.min_iou = min_iou;
  return rules;
}

Rules voc_rules(double min_iou) {
  Rules rules;
  rules.min_iou = min_iou;
  rules.overlap = Overlap::inclusive;
  rules.partner = Partner::nearest;
  rules.crowd = CrowdRule::left_out;
  rules.is_difficult_left_out = true;
  rules.most_detections = 0;
  return rules;
}

std::vector<Ranking> rank_detections(const Evaluation& evaluation, const Rules& rules, int jobs) {
  const auto truths = truths_by_class(evaluation);
  const auto detections = detections_by_class(evaluation);
  std::vector<Ranking> rankings;
  std::size_t next = 0;
  ordered_parallel<std::size_t, Ranking>(
      jobs,
      [&]() -> std::optional<std::size_t> {
        return next < truths.size() ? std::optional(next++) : std::nullopt;
      },
      [&](std::size_t&& i) {
        return ClassRanker(evaluation, rules).rank(truths[i], detections[i]);
      },
      [&](Ranking&& ranking) { rankings.push_back(std::move(ranking)); });
  return rankings;
}

std::vector<CurvePoint> curve_points(const Ranking& ranking,
                                     const std::vector<std::int32_t>* weights) {
  const auto weight = [&](std::int32_t image) -> std::int64_t {
    return weights == nullptr ? 1 : (*weights)[static_cast<std::size_t>(image)];
  };
  std::int64_t truths = 0;
  for (const auto image : ranking.truth_images)
    truths += weight(image);
  std::vector<CurvePoint> points;
  if (truths == 0)
    return points;
  std::int64_t hits = 0;
  std::int64_t counted = 0;
  for (const auto& detection : ranking.detections) {
    const auto times = weight(detection.image);
    counted += times;
    if (!detection.is_hit || times == 0)
      continue;
    hits += times; // several copies of a hit: recall in between has this precision in the envelope
    points.push_back({static_cast<double>(hits) / static_cast<double>(truths),
                      static_cast<double>(hits) / static_cast<double>(counted), detection.score});
  }
  return points;
}

void make_envelope(std::vector<CurvePoint>& points) {
  for (std::size_t i = points.size(); i-- > 1;)
    points[i - 1].precision = std::max(points[i - 1].precision, points[i].precision);
}

Metric average_precision(const Ranking& ranking, Summary summary,
                         const std::vector<std::int32_t>* weights) {
  static const std::vector<double> percents = linspace(0, 1, 101);
  static const std::vector<double> tenths = linspace(0, 1, 11);
  const auto is_there = [&](std::int32_t image) {
    return weights == nullptr || (*weights)[static_cast<std::size_t>(image)] > 0;
  };
  if (std::none_of(ranking.truth_images.begin(), ranking.truth_images.end(), is_there))
    return std::nullopt;
  auto points = curve_points(ranking, weights);
  if (summary != Summary::area_of_steps)
    make_envelope(points);
  switch (summary) {
  case Summary::points_101: return mean_at(points, percents, 0);
  case Summary::points_11: return mean_at(points, tenths, 0);
  case Summary::points_11_tenths: return mean_at(points, tenths, 1e-9);
  case Summary::area:
  case Summary::area_of_steps: return area_under(points);
  }
  return std::nullopt;
}

} // namespace mlopsctl::bench
