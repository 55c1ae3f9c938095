// SPDX-License-Identifier: Apache-2.0
#include "bench/predictions.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace mlopsctl::bench {
namespace {

constexpr std::size_t k_names_kept = 100;
constexpr std::int32_t k_ambiguous = -1;

using Index = std::unordered_map<std::string, std::int32_t>;

void add_unique(Index& index, const std::string& key, std::int32_t image) {
  const auto [entry, is_new] = index.try_emplace(key, image);
  if (!is_new)
    entry->second = k_ambiguous;
}

std::optional<std::int32_t> look(const Index& index, const std::string& key) {
  const auto entry = index.find(key);
  return entry == index.end() || entry->second == k_ambiguous ? std::nullopt
                                                              : std::optional(entry->second);
}

std::optional<std::int64_t> id_of(const dataset::Sample& sample) {
  for (const auto& [key, json] : sample.extra)
    if (key == "image_id")
      return parse_int(trim(json));
  return std::nullopt;
}

std::string shown_name(const dataset::Sample& sample) {
  if (!sample.ref.empty())
    return sample.ref;
  const auto id = id_of(sample);
  return "image_id " + (id ? std::to_string(*id) : "?");
}

[[noreturn]] void refuse(const dataset::Sample& sample, const std::string& text,
                         const std::string& hint) {
  throw Error(Fault::input, sample.place + ": '" + shown_name(sample) + "': " + text, hint);
}

} // namespace

PredictionCollector::PredictionCollector(const Truth& truth)
    : truth_(truth), seen_(truth.images.size(), 0) {
  for (const auto& name : truth.classes.names())
    classes_.add(name);
  for (std::size_t i = 0; i < truth.images.size(); ++i) {
    const auto& image = truth.images[i];
    const auto index = static_cast<std::int32_t>(i);
    add_unique(by_ref_, image.ref, index);
    add_unique(by_file_name_, file_name_of(image.ref), index);
    add_unique(by_stem_, stem_of(image.ref), index);
    if (image.id)
      by_id_.emplace(*image.id, index);
  }
}

std::optional<std::int32_t> PredictionCollector::find_image(const std::string& ref) const {
  if (const auto image = look(by_ref_, ref))
    return image;
  if (const auto image = look(by_file_name_, file_name_of(ref)))
    return image;
  return look(by_stem_, stem_of(ref));
}

std::optional<std::int32_t> PredictionCollector::image_of(const dataset::Sample& sample) const {
  if (!sample.ref.empty())
    return find_image(sample.ref);
  const auto id = id_of(sample);
  if (!id)
    refuse(sample, "neither a reference nor an id of the image", "");
  if (by_id_.empty())
    refuse(sample, "the predictions know images by id, and the truth has no ids",
           "COCO results go with the COCO file they were made for");
  const auto entry = by_id_.find(*id);
  return entry == by_id_.end() ? std::nullopt : std::optional(entry->second);
}

std::int32_t PredictionCollector::label_of(const std::string& name, std::int64_t source_id) {
  if (!name.empty()) {
    const auto label = classes_.find(name).value_or(-1);
    if (label < 0)
      ++out_.left_out.unknown_classes[name];
    return label;
  }
  const auto entry = truth_.class_by_source_id.find(source_id);
  if (entry != truth_.class_by_source_id.end())
    return entry->second;
  ++out_.left_out.unknown_classes["category " + std::to_string(source_id)];
  return -1;
}

void PredictionCollector::mark(std::int32_t image) {
  char& seen = seen_[static_cast<std::size_t>(image)];
  if (seen == 0)
    ++out_.images;
  else if (seen == 1)
    out_.left_out.repeated_images.push_back(truth_.images[static_cast<std::size_t>(image)].ref);
  seen = static_cast<char>(std::min(seen + 1, 2));
}

void PredictionCollector::check_score(const dataset::Sample& sample, double score) {
  if (score >= 0 && score <= 1)
    return;
  auto& odd = out_.odd_scores;
  if (odd.count++ == 0) {
    odd.first = score;
    odd.first_place = sample.place;
  }
}

void PredictionCollector::add_box(std::int32_t image, const dataset::Sample& sample,
                                  const dataset::Annotation& annotation) {
  if (!annotation.score || !std::isfinite(*annotation.score))
    refuse(sample, "a box of '" + annotation.label + "' has no score",
           "average precision needs one for each box");
  refuse_other_kind(sample, TruthKind::detection);
  check_score(sample, *annotation.score);
  const auto label = label_of(annotation.label, annotation.source_id);
  if (label >= 0)
    out_.detections.push_back({image, label, *annotation.score, annotation.box});
}

void PredictionCollector::add_class(std::int32_t image, const dataset::Sample& sample,
                                    const dataset::ImageClass& image_class) {
  if (!image_class.score || !std::isfinite(*image_class.score))
    refuse(sample, "the class '" + image_class.label + "' has no score",
           "accuracy needs one for each class");
  refuse_other_kind(sample, TruthKind::classification);
  check_score(sample, *image_class.score);
  guesses_.push_back(
      {image, label_of(image_class.label, image_class.source_id), *image_class.score});
}

void PredictionCollector::refuse_other_kind(const dataset::Sample& sample, TruthKind kind) const {
  if (kind == truth_.kind)
    return;
  refuse(sample,
         kind == TruthKind::classification
             ? "a class for the whole picture, but the truth has boxes"
             : "a box, but the truth has a class for the whole picture",
         "a " + std::string(truth_kind_name(truth_.kind)) + " truth is scored with " +
             std::string(truth_kind_name(truth_.kind)) + " predictions");
}

void PredictionCollector::add(const dataset::Sample& sample) {
  is_by_id_ = is_by_id_ || sample.ref.empty();
  const auto image = image_of(sample);
  if (!image) {
    auto& left_out = out_.left_out;
    ++left_out.unknown_image_count;
    left_out.detections_of_unknown_images +=
        static_cast<std::int64_t>(sample.annotations.size() + sample.classes.size());
    if (left_out.unknown_images.size() < k_names_kept)
      left_out.unknown_images.push_back(shown_name(sample));
    return;
  }
  mark(*image);
  for (const auto& annotation : sample.annotations)
    add_box(*image, sample, annotation);
  for (const auto& image_class : sample.classes)
    add_class(*image, sample, image_class);
}

void PredictionCollector::add_all(dataset::SampleReader& reader, const std::string& name) {
  dataset::Sample sample;
  while (reader.next(sample)) {
    check_interrupt();
    add(sample);
  }
  for (const auto& problem : reader.problems())
    if (problem.severity == Severity::error)
      throw Error(Fault::input, problem.place + ": " + problem.text,
                  name + " has bad records; a score over the others would be wrong");
}

Predictions PredictionCollector::finish() {
  for (std::size_t image = 0; image < seen_.size(); ++image)
    if (seen_[image] == 0)
      out_.missing.push_back(static_cast<std::int32_t>(image));
  if (truth_.kind == TruthKind::classification) {
    std::stable_sort(guesses_.begin(), guesses_.end(),
                     [](const Guess& a, const Guess& b) { return a.score > b.score; });
    out_.guesses.resize(truth_.images.size());
    out_.guess_scores.resize(truth_.images.size());
    for (const auto& guess : guesses_) {
      const auto image = static_cast<std::size_t>(guess.image);
      if (out_.guesses[image].empty())
        out_.guess_scores[image] = guess.score;
      out_.guesses[image].push_back(guess.label);
    }
  }
  for (const char seen : seen_)
    out_.has_image.push_back(seen != 0 || is_by_id_);
  return std::move(out_);
}

void refuse_strangers(const std::string& name, const std::string& truth_name,
                      const Predictions& predictions) {
  const auto& left_out = predictions.left_out;
  if (predictions.images == 0 && left_out.unknown_image_count > 0)
    throw Error(Fault::input,
                name + ": none of its images is in " + truth_name + ", the first is '" +
                    left_out.unknown_images.front() + "'",
                "images meet by reference, else by file name");
  if (predictions.detections.empty() && predictions.guesses.empty() &&
      !left_out.unknown_classes.empty())
    throw Error(Fault::input,
                name + ": none of its classes is in " + truth_name + ", the first is '" +
                    left_out.unknown_classes.begin()->first + "'",
                "classes meet by name; give them the same names on both sides");
}

} // namespace mlopsctl::bench
