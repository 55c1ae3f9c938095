// SPDX-License-Identifier: Apache-2.0
#include "dataset/split.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "dataset/groups.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace mlopsctl::dataset {
namespace {

/// One quantity to be shared out: all images, or the objects of one class.
struct Quantity {
  std::vector<double> target;
  std::vector<double> given;

  /// How much nearer to the targets \p amount brings part \p part (chi-squared; negative: further
  /// away).
  double gain(std::size_t part, double amount) const {
    const double before = given[part] - target[part];
    const double after = before + amount;
    return target[part] > 0 ? (before * before - after * after) / target[part] : -amount;
  }
};

Quantity quantity(double total, const Ratios& ratios) {
  Quantity made;
  for (const auto& [split, ratio] : ratios) {
    made.target.push_back(total * ratio);
    made.given.push_back(0);
  }
  return made;
}

} // namespace

Ratios parse_ratios(std::string_view text) {
  Ratios ratios;
  double sum = 0;
  for (const auto& part : split(text, ',')) {
    const auto equals = part.find('=');
    const auto name = trim(std::string_view(part).substr(0, equals));
    const auto which = split_from_name(name);
    if (!which)
      throw Error(Fault::usage,
                  "--ratio: '" + printable(name) + "' is no split" +
                      did_you_mean(name, {"train", "validation", "test"}),
                  "write train=0.8,validation=0.1,test=0.1");
    const auto ratio = equals == std::string::npos
                           ? std::nullopt
                           : parse_double(trim(std::string_view(part).substr(equals + 1)));
    if (!ratio || *ratio <= 0)
      throw Error(Fault::usage, "--ratio: '" + printable(part) + "' gives no share > 0",
                  "write train=0.8,validation=0.1,test=0.1");
    for (const auto& [known, unused] : ratios)
      if (known == *which)
        throw Error(Fault::usage,
                    "--ratio: '" + std::string(split_name(known)) + "' is named twice");
    ratios.emplace_back(*which, *ratio);
    sum += *ratio;
  }
  if (std::abs(sum - 1) > 1e-6)
    throw Error(Fault::usage, "--ratio: the shares add up to " + number(sum) + ", not to 1");
  return ratios;
}

void SplitPlan::add(const std::string& group, const Sample& sample, Split kept) {
  const auto [place, is_new] = groups_.try_emplace(group);
  Group& entry = place->second;
  if (is_new)
    entry.kept.assign(options_.ratios.size(), 0);
  const auto part = part_of(kept);
  if (part)
    ++entry.kept[*part];
  else
    ++entry.images;
  ++images_;
  if (!options_.stratify)
    return;
  const auto count = [&](const std::string& label) {
    const int id = classes_.add(label);
    if (!part) {
      ++entry.objects[id];
      return;
    }
    auto& objects = kept_objects_[id];
    objects.resize(options_.ratios.size());
    ++objects[*part];
  };
  for (const auto& annotation : sample.annotations)
    count(annotation.label);
  for (const auto& image_class : sample.classes)
    count(image_class.label);
}

std::optional<std::size_t> SplitPlan::part_of(Split split) const {
  for (std::size_t part = 0; part < options_.ratios.size(); ++part)
    if (split != Split::none && options_.ratios[part].first == split)
      return part;
  return std::nullopt;
}

std::pair<std::int64_t, std::int64_t> SplitPlan::largest_group() const {
  std::int64_t largest = 0;
  for (const auto& [name, group] : groups_)
    largest = std::max(largest, group.images + group.kept_images());
  return {largest, images_};
}

/// What there is to share out, and what each part has of it already.
struct SplitPlan::Shares {
  Quantity images;
  std::vector<Quantity> classes;  ///< by name, so that sums do not depend on who came first
  std::vector<std::size_t> place; ///< of a class id in classes

  double gain(std::size_t part, const Group& group) const {
    double sum = images.gain(part, static_cast<double>(group.images));
    for (const auto& [at, count] : objects_of(group))
      sum += classes[at].gain(part, static_cast<double>(count));
    return sum;
  }
  void give(std::size_t part, const Group& group) {
    images.given[part] += static_cast<double>(group.images);
    for (const auto& [at, count] : objects_of(group))
      classes[at].given[part] += static_cast<double>(count);
  }
  std::vector<std::pair<std::size_t, std::int64_t>> objects_of(const Group& group) const {
    std::vector<std::pair<std::size_t, std::int64_t>> list;
    list.reserve(group.objects.size());
    for (const auto& [id, count] : group.objects)
      list.emplace_back(place[static_cast<std::size_t>(id)], count);
    std::sort(list.begin(), list.end());
    return list;
  }
};

SplitPlan::Shares SplitPlan::shares() const {
  const Ratios& ratios = options_.ratios;
  std::vector<std::size_t> by_name(classes_.size());
  std::iota(by_name.begin(), by_name.end(), std::size_t{0});
  std::sort(by_name.begin(), by_name.end(), [this](std::size_t a, std::size_t b) {
    return classes_.names()[a] < classes_.names()[b];
  });
  std::vector<std::int64_t> totals(classes_.size(), 0);
  for (const auto& [name, group] : groups_)
    for (const auto& [id, count] : group.objects)
      totals[static_cast<std::size_t>(id)] += count;
  for (const auto& [id, counts] : kept_objects_)
    for (const auto count : counts)
      totals[static_cast<std::size_t>(id)] += count;
  Shares shares{quantity(static_cast<double>(images_), ratios), {}, {}};
  shares.place.resize(classes_.size());
  for (std::size_t at = 0; at < by_name.size(); ++at) {
    shares.place[by_name[at]] = at;
    shares.classes.push_back(quantity(static_cast<double>(totals[by_name[at]]), ratios));
    const auto kept = kept_objects_.find(static_cast<int>(by_name[at]));
    for (std::size_t part = 0; kept != kept_objects_.end() && part < ratios.size(); ++part)
      shares.classes.back().given[part] = static_cast<double>(kept->second[part]);
  }
  for (const auto& [name, group] : groups_)
    for (std::size_t part = 0; part < ratios.size(); ++part)
      shares.images.given[part] += static_cast<double>(group.kept[part]);
  return shares;
}

void SplitPlan::assign() {
  // Large groups first, while there is room to choose; equals in an order that only the seed
  // decides.
  struct Entry {
    std::uint64_t order;
    const std::string* name;
    Group* group;
  };
  std::vector<Entry> entries;
  Shares shares = this->shares();
  for (auto& [name, group] : groups_) {
    if (group.kept_images() == 0) {
      entries.push_back({shuffled(options_.seed, name), &name, &group});
      continue;
    }
    const auto most = std::max_element(group.kept.begin(), group.kept.end());
    const auto part = static_cast<std::size_t>(most - group.kept.begin());
    group.split = options_.ratios[part].first;
    shares.give(part, group);
  }
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(b.group->images, a.order, *a.name) <
           std::tie(a.group->images, b.order, *b.name);
  });
  const auto& given = shares.images.given;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto empty_parts = static_cast<std::size_t>(std::count(given.begin(), given.end(), 0.0));
    // else a part would stay without any group
    const bool must_fill = empty_parts > 0 && entries.size() - i <= empty_parts;
    const Group& group = *entries[i].group;
    std::size_t best = given.size();
    double best_gain = 0;
    for (std::size_t part = 0; part < given.size(); ++part) {
      if (must_fill && given[part] > 0)
        continue;
      const double gain = shares.gain(part, group);
      if (best == given.size() || gain > best_gain) {
        best = part;
        best_gain = gain;
      }
    }
    shares.give(best, group);
    entries[i].group->split = options_.ratios[best].first;
  }
}

Split SplitPlan::of(const std::string& group) const {
  const auto found = groups_.find(group);
  return found == groups_.end() ? Split::none : found->second.split;
}

} // namespace mlopsctl::dataset
