// SPDX-License-Identifier: Apache-2.0
#include "bench/metrics/coco.hpp"

#include "core/interrupt.hpp"
#include "core/parallel.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>

namespace mlopsctl::bench {
namespace {

constexpr std::size_t k_thresholds = 10;
constexpr std::size_t k_areas = 4;
constexpr std::size_t k_max_detections = 100;
constexpr double k_epsilon = 0x1p-52; // numpy.spacing(1), which keeps 0/0 out of the precision
constexpr double k_area_max = 1e10;
constexpr std::array<std::array<double, 2>, k_areas> k_area_ranges{
    {{0, k_area_max}, {0, 32.0 * 32.0}, {32.0 * 32.0, 96.0 * 96.0}, {96.0 * 96.0, k_area_max}}};

using Bits = std::uint16_t; ///< one bit an IoU threshold
static_assert(sizeof(Bits) * 8 >= k_thresholds);
constexpr Bits k_all_bits = (1U << k_thresholds) - 1;

bool has_bit(Bits bits, std::size_t index) {
  return (static_cast<unsigned>(bits) >> index & 1U) != 0;
}

struct Grids {
  std::vector<double> iou = linspace(0.5, 0.95, k_thresholds);
  std::vector<double> recall = linspace(0, 1, 101);
};

/// A detection after matching.
struct Matched {
  double score = 0;
  std::int32_t image = 0;
  std::int32_t rank = 0; ///< position by score in its image and class, 0-based
  std::array<Bits, k_areas> hits{};
  std::array<Bits, k_areas> ignored{};
};

/// A truth box that overlaps a detection enough to matter for at least the lowest threshold.
struct Candidate {
  std::uint32_t truth = 0; ///< position among the image's truths of the class
  double iou = 0;
};

/// Recall and precision of one class.
struct ClassOutcome {
  std::array<std::array<Metric, k_thresholds>, k_areas>
      precision; ///< mean over 101 points, 100 detections
  std::array<std::array<Metric, k_thresholds>, k_areas> recall; ///< 100 detections
  std::array<std::array<Metric, k_thresholds>, 2> recall_few;   ///< 1 and 10 detections, all areas
  Ranking at_50;                                                ///< where wanted
};

double overlap(const dataset::Box& detection, const TruthBox& truth) {
  const double width =
      std::min(detection.right(), truth.box.right()) - std::max(detection.left, truth.box.left);
  if (width <= 0)
    return 0;
  const double height =
      std::min(detection.bottom(), truth.box.bottom()) - std::max(detection.top, truth.box.top);
  if (height <= 0)
    return 0;
  const double intersection = width * height;
  return intersection /
         (truth.is_crowd ? detection.area() : detection.area() + truth.box.area() - intersection);
}

bool is_outside(double area_px, std::size_t area) {
  return area_px < k_area_ranges[area][0] || area_px > k_area_ranges[area][1];
}

/// Matches the detections of one image and class, best score first, for every area and threshold.
class ImageMatcher {
public:
  explicit ImageMatcher(const Grids& grids) : grids_(grids) {}

  /// \param detections by falling score, at most k_max_detections. \param out gets one entry each.
  void match(const std::vector<const TruthBox*>& truths,
             const std::vector<const ScoredBox*>& detections, std::vector<Matched>& out) {
    find_candidates(truths, detections);
    const std::size_t first = out.size();
    for (std::size_t d = 0; d < detections.size(); ++d) {
      Matched& row = out.emplace_back();
      row.score = detections[d]->score;
      row.image = detections[d]->image;
      row.rank = static_cast<std::int32_t>(d);
    }
    for (std::size_t area = 0; area < k_areas; ++area) {
      ignored_truth_.assign(truths.size(), 0);
      for (std::size_t g = 0; g < truths.size(); ++g)
        ignored_truth_[g] = truths[g]->is_crowd || is_outside(truths[g]->area_px, area) ? 1 : 0;
      taken_.assign(truths.size(), 0);
      for (std::size_t d = 0; d < detections.size(); ++d) {
        Matched& row = out[first + d];
        const Bits matched = match_one(d, truths, area, row);
        if (is_outside(detections[d]->box.area(), area))
          row.ignored[area] |= static_cast<Bits>(k_all_bits & ~matched);
      }
    }
  }

private:
  void find_candidates(const std::vector<const TruthBox*>& truths,
                       const std::vector<const ScoredBox*>& detections) {
    candidates_.clear();
    begins_.assign(1, 0);
    for (const auto* detection : detections) {
      for (std::size_t g = 0; g < truths.size(); ++g)
        if (const double iou = overlap(detection->box, *truths[g]); iou >= grids_.iou.front())
          candidates_.push_back({static_cast<std::uint32_t>(g), iou});
      begins_.push_back(candidates_.size());
    }
  }

  /// \return the thresholds at which detection \p d found a partner.
  Bits match_one(std::size_t d, const std::vector<const TruthBox*>& truths, std::size_t area,
                 Matched& row) {
    Bits matched = 0;
    if (begins_[d] == begins_[d + 1])
      return matched;
    for (std::size_t t = 0; t < k_thresholds; ++t) {
      const auto bit = static_cast<Bits>(1U << t);
      // COCO's loop meets the ignored truths last and stops there if it has a real partner.
      auto best = best_partner(d, t, truths, false);
      if (best < 0)
        best = best_partner(d, t, truths, true);
      if (best < 0)
        continue;
      const auto partner = static_cast<std::size_t>(best);
      taken_[partner] |= bit;
      matched |= bit;
      (ignored_truth_[partner] != 0 ? row.ignored : row.hits)[area] |= bit;
    }
    return matched;
  }

  /// Of equal overlaps the last one wins, as in COCO's loop (it passes over smaller ones only).
  std::int64_t best_partner(std::size_t d, std::size_t t,
                            const std::vector<const TruthBox*>& truths, bool among_ignored) const {
    double best_iou = grids_.iou[t];
    std::int64_t best = -1;
    for (std::size_t c = begins_[d]; c < begins_[d + 1]; ++c) {
      const auto [g, iou] = candidates_[c];
      if ((ignored_truth_[g] != 0) != among_ignored || iou < best_iou)
        continue;
      if (has_bit(taken_[g], t) && !truths[g]->is_crowd)
        continue;
      best_iou = iou;
      best = g;
    }
    return best;
  }

  const Grids& grids_;
  std::vector<Candidate> candidates_;
  std::vector<std::size_t> begins_; ///< detection d has candidates begins_[d] .. begins_[d + 1]
  std::vector<char> ignored_truth_;
  std::vector<Bits> taken_; ///< thresholds at which a truth has its partner
};

/// All images of one class, in image order. \param truth_rows, detection_rows by image.
std::vector<Matched> match_class(const Evaluation& evaluation, const Grids& grids,
                                 const std::vector<std::int32_t>& truth_rows,
                                 const std::vector<std::int32_t>& detection_rows) {
  std::vector<Matched> out;
  out.reserve(detection_rows.size());
  ImageMatcher matcher(grids);
  std::vector<const TruthBox*> truths;
  std::vector<const ScoredBox*> detections;
  std::size_t t = 0;
  for (std::size_t d = 0; d < detection_rows.size();) {
    check_interrupt();
    const auto image = evaluation.detections[static_cast<std::size_t>(detection_rows[d])].image;
    truths.clear();
    detections.clear();
    for (; t < truth_rows.size(); ++t) {
      const auto& truth = evaluation.truths[static_cast<std::size_t>(truth_rows[t])];
      if (truth.image > image)
        break;
      if (truth.image == image)
        truths.push_back(&truth);
    }
    for (; d < detection_rows.size(); ++d) {
      const auto& detection = evaluation.detections[static_cast<std::size_t>(detection_rows[d])];
      if (detection.image != image)
        break;
      detections.push_back(&detection);
    }
    std::sort(detections.begin(), detections.end(), [](const ScoredBox* a, const ScoredBox* b) {
      return a->score != b->score ? a->score > b->score : a < b;
    });
    detections.resize(std::min(detections.size(), k_max_detections));
    matcher.match(truths, detections, out);
  }
  return out;
}

/// Positions of \p rows by falling score, equal ones in their order.
std::vector<std::uint32_t> by_score(const std::vector<Matched>& rows) {
  struct Key {
    double score;
    std::uint32_t row;
  };
  std::vector<Key> keys;
  keys.reserve(rows.size());
  for (const auto& row : rows)
    keys.push_back({row.score, static_cast<std::uint32_t>(keys.size())});
  std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) {
    return a.score != b.score ? a.score > b.score : a.row < b.row;
  });
  std::vector<std::uint32_t> order;
  order.reserve(keys.size());
  for (const auto& key : keys)
    order.push_back(key.row);
  return order;
}

/// \param precisions at each hit in order. \return the mean over COCO's 101 recall points of the
/// best precision from there on.
double mean_precision(std::vector<double>& precisions, std::size_t truths,
                      const std::vector<double>& recall_grid) {
  for (std::size_t i = precisions.size(); i-- > 1;)
    precisions[i - 1] = std::max(precisions[i - 1], precisions[i]);
  double sum = 0;
  std::size_t hit = 0;
  for (const double wanted : recall_grid) {
    while (hit < precisions.size() &&
           static_cast<double>(hit + 1) / static_cast<double>(truths) < wanted)
      ++hit;
    if (hit == precisions.size())
      break;
    sum += precisions[hit];
  }
  return sum / static_cast<double>(recall_grid.size());
}

/// Hits of one class in one area at one threshold so far.
struct Tally {
  std::vector<double> precisions; ///< at each hit
  std::size_t ignored = 0;
  std::size_t few[2] = {0, 0}; ///< hits among the first 1 and 10 of an image
};

/// Precision and recall of one class in one area at all thresholds. Most detections are hits at no
/// threshold and ignored at none or at all: they cost one addition.
/// \param order of the rows, by falling score.
void accumulate(const std::vector<Matched>& rows, const std::vector<std::uint32_t>& order,
                std::size_t area, std::size_t truths, const Grids& grids, ClassOutcome& outcome) {
  std::array<Tally, k_thresholds> tallies;
  std::size_t counted = 0; // less what a threshold ignores
  for (const auto index : order) {
    const Matched& row = rows[index];
    if (row.ignored[area] == k_all_bits)
      continue;
    ++counted;
    for (unsigned bits = row.ignored[area]; bits != 0; bits &= bits - 1)
      ++tallies[static_cast<std::size_t>(std::countr_zero(bits))].ignored;
    for (unsigned bits = row.hits[area]; bits != 0; bits &= bits - 1) {
      Tally& tally = tallies[static_cast<std::size_t>(std::countr_zero(bits))];
      const auto hits = static_cast<double>(tally.precisions.size() + 1);
      const auto misses = static_cast<double>(counted - tally.ignored) - hits;
      tally.precisions.push_back(hits / (misses + hits + k_epsilon));
      tally.few[0] += row.rank < 1 ? 1 : 0;
      tally.few[1] += row.rank < 10 ? 1 : 0;
    }
  }
  const auto total = static_cast<double>(truths);
  for (std::size_t t = 0; t < k_thresholds; ++t) {
    Tally& tally = tallies[t];
    outcome.recall[area][t] = static_cast<double>(tally.precisions.size()) / total;
    if (area == 0)
      for (std::size_t i = 0; i < 2; ++i)
        outcome.recall_few[i][t] = static_cast<double>(tally.few[i]) / total;
    outcome.precision[area][t] = mean_precision(tally.precisions, truths, grids.recall);
  }
}

/// The first area has all sizes, the first threshold is 0.5.
Ranking ranking_at_50(const Evaluation& evaluation, const std::vector<std::int32_t>& truth_rows,
                      const std::vector<Matched>& rows, const std::vector<std::uint32_t>& order) {
  Ranking ranking;
  for (const auto row : truth_rows)
    if (const auto& truth = evaluation.truths[static_cast<std::size_t>(row)]; !truth.is_crowd)
      ranking.truth_images.push_back(truth.image);
  ranking.detections.reserve(rows.size());
  for (const auto index : order)
    if (const Matched& row = rows[index]; !has_bit(row.ignored[0], 0))
      ranking.detections.push_back({row.score, row.image, has_bit(row.hits[0], 0)});
  return ranking;
}

ClassOutcome evaluate_class(const Evaluation& evaluation, const Grids& grids,
                            const std::vector<std::int32_t>& truth_rows,
                            const std::vector<std::int32_t>& detection_rows, bool wants_ranking) {
  ClassOutcome outcome;
  if (truth_rows.empty() && !wants_ranking)
    return outcome;
  const auto rows = match_class(evaluation, grids, truth_rows, detection_rows);
  const auto order = by_score(rows);
  if (wants_ranking)
    outcome.at_50 = ranking_at_50(evaluation, truth_rows, rows, order);
  for (std::size_t area = 0; area < k_areas; ++area) {
    const auto truths =
        static_cast<std::size_t>(std::count_if(truth_rows.begin(), truth_rows.end(), [&](auto row) {
          const auto& truth = evaluation.truths[static_cast<std::size_t>(row)];
          return !truth.is_crowd && !is_outside(truth.area_px, area);
        }));
    if (truths > 0)
      accumulate(rows, order, area, truths, grids, outcome);
  }
  return outcome;
}

template <class Pick>
Metric mean_over(const std::vector<ClassOutcome>& classes, std::size_t first, std::size_t last,
                 const Pick& pick) {
  std::vector<Metric> values;
  for (std::size_t threshold = first; threshold < last; ++threshold)
    for (const auto& outcome : classes)
      values.push_back(pick(outcome)[threshold]);
  return mean_of_defined(values);
}

Metrics summarize(const std::vector<ClassOutcome>& classes) {
  const auto precision = [&](std::size_t area, std::size_t first, std::size_t last) {
    return mean_over(
        classes, first,
        last, [area](const ClassOutcome& c) -> const auto& { return c.precision[area]; });
  };
  const auto recall = [&](std::size_t area) {
    return mean_over(
        classes, 0,
        k_thresholds, [area](const ClassOutcome& c) -> const auto& { return c.recall[area]; });
  };
  const auto recall_few = [&](std::size_t which) {
    return mean_over(
        classes, 0, k_thresholds, [which](const ClassOutcome& c) -> const auto& {
          return c.recall_few[which];
        });
  };
  return {{"map_50_95", precision(0, 0, k_thresholds)},
          {"map_50", precision(0, 0, 1)},
          {"map_75", precision(0, 5, 6)},
          {"map_small", precision(1, 0, k_thresholds)},
          {"map_medium", precision(2, 0, k_thresholds)},
          {"map_large", precision(3, 0, k_thresholds)},
          {"ar_1", recall_few(0)},
          {"ar_10", recall_few(1)},
          {"ar_100", recall(0)},
          {"ar_small", recall(1)},
          {"ar_medium", recall(2)},
          {"ar_large", recall(3)}};
}

} // namespace

CocoResult coco_metrics(const Evaluation& evaluation, int jobs, std::vector<Ranking>* at_50) {
  const Grids grids;
  const auto truths = truths_by_class(evaluation);
  const auto detections = detections_by_class(evaluation);
  std::vector<ClassOutcome> outcomes;
  std::size_t next = 0;
  ordered_parallel<std::size_t, ClassOutcome>(
      jobs,
      [&]() -> std::optional<std::size_t> {
        return next < truths.size() ? std::optional(next++) : std::nullopt;
      },
      [&](std::size_t&& i) {
        return evaluate_class(evaluation, grids, truths[i], detections[i], at_50 != nullptr);
      },
      [&](ClassOutcome&& outcome) { outcomes.push_back(outcome); });
  CocoResult result;
  result.metrics = summarize(outcomes);
  for (auto& outcome : outcomes) {
    if (at_50 != nullptr)
      at_50->push_back(std::move(outcome.at_50));
    const auto& precision = outcome.precision[0];
    result.per_class.push_back(
        {mean_of_defined({precision.begin(), precision.end()}), precision[0], precision[5]});
  }
  return result;
}

} // namespace mlopsctl::bench
