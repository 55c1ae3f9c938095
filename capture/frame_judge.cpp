// SPDX-License-Identifier: Apache-2.0
#include "capture/frame_judge.hpp"

#include <algorithm>
#include <utility>

namespace mlopsctl::capture {
namespace {

// Encoded frames wait for what comes behind them: so many pixels of them, at about 0.4 bytes each.
constexpr std::int64_t k_waiting_px = 50'000'000;
constexpr std::int64_t k_least_window = 24;
constexpr std::int64_t k_most_window = 300;
constexpr std::int64_t k_remembered = 600; ///< frames behind one
constexpr std::size_t k_longest_run = 600;
constexpr std::size_t k_most_kept = 1000; ///< kept frames that new ones are compared with

/// Motion is looked at over this time: from one frame to the next it drowns in noise.
constexpr double k_motion_s = 0.08;

/// Alike enough that labelling both is labelling twice.
bool is_alike(const imaging::Glance& a, const imaging::Glance& b, double& changed) {
  constexpr int k_alike_bits = 16;
  constexpr double k_alike_changed = 0.002;
  if (dataset::distance(a.fingerprint, b.fingerprint) > k_alike_bits)
    return false;
  changed = imaging::moved(a, b, k_alike_changed);
  return changed <= k_alike_changed;
}

/// \param part 0..1; \p values are reordered.
double quantile(std::vector<double>& values, double part) {
  const auto at = static_cast<std::ptrdiff_t>(part * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

} // namespace

FrameJudge::FrameJudge(const KeepRules& rules, bool is_waited_for)
    : rules_(rules), window_(is_waited_for ? k_least_window : 0) {}

FrameJudge::Sight& FrameJudge::sight(std::int64_t position) {
  return sights_[static_cast<std::size_t>(position - first_sight_)];
}

FrameJudge::Waiting& FrameJudge::waiting(std::int64_t position) {
  return waiting_[static_cast<std::size_t>(position - first_waiting_)];
}

void FrameJudge::add(Candidate&& candidate) {
  Sight sight{candidate.glance, candidate.entry.time_s, 0, {}, {}};
  if (window_ == 0 && sight.glance)
    window_ =
        std::clamp(k_waiting_px / std::max<std::int64_t>(1, std::int64_t{candidate.entry.width} *
                                                                candidate.entry.height),
                   k_least_window, k_most_window);
  const std::int64_t position = end();
  find_scene(sight);
  sights_.push_back(std::move(sight));
  waiting_.push_back({std::move(candidate), false});
  if (sights_.back().glance) {
    look_around(position);
    last_seen_ = sights_.back().glance;
    best_sharpness_ = std::max(best_sharpness_, last_seen_->sharpness.ratio);
  }
  judge_ready();
}

/// Another shot: at once nearly everything is somewhere else. A camera that is turned quickly does
/// not begin one with every frame.
void FrameJudge::find_scene(Sight& sight) {
  constexpr int k_other_bits = 16; // chance gives 32
  constexpr double k_other_mean = 12, k_other_changed = 0.5, k_sudden = 1.5;
  if (last_seen_ && sight.glance) {
    const auto change = imaging::difference(*last_seen_, *sight.glance);
    const bool is_sudden = change.mean > k_sudden * last_change_;
    if (is_sudden && change.mean >= k_other_mean && change.changed >= k_other_changed &&
        dataset::distance(last_seen_->fingerprint, sight.glance->fingerprint) >= k_other_bits)
      ++scene_;
    last_change_ = change.mean;
  }
  sight.scene = scene_;
}

/// The frame before, and for frames whose time has come the frame after.
void FrameJudge::look_around(std::int64_t position) {
  Sight& here = sight(position);
  const auto is_apart = [&](const Sight& other) {
    return !here.time_s || !other.time_s || *here.time_s - *other.time_s >= k_motion_s - 1e-6;
  };
  for (std::int64_t at = position - 1; at >= first_sight_; --at) {
    const Sight& other = sight(at);
    if (!other.glance || !is_apart(other))
      continue;
    if (other.scene == here.scene)
      here.before = imaging::difference(*other.glance, *here.glance).most;
    break;
  }
  for (; no_after_ < position; ++no_after_) {
    Sight& other = sight(no_after_);
    if (!other.glance)
      continue;
    if (!is_apart(other))
      break;
    if (other.scene == here.scene)
      other.after = imaging::difference(*other.glance, *here.glance).most;
  }
}

/// A frame on its way differs from both sides. At a cut only the other side counts.
std::optional<double> FrameJudge::motion_of(const Sight& sight) {
  if (!sight.glance)
    return std::nullopt;
  if (sight.before && sight.after)
    return std::min(*sight.before, *sight.after);
  return sight.before ? *sight.before : sight.after.value_or(0);
}

void FrameJudge::judge_ready() {
  while (window_ > 0 && judged_ + window_ < end())
    judge(judged_++);
  for (; first_sight_ + k_remembered < judged_; ++first_sight_)
    sights_.pop_front();
  no_after_ = std::max(no_after_, first_sight_);
}

void FrameJudge::finish() {
  while (judged_ < end())
    judge(judged_++);
  close_run();
}

void FrameJudge::judge(std::int64_t position) {
  auto& entry = waiting(position).candidate.entry;
  const Sight& here = sight(position);
  if (!here.glance)
    return drop(position, reason::k_unreadable);
  Judgement judgement;
  judgement.sharpness = here.glance->sharpness.ratio;
  judgement.detail = here.glance->sharpness.detail;
  judgement.scene = here.scene;
  const bool blurred = rules_.sharp && is_blurred(position, judgement);
  const bool transition = rules_.still && is_transition(position, judgement);
  entry.judgement = judgement;
  if (blurred)
    return drop(position, reason::k_blurred);
  if (transition)
    return drop(position, reason::k_transition);
  if (rules_.distinct)
    return compare(position);
  keep(position);
}

/// Beside the better frames of its scene, as many as are in the window; a scene of one or two
/// frames is judged beside all in the window.
bool FrameJudge::is_blurred(std::int64_t position, Judgement& judgement) const {
  constexpr double k_better = 0.75, k_steep = 0.65, k_detail = 0.65;
  constexpr double k_not_steep = 0.5, k_less_steep = 0.85, k_no_detail = 0.25;
  constexpr std::size_t k_scene = 3;
  const auto here = static_cast<std::size_t>(position - first_sight_);
  const auto last = std::min(sights_.size(), here + static_cast<std::size_t>(window_) + 1);
  const auto values = [&](bool is_any_scene, double imaging::Acuteness::*value) {
    std::vector<double> found;
    for (std::size_t i = 0; i < last; ++i)
      if (sights_[i].glance && (is_any_scene || sights_[i].scene == sights_[here].scene))
        found.push_back(sights_[i].glance->sharpness.*value);
    return found;
  };
  auto ratios = values(false, &imaging::Acuteness::ratio);
  const bool is_any_scene = ratios.size() < k_scene;
  if (is_any_scene)
    ratios = values(true, &imaging::Acuteness::ratio);
  auto details = values(is_any_scene, &imaging::Acuteness::detail);
  const double usual = std::max(quantile(ratios, k_better), 1e-9);
  const double usual_detail = quantile(details, k_better);
  const double steep = judgement.sharpness / usual;
  judgement.sharpness_needed = k_steep * usual;
  judgement.detail_needed = k_detail * usual_detail;
  // What comes into the picture may have softer edges, but then it adds detail.
  return steep < k_not_steep || (steep < k_steep && judgement.detail < k_detail * usual_detail) ||
         (steep < k_less_steep && judgement.detail < k_no_detail * usual_detail);
}

/// Moves much more than the quiet frames around it.
bool FrameJudge::is_transition(std::int64_t position, Judgement& judgement) const {
  constexpr double k_quiet = 0.2, k_more = 2.5, k_least_levels = 6;
  const auto here = static_cast<std::size_t>(position - first_sight_);
  judgement.motion = motion_of(sights_[here]);
  std::vector<double> motions;
  const auto last = std::min(sights_.size(), here + static_cast<std::size_t>(window_) + 1);
  for (std::size_t i = 0; i < last; ++i)
    if (const auto motion = motion_of(sights_[i]))
      motions.push_back(*motion);
  judgement.motion_allowed = std::max(k_least_levels, k_more * quantile(motions, k_quiet));
  return *judgement.motion > *judgement.motion_allowed;
}

void FrameJudge::drop(std::int64_t position, const char* why) {
  auto& here = waiting(position);
  here.candidate.entry.reason = why;
  here.candidate.entry.is_kept = false;
  here.candidate.jpeg.clear();
  here.candidate.jpeg.shrink_to_fit();
  here.is_decided = true;
}

void FrameJudge::keep(std::int64_t position) {
  auto& here = waiting(position);
  here.candidate.entry.reason = reason::k_kept;
  here.candidate.entry.is_kept = true;
  here.is_decided = true;
}

void FrameJudge::compare(std::int64_t position) {
  const auto& glance = *waiting(position).candidate.glance;
  double changed = 0;
  if (!run_.empty()) {
    // Beside its first one alone, slow changes would be passed over up to twice.
    if (is_alike(*waiting(run_.front()).candidate.glance, glance, changed) &&
        is_alike(*waiting(best_).candidate.glance, glance, changed))
      return join_run(position);
    close_run();
  }
  if (const Kept* like = find_like(glance, changed)) {
    auto& entry = waiting(position).candidate.entry;
    entry.judgement->like = like->frame_index;
    entry.judgement->changed = changed;
    return drop(position, reason::k_duplicate);
  }
  run_.push_back(position);
  best_ = position;
}

/// Only the best of a run keeps its bytes.
void FrameJudge::join_run(std::int64_t position) {
  run_.push_back(position);
  auto& best = waiting(best_).candidate;
  auto& here = waiting(position).candidate;
  const bool is_better = here.glance->sharpness.ratio > best.glance->sharpness.ratio;
  std::string().swap(is_better ? best.jpeg : here.jpeg);
  if (is_better)
    best_ = position;
  if (run_.size() >= k_longest_run)
    close_run();
}

void FrameJudge::close_run() {
  if (run_.empty())
    return;
  const auto& best = waiting(best_).candidate;
  for (const auto position : run_) {
    if (position == best_)
      continue;
    auto& judgement = *waiting(position).candidate.entry.judgement;
    judgement.like = best.entry.frame_index;
    judgement.changed = imaging::moved(*waiting(position).candidate.glance, *best.glance);
    drop(position, reason::k_duplicate);
  }
  kept_.push_back({best.glance, best.entry.frame_index});
  if (kept_.size() > k_most_kept)
    kept_.pop_front();
  keep(best_);
  run_.clear();
}

/// The latest ones first: most duplicates are of these.
const FrameJudge::Kept* FrameJudge::find_like(const imaging::Glance& glance,
                                              double& changed) const {
  for (auto kept = kept_.rbegin(); kept != kept_.rend(); ++kept)
    if (is_alike(*kept->glance, glance, changed))
      return &*kept;
  return nullptr;
}

bool FrameJudge::saw_no_sharp_frame() const {
  constexpr double k_blurred = 0.14; // edges about 7 px wide in a picture of 640 px
  return best_sharpness_ >= 0 && best_sharpness_ < k_blurred;
}

std::optional<Candidate> FrameJudge::next() {
  if (waiting_.empty() || !waiting_.front().is_decided)
    return std::nullopt;
  Candidate candidate = std::move(waiting_.front().candidate);
  waiting_.pop_front();
  ++first_waiting_;
  return candidate;
}

} // namespace mlopsctl::capture
