// SPDX-License-Identifier: Apache-2.0
#include "dataset/leakage.hpp"

#include "core/error.hpp"

#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <tuple>
#include <unordered_map>

namespace mlopsctl::dataset {
namespace {

/// The first image of each set that has something, by set.
using FirstOfSet = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

void note_first(FirstOfSet& list, std::uint32_t set, std::uint32_t image) {
  for (const auto& [known, first] : list)
    if (known == set)
      return;
  list.emplace_back(set, image);
}

void add_equal(const std::vector<SetImage>& images, Likeness likeness,
               const std::string& (*key_of)(const SetImage&), std::vector<Leak>& leaks) {
  std::unordered_map<std::string_view, FirstOfSet> firsts;
  for (std::uint32_t i = 0; i < images.size(); ++i)
    if (!key_of(images[i]).empty())
      note_first(firsts[key_of(images[i])], images[i].set, i);
  for (std::uint32_t i = 0; i < images.size(); ++i) {
    const auto found = firsts.find(key_of(images[i]));
    if (found == firsts.end())
      continue;
    for (const auto& [set, first] : found->second)
      if (set < images[i].set)
        leaks.push_back({likeness, i, first, 0});
  }
}

/// Images by fingerprint, and the nearest partner in each earlier set.
class Looks : public PairVisitor {
public:
  explicit Looks(const std::vector<SetImage>& images) : images_(images) {
    for (std::uint32_t i = 0; i < images.size(); ++i)
      if (images[i].has_look)
        order_.push_back(i);
    std::sort(order_.begin(), order_.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tie(images[a].fingerprint, a) < std::tie(images[b].fingerprint, b);
    });
    for (const auto i : order_) {
      if (unique_.empty() || unique_.back() != images[i].fingerprint) {
        unique_.push_back(images[i].fingerprint);
        firsts_.emplace_back();
        sets_.push_back(0);
      }
      note_first(firsts_.back(), images[i].set, i);
      sets_.back() |= std::uint64_t{1} << images[i].set;
    }
  }

  void find(int distance_bits, int jobs) { near_pairs(unique_, distance_bits, jobs, *this); }

  void visit(std::uint32_t a, std::uint32_t b, int bits) override {
    if (std::popcount(sets_[a] | sets_[b]) < 2)
      return;
    const std::lock_guard lock(mutex_);
    note(a, b, bits);
    note(b, a, bits);
  }

  bool is_settled(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) override {
    std::uint64_t sets = 0;
    for (const auto index : a)
      sets |= sets_[index];
    for (const auto index : b)
      sets |= sets_[index];
    return std::popcount(sets) < 2;
  }

  void add_leaks(std::vector<Leak>& leaks) {
    for (std::uint32_t u = 0; u < unique_.size(); ++u)
      note(u, u, 0); // the very same fingerprint
    std::size_t u = 0;
    for (const auto i : order_) {
      if (unique_[u] != images_[i].fingerprint)
        ++u;
      const auto set = images_[i].set;
      for (auto found = best_.lower_bound({static_cast<std::uint32_t>(u), 0});
           found != best_.end() && found->first.first == u && found->first.second < set; ++found)
        leaks.push_back({Likeness::look, i, found->second.second, found->second.first});
    }
  }

private:
  /// \p b's images are candidates for \p a's; the nearest, then the first one wins.
  void note(std::uint32_t a, std::uint32_t b, int bits) {
    const auto last_set = static_cast<std::uint32_t>(std::bit_width(sets_[a])) - 1;
    for (const auto& [set, image] : firsts_[b]) {
      if (set >= last_set)
        continue; // nothing of a is in a later set
      const std::pair candidate(bits, image);
      const auto [known, is_new] = best_.try_emplace({a, set}, candidate);
      if (!is_new)
        known->second = std::min(known->second, candidate);
    }
  }

  const std::vector<SetImage>& images_;
  std::vector<std::uint32_t> order_; ///< images by fingerprint
  std::vector<Fingerprint> unique_;
  std::vector<FirstOfSet> firsts_; ///< by unique fingerprint
  std::vector<std::uint64_t> sets_;
  std::mutex mutex_;
  /// (unique fingerprint, set of the partner): bits, partner.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<int, std::uint32_t>> best_;
};

} // namespace

std::string_view likeness_name(Likeness likeness) {
  switch (likeness) {
  case Likeness::reference: return "same_references";
  case Likeness::bytes: return "same_bytes";
  case Likeness::look: return "near_duplicates";
  case Likeness::group: break;
  }
  return "same_groups";
}

std::vector<Leak> find_leaks(const std::vector<SetImage>& images, int distance_bits, int jobs) {
  for (const auto& image : images)
    if (image.set >= k_most_sets)
      throw Error(Fault::usage, "more than " + std::to_string(k_most_sets) + " sets at once",
                  "compare fewer");
  std::vector<Leak> leaks;
  using Key = const std::string&;
  add_equal(
      images, Likeness::reference, [](const SetImage& i) -> Key { return i.reference; }, leaks);
  add_equal(
      images, Likeness::bytes, [](const SetImage& i) -> Key { return i.bytes; }, leaks);
  add_equal(
      images, Likeness::group, [](const SetImage& i) -> Key { return i.group; }, leaks);
  Looks looks(images);
  looks.find(distance_bits, jobs);
  looks.add_leaks(leaks);
  std::sort(leaks.begin(), leaks.end(), [&](const Leak& a, const Leak& b) {
    return std::tuple(a.image, images[a.partner].set, a.likeness) <
           std::tuple(b.image, images[b.partner].set, b.likeness);
  });
  return leaks;
}

} // namespace mlopsctl::dataset
