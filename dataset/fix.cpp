// SPDX-License-Identifier: Apache-2.0
#include "dataset/fix.hpp"

#include "core/text.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace mlopsctl::dataset {
namespace {

std::uint64_t mix(std::uint64_t hash, std::string_view text) {
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL; // FNV-1a
  return (hash ^ 0xff) * 1099511628211ULL;
}

/// Of the boxes and classes only: two jobs over one image differ in their metadata.
std::uint64_t digest_of(const Sample& sample) {
  std::uint64_t hash = 14695981039346656037ULL + (sample.is_labelled ? 1 : 0);
  for (const auto& annotation : sample.annotations) {
    hash = mix(hash, annotation.label);
    const Box& box = annotation.box;
    for (const double value : {box.left, box.top, box.width, box.height})
      hash = mix(hash, number(value));
  }
  for (const auto& image_class : sample.classes)
    hash = mix(hash, image_class.label);
  return mix(hash, sample.mask_ref);
}

/// \return true if it had to be cut.
bool clip(Box& box, double width, double height) {
  const double left = std::clamp(box.left, 0.0, width);
  const double top = std::clamp(box.top, 0.0, height);
  const double right = std::clamp(box.right(), 0.0, width);
  const double bottom = std::clamp(box.bottom(), 0.0, height);
  // compared as edges: right - left may differ from width in the last bit although nothing was cut
  const bool is_cut =
      left != box.left || top != box.top || right != box.right() || bottom != box.bottom();
  if (is_cut)
    box = {left, top, right - left, bottom - top};
  return is_cut;
}

} // namespace

void Fixer::learn(const Sample& sample) {
  for (const auto& annotation : sample.annotations)
    ++spellings_[lower(annotation.label)][annotation.label];
  for (const auto& image_class : sample.classes)
    ++spellings_[lower(image_class.label)][image_class.label];
}

void Fixer::fix_spelling(std::string& label) {
  if (!is_chosen_) {
    for (const auto& [name, uses] : spellings_) {
      const auto winner =
          std::max_element(uses.begin(), uses.end(), [](const auto& a, const auto& b) {
            return std::tie(a.second, b.first) < std::tie(b.second, a.first);
          });
      for (const auto& [spelling, count] : uses)
        if (spelling != winner->first)
          chosen_[spelling] = winner->first;
    }
    is_chosen_ = true;
  }
  const auto entry = chosen_.find(label);
  if (entry == chosen_.end())
    return;
  label = entry->second;
  ++counts_["class-names-alike"];
}

void Fixer::fix_boxes(Sample& sample) {
  std::vector<Annotation> kept;
  std::set<std::tuple<std::string, double, double, double, double>> seen;
  kept.reserve(sample.annotations.size());
  for (auto& annotation : sample.annotations) {
    const bool is_known = sample.width > 0 && sample.height > 0;
    if (is_known && clip(annotation.box, sample.width, sample.height))
      ++counts_["box-outside-image"];
    if (annotation.box.width <= 0 || annotation.box.height <= 0)
      continue; // nothing of it was inside: counted as cut
    const Box& box = annotation.box;
    if (seen.emplace(annotation.label, box.left, box.top, box.width, box.height).second)
      kept.push_back(std::move(annotation));
    else
      ++counts_["duplicate-box"];
  }
  sample.annotations = std::move(kept);
}

bool Fixer::fix(Sample& sample) {
  for (auto& annotation : sample.annotations)
    fix_spelling(annotation.label);
  for (auto& image_class : sample.classes)
    fix_spelling(image_class.label);
  fix_boxes(sample);
  const auto digest = digest_of(sample);
  const auto [entry, is_new] = seen_.emplace(sample.ref, digest);
  if (is_new || entry->second != digest)
    return true;
  ++counts_["duplicate-source-ref"];
  return false;
}

} // namespace mlopsctl::dataset
