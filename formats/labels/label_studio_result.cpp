// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/label_studio_result.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::size_t k_no_box = SIZE_MAX;

std::string_view text_of(const object& from, const char* key) {
  std::string_view text;
  return from[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool is_true(const element& value) {
  bool flag = false;
  return value.get(flag) == simdjson::SUCCESS && flag;
}

/// Ours, and notes of people about a region.
void read_meta(const object& result, Annotation& annotation) {
  object meta;
  if (result["meta"].get(meta) != simdjson::SUCCESS)
    return;
  for (const auto [key, value] : meta)
    if (key == "crowd" && is_true(value))
      annotation.is_crowd = true;
    else if (key == "difficult" && is_true(value))
      annotation.is_difficult = true;
    else if (key == "truncated" && is_true(value))
      annotation.is_truncated = true;
    else
      annotation.extra.emplace_back(key, simdjson::to_string(value));
}

/// The answer in a value without geometry: {"rating":4} -> 4.
std::string answer_of(const object& value, std::string_view type) {
  element answer;
  if (value[type].get(answer) == simdjson::SUCCESS)
    return simdjson::to_string(answer);
  std::string only;
  for (const auto member : value) {
    if (is_studio_geometry_key(member.key))
      continue;
    if (!only.empty())
      return simdjson::to_string(value);
    only = simdjson::to_string(member.value);
  }
  return only.empty() ? simdjson::to_string(value) : only;
}

void set_extra(dataset::Fields& extra, std::string_view key, std::string raw) {
  std::erase_if(extra, [&](const auto& member) { return member.first == key; });
  extra.emplace_back(key, std::move(raw));
}

const char* loss_name(StudioShape shape) {
  switch (shape) {
  case StudioShape::rotated: return "rotated boxes, read as the box around them";
  case StudioShape::polygon: return "polygons, read as the box around them";
  case StudioShape::ellipse: return "ellipses, read as the box around them";
  case StudioShape::no_box: return "brush strokes, key points and other regions without a box";
  default: return "";
  }
}

} // namespace

/// What one task gives, while it is read.
struct StudioResults::Drawn {
  Sample& sample;
  const Report& report;
  bool is_prediction = false;
  bool has_region_without_box = false;
  std::map<std::string, std::size_t, std::less<>> by_id; ///< region id -> annotation

  bool refuse(const char* rule, const std::string& text) const {
    report(rule, Severity::error, text);
    return false;
  }
};

bool StudioResults::read(const array& results, bool is_prediction, double score, Sample& sample,
                         const Report& report) {
  Drawn drawn{sample, report, is_prediction, false, {}};
  bool is_good = true;
  for (const auto item : results) {
    object result;
    if (item.get(result) != simdjson::SUCCESS) {
      is_good = drawn.refuse("bad-region", "a result is not an object");
      continue;
    }
    is_good = read_result(result, drawn) && is_good;
  }
  return conclude(score, drawn) && is_good;
}

bool StudioResults::read_result(const object& result, Drawn& drawn) {
  const auto type = text_of(result, "type");
  const auto control = text_of(result, "from_name");
  object value;
  if (result["value"].get(value) != simdjson::SUCCESS) {
    losses_.note(drawn.sample, "relations between boxes, and other results without a value");
    return true;
  }
  const std::string id(text_of(result, "id"));
  const auto known = id.empty() ? drawn.by_id.end() : drawn.by_id.find(id);
  const auto region = read_studio_region(value, drawn.sample.width, drawn.sample.height);
  const bool draws = region.shape != StudioShape::none;
  const bool is_label = studio_labels(value).has_value();
  if (known != drawn.by_id.end() && !is_label) { // an answer about a region that is there already
    const bool is_its_shape = draws && (type == "rectangle" || type == "polygon" ||
                                        type == "ellipse" || type == "keypoint" || type == "brush");
    if (known->second != k_no_box && !is_its_shape)
      set_extra(drawn.sample.annotations[known->second].extra, control, answer_of(value, type));
    return true;
  }
  std::size_t index = known == drawn.by_id.end() ? k_no_box : known->second;
  if (draws && known == drawn.by_id.end()) {
    if (!read_region(region, value, drawn, index))
      return false;
    if (!id.empty())
      drawn.by_id.emplace(id, index);
    if (index != k_no_box)
      read_meta(result, drawn.sample.annotations[index]);
  }
  if (index != k_no_box)
    return read_score(result, drawn.sample.annotations[index], drawn) &&
           (!is_label || read_label(value, drawn.sample.annotations[index], drawn));
  if (array choices; !draws && value["choices"].get(choices) == simdjson::SUCCESS) {
    read_choices(choices, control, drawn);
    double score = 0;
    if (drawn.is_prediction && drawn.sample.classes.size() == 1 && control == class_control_ &&
        result["score"].get(score) == simdjson::SUCCESS && score >= 0 && score <= 1)
      drawn.sample.classes[0].score = score;
  } else if (!draws && !control.empty()) {
    set_extra(drawn.sample.extra, control, answer_of(value, type));
  }
  return true;
}

bool StudioResults::read_region(const StudioRegion& region, const object& value, Drawn& drawn,
                                std::size_t& index) {
  Sample& sample = drawn.sample;
  if (region.is_bad)
    return drawn.refuse("bad-region", "region " + std::to_string(sample.annotations.size() + 1) +
                                          ": its place is incomplete or not numbers");
  if (region.shape != StudioShape::box)
    losses_.note(sample, loss_name(region.shape));
  if (region.shape == StudioShape::no_box) {
    drawn.has_region_without_box = true;
    index = k_no_box;
    return true;
  }
  index = sample.annotations.size();
  auto& annotation = sample.annotations.emplace_back();
  annotation.box = region.box;
  for (const auto member : value)
    if (!is_studio_geometry_key(member.key) && !is_studio_labels_key(member.key))
      annotation.extra.emplace_back(member.key, simdjson::to_string(member.value));
  return true;
}

bool StudioResults::read_label(const object& value, Annotation& annotation, Drawn& drawn) {
  const auto labels = studio_labels(value);
  std::int64_t count = 0;
  for (const auto item : *labels) {
    std::string_view label;
    if (item.get(label) != simdjson::SUCCESS || label.empty())
      return drawn.refuse("bad-class-name", "a label of a region is no text");
    if (count++ == 0)
      annotation.label = label;
  }
  losses_.note(drawn.sample, "labels after the first of a box", count - 1);
  return true;
}

/// A person who accepts or moves a machine's box makes it a person's: its score says nothing any
/// more.
bool StudioResults::read_score(const object& result, Annotation& annotation, Drawn& drawn) {
  double score = 0;
  if (result["score"].get(score) != simdjson::SUCCESS)
    return true;
  if (!drawn.is_prediction && text_of(result, "origin").starts_with("prediction")) {
    losses_.note(drawn.sample, "scores of the machine on boxes that a person has confirmed");
    return true;
  }
  if (!(score >= 0 && score <= 1))
    return drawn.refuse("bad-score", "score " + std::to_string(score) + " is not from 0 to 1");
  annotation.score = score;
  return true;
}

void StudioResults::read_choices(const array& choices, std::string_view control, Drawn& drawn) {
  if (class_control_.empty())
    class_control_ = control;
  if (control != class_control_) { // a second question about the image
    set_extra(drawn.sample.extra, control, simdjson::to_string(choices));
    return;
  }
  for (const auto item : choices)
    if (std::string_view name; item.get(name) == simdjson::SUCCESS && !name.empty())
      drawn.sample.classes.push_back({std::string(name), -1, std::nullopt});
  if (drawn.sample.classes.size() > 1)
    drawn.sample.is_multilabel = true;
}

bool StudioResults::conclude(double score, Drawn& drawn) {
  Sample& sample = drawn.sample;
  bool is_good = true;
  bool has_score = false;
  for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
    has_score = has_score || sample.annotations[i].score;
    if (sample.annotations[i].label.empty())
      is_good = drawn.refuse("region-without-label", box_name(i) + ": has no label");
  }
  if (drawn.is_prediction && !has_score && score >= 0 && score <= 1)
    for (auto& annotation : sample.annotations)
      annotation.score = score;
  if (drawn.has_region_without_box && sample.annotations.empty() && sample.classes.empty()) {
    sample.is_labelled = false; // else the image would look as if nothing was on it
    drawn.report("label-without-boxes", Severity::warning,
                 "only brush strokes, key points or other regions without a box; the image counts "
                 "as not labelled");
  }
  return is_good;
}

bool StudioResults::is_min_control(std::string_view key, const element& value) {
  array items;
  object choice;
  if (key == "choice" || key == "choices")
    return value.is_string() || (value.get(choice) == simdjson::SUCCESS);
  if (value.get(choice) == simdjson::SUCCESS && choice["choices"].get(items) == simdjson::SUCCESS)
    return true;
  if (value.get(items) != simdjson::SUCCESS || items.size() == 0)
    return false;
  object first;
  return items.at(0).get(first) == simdjson::SUCCESS && studio_labels(first).has_value();
}

bool StudioResults::read_min(const object& record, Sample& sample, const Report& report) {
  Drawn drawn{sample, report, false, false, {}};
  bool is_good = true;
  for (const auto [key, value] : record) {
    if (!is_min_control(key, value))
      continue;
    array items;
    object choice;
    if (std::string_view name; value.get(name) == simdjson::SUCCESS) {
      sample.classes.push_back({std::string(name), -1, std::nullopt});
    } else if (value.get(choice) == simdjson::SUCCESS) {
      if (choice["choices"].get(items) == simdjson::SUCCESS)
        read_choices(items, key, drawn);
    } else if (value.get(items) == simdjson::SUCCESS) {
      for (const auto item : items) {
        object region_value;
        std::size_t index = k_no_box;
        const bool is_region =
            item.get(region_value) == simdjson::SUCCESS &&
            read_region(read_studio_region(region_value, sample.width, sample.height), region_value,
                        drawn, index);
        is_good = is_region && is_good;
        if (is_region && index != k_no_box && studio_labels(region_value))
          is_good = read_label(region_value, sample.annotations[index], drawn) && is_good;
      }
    }
  }
  return conclude(-1, drawn) && is_good;
}

} // namespace mlopsctl::formats
