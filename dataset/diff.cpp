// SPDX-License-Identifier: Apache-2.0
#include "dataset/diff.hpp"

#include "core/interrupt.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace mlopsctl::dataset {
namespace {

constexpr double k_same_px = 1e-6; // doubles that went through another format and back

constexpr std::array<std::string_view, k_change_count> k_names{
    "image-added", "image-removed", "box-added",     "box-removed",   "box-moved",   "relabelled",
    "class-added", "class-removed", "label-changed", "split-changed", "size-changed"};

bool is_same(const Box& a, const Box& b) {
  return std::abs(a.left - b.left) <= k_same_px && std::abs(a.top - b.top) <= k_same_px &&
         std::abs(a.width - b.width) <= k_same_px && std::abs(a.height - b.height) <= k_same_px;
}

std::string shown(const Box& box) {
  return number(box.width) + " x " + number(box.height) + " at " + number(box.left) + ", " +
         number(box.top);
}

std::string shown(const Annotation& annotation) {
  return "'" + annotation.label + "' " + shown(annotation.box);
}

struct Pair {
  double overlap;
  std::size_t before;
  std::size_t after;
};

/// Boxes of two samples that are the same one: equal boxes first, then by falling overlap, those of
/// one class before all others.
class Matching {
public:
  Matching(const Sample& before, const Sample& after, double iou_threshold)
      : before_(before.annotations), after_(after.annotations),
        partner_of_before(before_.size(), k_none), partner_of_after(after_.size(), k_none) {
    match_equal();
    match_overlapping(iou_threshold, true);
    match_overlapping(iou_threshold, false);
  }
  static constexpr std::size_t k_none = static_cast<std::size_t>(-1);

private:
  const std::vector<Annotation>& before_;
  const std::vector<Annotation>& after_;

public:
  std::vector<std::size_t> partner_of_before;
  std::vector<std::size_t> partner_of_after;

private:
  void join(std::size_t before, std::size_t after) {
    partner_of_before[before] = after;
    partner_of_after[after] = before;
  }

  /// Most boxes of most images: without looking at every pair.
  void match_equal() {
    std::multimap<std::tuple<std::string_view, double, double, double, double>, std::size_t> known;
    const auto key = [](const Annotation& annotation) {
      const Box& box = annotation.box;
      return std::tuple(std::string_view(annotation.label), box.left, box.top, box.width,
                        box.height);
    };
    for (std::size_t i = 0; i < before_.size(); ++i)
      known.emplace(key(before_[i]), i);
    for (std::size_t i = 0; i < after_.size(); ++i) {
      const auto found = known.find(key(after_[i]));
      if (found == known.end())
        continue;
      join(found->second, i);
      known.erase(found);
    }
  }

  void match_overlapping(double iou_threshold, bool is_same_class) {
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < before_.size(); ++i) {
      check_interrupt();
      for (std::size_t k = 0; partner_of_before[i] == k_none && k < after_.size(); ++k) {
        if (partner_of_after[k] != k_none || (before_[i].label == after_[k].label) != is_same_class)
          continue;
        const double overlap = iou(before_[i].box, after_[k].box);
        if (overlap >= iou_threshold && overlap > 0)
          pairs.push_back({overlap, i, k});
      }
    }
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const Pair& a, const Pair& b) { return a.overlap > b.overlap; });
    for (const auto& pair : pairs)
      if (partner_of_before[pair.before] == k_none && partner_of_after[pair.after] == k_none)
        join(pair.before, pair.after);
  }
};

void compare_images(const Sample& before, const Sample& after, std::vector<Difference>& out) {
  const auto size = [](const Sample& sample) {
    return std::to_string(sample.width) + " x " + std::to_string(sample.height);
  };
  const bool are_known = before.width > 0 && after.width > 0;
  if (are_known && (before.width != after.width || before.height != after.height))
    out.push_back({Change::size_changed, after.ref, size(before) + ": now " + size(after)});
  if (before.split != after.split)
    out.push_back({Change::split_changed, after.ref,
                   "'" + std::string(split_name(before.split)) + "': now '" +
                       std::string(split_name(after.split)) + "'"});
  if (before.is_labelled != after.is_labelled)
    out.push_back({Change::labelled_changed, after.ref,
                   after.is_labelled ? "was not labelled, is now" : "was labelled, is not now"});
  const auto has = [](const Sample& sample, const std::string& label) {
    return std::any_of(sample.classes.begin(), sample.classes.end(),
                       [&](const ImageClass& other) { return other.label == label; });
  };
  for (const auto& image_class : before.classes)
    if (!has(after, image_class.label))
      out.push_back({Change::class_removed, after.ref, "'" + image_class.label + "'"});
  for (const auto& image_class : after.classes)
    if (!has(before, image_class.label))
      out.push_back({Change::class_added, after.ref, "'" + image_class.label + "'"});
}

} // namespace

std::string_view change_name(Change change) {
  return k_names[static_cast<std::size_t>(change)];
}

std::vector<Difference> compare(const Sample& before, const Sample& after, double iou_threshold) {
  std::vector<Difference> out;
  compare_images(before, after, out);
  const Matching matching(before, after, iou_threshold);
  for (std::size_t i = 0; i < before.annotations.size(); ++i) {
    const auto& old = before.annotations[i];
    const auto partner = matching.partner_of_before[i];
    if (partner == Matching::k_none) {
      out.push_back({Change::box_removed, after.ref, shown(old)});
      continue;
    }
    const auto& now = after.annotations[partner];
    const std::string overlap = " (IoU " + fixed(iou(old.box, now.box), 3) + ")";
    if (old.label != now.label)
      out.push_back({Change::relabelled, after.ref, shown(old) + ": now " + shown(now) + overlap});
    else if (!is_same(old.box, now.box))
      out.push_back(
          {Change::box_moved, after.ref, shown(old) + ": now " + shown(now.box) + overlap});
  }
  for (std::size_t i = 0; i < after.annotations.size(); ++i)
    if (matching.partner_of_after[i] == Matching::k_none)
      out.push_back({Change::box_added, after.ref, shown(after.annotations[i])});
  return out;
}

std::string Differ::key_of(const Sample& sample,
                           std::unordered_map<std::string, std::int64_t>& occurrences) const {
  std::string key = by_name_ ? sample.ref.substr(sample.ref.rfind('/') + 1) : sample.ref;
  const auto count = occurrences[key]++;
  return count == 0 ? key : key + '\n' + std::to_string(count);
}

void Differ::add_before(Sample sample) {
  auto key = key_of(sample, seen_before_);
  sample.extra.clear(); // not compared: memory goes to boxes only
  sample.label_metadata.clear();
  for (auto& annotation : sample.annotations)
    annotation.extra.clear();
  index_.emplace(std::move(key), before_.size());
  before_.push_back(std::move(sample));
  is_matched_.push_back(0);
}

std::vector<Difference> Differ::add_after(const Sample& sample) {
  const auto known = index_.find(key_of(sample, seen_after_));
  if (known == index_.end())
    return {
        {Change::image_added, sample.ref, std::to_string(sample.annotations.size()) + " boxes"}};
  is_matched_[known->second] = 1;
  ++matched_;
  return compare(before_[known->second], sample, iou_threshold_);
}

std::vector<Difference> Differ::finish() {
  std::vector<Difference> out;
  for (std::size_t i = 0; i < before_.size(); ++i)
    if (!is_matched_[i])
      out.push_back({Change::image_removed, before_[i].ref,
                     std::to_string(before_[i].annotations.size()) + " boxes"});
  return out;
}

} // namespace mlopsctl::dataset
