// SPDX-License-Identifier: Apache-2.0
#include "dataset/where.hpp"

#include "core/text.hpp"
#include "core/value.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::dataset {
namespace {

enum class Meaning {
  field,
  // of a box
  label,
  score,
  left,
  top,
  width,
  height,
  right,
  bottom,
  area,
  crowd,
  difficult,
  truncated,
  // of an image
  source,
  image_width,
  image_height,
  split,
  group,
  time_s,
  boxes,
  labelled,
};

struct Known {
  const char* name;
  Meaning meaning;
};

constexpr std::array k_known{
    Known{"class", Meaning::label},
    Known{"score", Meaning::score},
    Known{"left", Meaning::left},
    Known{"top", Meaning::top},
    Known{"width", Meaning::width},
    Known{"height", Meaning::height},
    Known{"right", Meaning::right},
    Known{"bottom", Meaning::bottom},
    Known{"area", Meaning::area},
    Known{"iscrowd", Meaning::crowd},
    Known{"difficult", Meaning::difficult},
    Known{"truncated", Meaning::truncated},
    Known{"source", Meaning::source},
    Known{"image_width", Meaning::image_width},
    Known{"image_height", Meaning::image_height},
    Known{"split", Meaning::split},
    Known{"group", Meaning::group},
    Known{"time_s", Meaning::time_s},
    Known{"boxes", Meaning::boxes},
    Known{"labelled", Meaning::labelled},
};

bool is_of_box(Meaning meaning) {
  return meaning >= Meaning::label && meaning <= Meaning::truncated;
}

/// The text of a member's JSON as a value: texts and numbers themselves, true as 1, null as
/// nothing, anything else as its JSON text.
ExpressionValue value_of_json(const std::string& json) {
  if (json == "null")
    return {};
  if (json == "true" || json == "false")
    return json == "true" ? 1.0 : 0.0;
  if (const auto number = parse_double(json))
    return *number;
  if (json.size() >= 2 && json.front() == '"' && json.find('\\') == std::string::npos)
    return json.substr(1, json.size() - 2);
  if (json.starts_with('"'))
    return parse_json(json, "a member").string;
  return json;
}

/// "job_name" is "job-name" too.
bool is_name(std::string_view key, std::string_view name) {
  return key.size() == name.size() &&
         std::equal(key.begin(), key.end(), name.begin(),
                    [](char a, char b) { return a == b || (a == '-' && b == '_'); });
}

const std::string* find_field(const Fields& fields, std::string_view name) {
  for (const auto& [key, json] : fields)
    if (is_name(key, name))
      return &json;
  return nullptr;
}

ExpressionValue text_or_nothing(std::string_view text) {
  return text.empty() ? ExpressionValue() : ExpressionValue(std::string(text));
}

ExpressionValue side_or_nothing(int side_px) {
  return side_px > 0 ? ExpressionValue(double(side_px)) : ExpressionValue();
}

ExpressionValue value_of_box(Meaning meaning, const Annotation& annotation) {
  const Box& box = annotation.box;
  switch (meaning) {
  case Meaning::label: return annotation.label;
  case Meaning::score:
    return annotation.score ? ExpressionValue(*annotation.score) : ExpressionValue();
  case Meaning::left: return box.left;
  case Meaning::top: return box.top;
  case Meaning::width: return box.width;
  case Meaning::height: return box.height;
  case Meaning::right: return box.right();
  case Meaning::bottom: return box.bottom();
  case Meaning::area: return box.area();
  case Meaning::crowd: return annotation.is_crowd ? 1.0 : 0.0;
  case Meaning::difficult: return annotation.is_difficult ? 1.0 : 0.0;
  case Meaning::truncated: return annotation.is_truncated ? 1.0 : 0.0;
  default: return {};
  }
}

ExpressionValue value_of_class(Meaning meaning, const ImageClass& image_class) {
  if (meaning == Meaning::label)
    return image_class.label;
  if (meaning == Meaning::score && image_class.score)
    return *image_class.score;
  return {};
}

ExpressionValue value_of_image(Meaning meaning, const Sample& sample) {
  switch (meaning) {
  case Meaning::source: return sample.ref;
  case Meaning::image_width: return side_or_nothing(sample.width);
  case Meaning::image_height: return side_or_nothing(sample.height);
  case Meaning::split: return text_or_nothing(split_name(sample.split));
  case Meaning::group: return text_or_nothing(sample.group);
  case Meaning::time_s: return sample.time_s ? ExpressionValue(*sample.time_s) : ExpressionValue();
  case Meaning::boxes: return double(sample.annotations.size());
  case Meaning::labelled: return sample.is_labelled ? 1.0 : 0.0;
  default: return {};
  }
}

} // namespace

struct Where::Name {
  Meaning meaning = Meaning::field;
  std::string text;
  mutable std::atomic<bool> was_seen{false};
};

const std::vector<std::string>& where_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const auto& known : k_known)
      all.emplace_back(known.name);
    return all;
  }();
  return names;
}

Where::Where(const std::string& text)
    : expression_(text, "--where"), names_(new Name[expression_.names().size()]) {
  for (std::size_t i = 0; i < expression_.names().size(); ++i) {
    names_[i].text = expression_.names()[i];
    for (const auto& known : k_known)
      if (known.name == names_[i].text)
        names_[i].meaning = known.meaning;
    is_about_boxes_ = is_about_boxes_ || is_of_box(names_[i].meaning);
  }
}
Where::~Where() = default;
Where::Where(Where&&) noexcept = default;
Where& Where::operator=(Where&&) noexcept = default;

ExpressionValue Where::value_of(std::size_t index, const Sample& sample,
                                const Annotation* annotation, const ImageClass* image_class) const {
  const Name& name = names_[index];
  if (is_of_box(name.meaning)) {
    if (annotation)
      return value_of_box(name.meaning, *annotation);
    return image_class ? value_of_class(name.meaning, *image_class) : ExpressionValue();
  }
  if (name.meaning != Meaning::field)
    return value_of_image(name.meaning, sample);
  const std::string* json = annotation ? find_field(annotation->extra, name.text) : nullptr;
  if (!json)
    json = find_field(sample.extra, name.text);
  if (!json)
    json = find_field(sample.label_metadata, name.text);
  if (!json)
    return {};
  name.was_seen.store(true, std::memory_order_relaxed);
  return value_of_json(*json);
}

bool Where::holds(const Sample& sample) const {
  return expression_.holds(
      [&](std::size_t index) { return value_of(index, sample, nullptr, nullptr); });
}

bool Where::holds(const Sample& sample, const Annotation& annotation) const {
  return expression_.holds(
      [&](std::size_t index) { return value_of(index, sample, &annotation, nullptr); });
}

bool Where::holds(const Sample& sample, const ImageClass& image_class) const {
  return expression_.holds(
      [&](std::size_t index) { return value_of(index, sample, nullptr, &image_class); });
}

std::vector<std::string> Where::unseen_names() const {
  std::vector<std::string> unseen;
  for (std::size_t i = 0; i < expression_.names().size(); ++i)
    if (names_[i].meaning == Meaning::field && !names_[i].was_seen)
      unseen.push_back(names_[i].text);
  return unseen;
}

bool Filter::apply(Sample& sample) const {
  for (const auto& condition : conditions)
    if (!condition.is_about_boxes() && !condition.holds(sample))
      return false;
  const auto is_wanted = [&](const auto& thing) {
    return (classes.empty() ||
            std::find(classes.begin(), classes.end(), thing.label) != classes.end()) &&
           std::all_of(conditions.begin(), conditions.end(), [&](const Where& condition) {
             return !condition.is_about_boxes() || condition.holds(sample, thing);
           });
  };
  const auto before = sample.annotations.size() + sample.classes.size();
  std::vector<Annotation> boxes;
  for (const auto& annotation : sample.annotations)
    if (annotation.box.area() >= min_area_px && is_wanted(annotation))
      boxes.push_back(annotation);
  std::vector<ImageClass> image_classes;
  for (const auto& image_class : sample.classes)
    if (is_wanted(image_class))
      image_classes.push_back(image_class);
  const auto after = boxes.size() + image_classes.size();
  if (after < before) {
    sample.annotations = std::move(boxes);
    sample.classes = std::move(image_classes);
  }
  return after > 0 || before == 0 || keeps_emptied_images;
}

} // namespace mlopsctl::dataset
