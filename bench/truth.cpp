// SPDX-License-Identifier: Apache-2.0
#include "bench/truth.hpp"

#include "bench/names.hpp"
#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <unordered_set>

namespace mlopsctl::bench {
namespace {

/// Samples as they come, before the order of the images is known.
struct Draft {
  Truth truth;
  std::vector<std::vector<TruthBox>> boxes; ///< by image
  std::vector<std::int32_t> labels;         ///< -1: boxes, or none
  std::int64_t box_count = 0;
  std::int64_t label_count = 0;
  std::string first_box_place;
  std::string first_label_place;
};

std::optional<double> number_field(const dataset::Fields& fields, std::string_view key) {
  for (const auto& [name, json] : fields)
    if (name == key)
      return parse_double(trim(json));
  return std::nullopt;
}

std::string_view without_quotes(std::string_view json) {
  const bool is_text = json.size() >= 2 && json.front() == '"' && json.back() == '"';
  return is_text ? json.substr(1, json.size() - 2) : json;
}

std::optional<std::int64_t> id_field(const dataset::Fields& fields) {
  for (const auto& [name, json] : fields)
    if (name == "image_id") // as the COCO reader keeps it
      return parse_int(without_quotes(trim(json)));
  return std::nullopt;
}

void add_annotation(const dataset::Sample& sample, const dataset::Annotation& annotation,
                    NameIndex& names, Draft& draft) {
  const auto label = names.add(annotation.label);
  if (annotation.source_id >= 0)
    draft.truth.class_by_source_id.emplace(annotation.source_id, label);
  TruthBox row;
  row.image = static_cast<std::int32_t>(draft.truth.images.size() - 1);
  row.label = label;
  row.box = annotation.box;
  row.area_px = number_field(annotation.extra, "area").value_or(annotation.box.area());
  row.is_crowd = annotation.is_crowd;
  row.is_difficult = annotation.is_difficult;
  draft.boxes.back().push_back(row);
  draft.first_box_place = draft.box_count++ == 0 ? sample.place : draft.first_box_place;
}

void add_class(const dataset::Sample& sample, const dataset::ImageClass& image_class,
               NameIndex& names, Draft& draft) {
  const auto label = names.add(image_class.label);
  if (image_class.source_id >= 0)
    draft.truth.class_by_source_id.emplace(image_class.source_id, label);
  if (draft.labels.back() >= 0 && draft.labels.back() != label)
    throw Error(Fault::input,
                sample.place + ": '" + sample.ref + "' has two classes for the whole picture",
                "accuracy needs one class a picture");
  draft.labels.back() = label;
  draft.first_label_place = draft.label_count++ == 0 ? sample.place : draft.first_label_place;
}

void refuse_mixture(const Draft& draft) {
  if (draft.box_count > 0 && draft.label_count > 0)
    throw Error(Fault::input,
                draft.first_label_place +
                    ": a class for the whole picture in a set that has boxes (" +
                    draft.first_box_place + ")",
                "score boxes and whole pictures as two sets");
}

/// Positions of the images in the order of the evaluation.
std::vector<std::size_t> evaluation_order(const std::vector<TruthImage>& images) {
  std::vector<std::size_t> order(images.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const bool has_ids = std::all_of(images.begin(), images.end(),
                                   [](const TruthImage& image) { return image.id.has_value(); });
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (has_ids && images[a].id != images[b].id)
      return *images[a].id < *images[b].id;
    return images[a].ref < images[b].ref;
  });
  return order;
}

Truth ordered(Draft&& draft) {
  Truth out;
  out.kind = draft.label_count > 0 ? TruthKind::classification : TruthKind::detection;
  out.unlabelled_count = draft.truth.unlabelled_count;
  out.class_by_source_id = std::move(draft.truth.class_by_source_id);
  for (const auto from : evaluation_order(draft.truth.images)) {
    const auto image = static_cast<std::int32_t>(out.images.size());
    if (out.kind == TruthKind::classification) {
      if (draft.labels[from] < 0)
        throw Error(Fault::input,
                    draft.truth.images[from].place + ": '" + draft.truth.images[from].ref +
                        "' has no class",
                    "label it, or take it out of the data set");
      out.labels.push_back(draft.labels[from]);
    }
    for (auto& box : draft.boxes[from]) {
      box.image = image;
      out.boxes.push_back(box);
    }
    out.images.push_back(std::move(draft.truth.images[from]));
  }
  return out;
}

/// From the order in which classes were seen to that of the source, which may declare more of them.
void name_classes(Truth& truth, const NameIndex& seen, const dataset::SampleReader& reader) {
  NameIndex final_names;
  for (const auto* names : {&reader.classes().names(), &seen.names()})
    for (const auto& name : *names)
      final_names.add(name);
  std::vector<std::int32_t> final_of;
  for (const auto& name : seen.names())
    final_of.push_back(final_names.add(name));
  const auto move = [&](std::int32_t& label) { label = final_of[static_cast<std::size_t>(label)]; };
  for (auto& box : truth.boxes)
    move(box.label);
  for (auto& label : truth.labels)
    move(label);
  for (auto& [id, label] : truth.class_by_source_id)
    move(label);
  // A class without an object is one too: a detection of it is wrong, not unknown.
  for (const auto& [id, name] : reader.class_ids())
    if (const auto label = final_names.find(name); label && id >= 0)
      truth.class_by_source_id.emplace(id, *label);
  truth.classes = dataset::ClassMap(final_names.names());
}

void refuse_problems(const Problems& problems, const std::string& name) {
  const auto errors = std::count_if(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.severity == Severity::error;
  });
  if (errors == 0)
    return;
  const auto& first = *std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
    return problem.severity == Severity::error;
  });
  throw Error(Fault::input,
              first.place + ": " + first.text +
                  (errors > 1 ? " (and " + std::to_string(errors - 1) + " more bad records)" : ""),
              "a number over part of the set would be wrong; 'mlopsctl manifest validate " + name +
                  "' lists them all");
}

std::string line_of(const TruthImage& image) {
  return file_name_of(image.ref) + "\t" + std::to_string(image.width) + "\t" +
         std::to_string(image.height);
}

std::string in_hundredths(double edge_px) {
  constexpr double k_exact = 1e13; // beyond any picture; llround has no answer there
  return std::abs(edge_px) < k_exact ? std::to_string(std::llround(edge_px * 100))
                                     : number(edge_px);
}

/// Edges in 1/100 px: formats with relative coordinates come back to the same line.
std::string object_of(const TruthBox& box, const dataset::ClassMap& classes) {
  std::string line = "\t[" + printable(classes.names()[static_cast<std::size_t>(box.label)]);
  for (const double edge : {box.box.left, box.box.top, box.box.right(), box.box.bottom()})
    line += "," + in_hundredths(edge);
  return line + (box.is_crowd ? ",crowd" : "") + (box.is_difficult ? ",difficult" : "") + "]";
}

} // namespace

std::string_view truth_kind_name(TruthKind kind) {
  return kind == TruthKind::detection ? "detection" : "classification";
}

std::int64_t Truth::object_count() const {
  return static_cast<std::int64_t>(kind == TruthKind::detection ? boxes.size() : labels.size());
}

Truth read_truth(dataset::SampleReader& reader, const std::string& name) {
  Draft draft;
  NameIndex names;
  std::unordered_set<std::string> seen;
  dataset::Sample sample;
  while (reader.next(sample)) {
    check_interrupt();
    if (!sample.is_labelled) {
      ++draft.truth.unlabelled_count;
      continue;
    }
    if (!seen.insert(sample.ref).second)
      throw Error(Fault::input, sample.place + ": image '" + sample.ref + "' occurs twice",
                  "an image counts once; 'mlopsctl manifest join' merges its annotations");
    draft.truth.images.push_back(
        {sample.ref, sample.place, id_field(sample.extra), sample.width, sample.height});
    draft.boxes.emplace_back();
    draft.labels.push_back(-1);
    for (const auto& annotation : sample.annotations)
      add_annotation(sample, annotation, names, draft);
    for (const auto& image_class : sample.classes)
      add_class(sample, image_class, names, draft);
  }
  refuse_problems(reader.problems(), name);
  if (draft.truth.images.empty())
    throw Error(Fault::input, name + ": no labelled image in it",
                draft.truth.unlabelled_count > 0
                    ? std::to_string(draft.truth.unlabelled_count) + " images have no label yet"
                    : "a figure over nothing would say nothing");
  if (draft.box_count == 0 && draft.label_count == 0)
    throw Error(Fault::input,
                name + ": " + std::to_string(draft.truth.images.size()) +
                    " images, but not one object in them",
                "neither average precision nor accuracy is defined without one");
  refuse_mixture(draft);
  Truth truth = ordered(std::move(draft));
  name_classes(truth, names, reader);
  return truth;
}

Truth subset(const Truth& truth, const std::vector<std::size_t>& keep) {
  Truth out;
  out.kind = truth.kind;
  out.classes = truth.classes;
  out.class_by_source_id = truth.class_by_source_id;
  std::vector<std::int32_t> position(truth.images.size(), -1);
  for (const auto from : keep) {
    position[from] = static_cast<std::int32_t>(out.images.size());
    out.images.push_back(truth.images[from]);
    if (truth.kind == TruthKind::classification)
      out.labels.push_back(truth.labels[from]);
  }
  for (TruthBox box : truth.boxes) {
    box.image = position[static_cast<std::size_t>(box.image)];
    if (box.image >= 0)
      out.boxes.push_back(box);
  }
  return out;
}

std::string dataset_digest(const Truth& truth) {
  std::vector<std::vector<std::string>> objects(truth.images.size());
  for (const auto& box : truth.boxes)
    objects[static_cast<std::size_t>(box.image)].push_back(object_of(box, truth.classes));
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < truth.images.size(); ++i) {
    std::string line = line_of(truth.images[i]);
    if (truth.kind == TruthKind::classification)
      line += "\t" + printable(truth.classes.names()[static_cast<std::size_t>(truth.labels[i])]);
    std::sort(objects[i].begin(), objects[i].end());
    lines.push_back(line + join(objects[i], "") + "\n");
  }
  std::sort(lines.begin(), lines.end());
  Sha256 digest;
  for (const auto& line : lines)
    digest.update(line);
  return digest.finish();
}

std::vector<std::size_t> nested_sample(const Truth& truth, std::size_t count, std::uint64_t seed) {
  std::vector<std::pair<std::string, std::size_t>> keys;
  for (std::size_t i = 0; i < truth.images.size(); ++i)
    keys.emplace_back(sha256(std::to_string(seed) + "\n" + truth.images[i].ref), i);
  std::sort(keys.begin(), keys.end());
  std::vector<std::size_t> positions;
  for (std::size_t i = 0; i < std::min(count, keys.size()); ++i)
    positions.push_back(keys[i].second);
  std::sort(positions.begin(), positions.end());
  return positions;
}

} // namespace mlopsctl::bench
