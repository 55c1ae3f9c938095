// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/operating_point.hpp"

namespace mlopsctl::bench {
namespace {

Metric share(std::int64_t part, std::int64_t whole) {
  return whole > 0 ? Metric(static_cast<double>(part) / static_cast<double>(whole)) : std::nullopt;
}

} // namespace

Metric OperatingPoint::precision() const {
  return share(hits, detections);
}

Metric OperatingPoint::recall() const {
  return share(hits, truths);
}

Metric OperatingPoint::f1() const {
  return share(2 * hits, detections + truths);
}

OperatingPoint operating_point(const Ranking& ranking, double score_threshold) {
  OperatingPoint point;
  point.score_threshold = score_threshold;
  point.truths = static_cast<std::int64_t>(ranking.truth_images.size());
  for (const auto& detection : ranking.detections) {
    if (detection.score < score_threshold)
      break;
    ++point.detections;
    point.hits += detection.is_hit ? 1 : 0;
  }
  return point;
}

std::optional<OperatingPoint> best_f1_point(const Ranking& ranking) {
  OperatingPoint here;
  here.truths = static_cast<std::int64_t>(ranking.truth_images.size());
  std::optional<OperatingPoint> best;
  const auto& rows = ranking.detections;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ++here.detections;
    here.hits += rows[i].is_hit ? 1 : 0;
    here.score_threshold = rows[i].score;
    // A threshold takes all detections of an equal score or none.
    const bool is_last_of_score = i + 1 == rows.size() || rows[i + 1].score < rows[i].score;
    if (is_last_of_score && here.hits > 0 && (!best || *here.f1() > *best->f1()))
      best = here;
  }
  return best;
}

OperatingPoint sum_of(const std::vector<OperatingPoint>& points, double score_threshold) {
  OperatingPoint sum;
  sum.score_threshold = score_threshold;
  for (const auto& point : points) {
    sum.hits += point.hits;
    sum.detections += point.detections;
    sum.truths += point.truths;
  }
  return sum;
}

PrecisionRecallCurve precision_recall_curve(const Ranking& ranking) {
  PrecisionRecallCurve curve;
  if (ranking.truth_images.empty())
    return curve;
  auto points = curve_points(ranking);
  make_envelope(points);
  std::size_t i = 0;
  for (const double wanted : linspace(0, 1, 101)) {
    while (i < points.size() && points[i].recall < wanted)
      ++i;
    const bool is_reached = i < points.size();
    curve.precision.push_back(is_reached ? points[i].precision : 0);
    curve.score.push_back(is_reached ? Metric(points[i].score) : std::nullopt);
  }
  return curve;
}

} // namespace mlopsctl::bench
