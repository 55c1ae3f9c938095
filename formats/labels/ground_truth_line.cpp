// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/ground_truth_line.hpp"

#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/own_members.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cmath>

namespace mlopsctl::formats {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::string_view k_metadata = "-metadata";
constexpr std::string_view k_boxes_type = "groundtruth/object-detection";
constexpr std::string_view k_whole_image_type = "groundtruth/image-classification";
constexpr std::size_t k_max_reserved = 1000;
constexpr std::size_t k_max_classes = 10'000; // Ground Truth itself takes 50
constexpr std::size_t k_max_parsed_bytes = std::size_t{32} * 1024 * 1024;
constexpr std::size_t k_guide_line_characters = 100'000;

struct Member {
  std::string_view key;
  element value;
};
using Members = std::vector<Member>;

/// The label and its metadata, as far as they are there.
struct Chosen {
  const Member* label = nullptr;
  const Member* metadata = nullptr;
  std::string_view name;
};

const Member* find(const Members& members, std::string_view key) {
  const Member* found = nullptr;
  for (const auto& member : members)
    if (member.key == key)
      found = &member;
  return found;
}

std::string_view text_of(const element& value, const char* key) {
  std::string_view text;
  return value[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

std::string raw(const element& value) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return simdjson::to_string(value);
  std::string quoted; // most members are texts, and this is several times faster
  append_quoted(quoted, text);
  return quoted;
}

struct Line {
  std::int64_t number;
  const ReadOptions& options;
  dataset::Sample& sample;
  LineNotes& notes;

  void note(std::string rule, Severity severity, std::string text) const {
    notes.notes.push_back({number, std::move(rule), severity, std::move(text)});
  }
  bool refuse(std::string rule, std::string text) const {
    note(std::move(rule), Severity::error, std::move(text));
    return false;
  }
};

/// A number that JSON may hold as integer or fraction.
bool get_number(const object& from, std::string_view key, double& value) {
  return from[key].get(value) == simdjson::SUCCESS;
}

/// Ids are numbers, or strings in files that tools other than Ground Truth wrote.
bool get_id(const element& value, std::int64_t& id) {
  if (value.get(id) == simdjson::SUCCESS)
    return true;
  std::string_view text;
  double real = 0;
  if (value.get(text) == simdjson::SUCCESS) {
    const auto parsed = parse_int(text);
    id = parsed.value_or(0);
    return parsed.has_value();
  }
  if (value.get(real) != simdjson::SUCCESS || std::trunc(real) != real || std::abs(real) > 1e15)
    return false;
  id = static_cast<std::int64_t>(real);
  return true;
}

bool is_true(const element& value) {
  std::int64_t integer = 0;
  bool boolean = false;
  return (value.get(integer) == simdjson::SUCCESS && integer == 1) ||
         (value.get(boolean) == simdjson::SUCCESS && boolean);
}

bool read_reference(const Line& line, const Members& members) {
  const Member* reference = find(members, "source-ref");
  const Member* text = find(members, "source");
  if (!reference && text)
    return line.refuse("not-an-image", "the line holds text ('source'), not an image");
  if (!reference)
    return line.refuse("missing-source-ref", "no 'source-ref' in the line");
  if (text)
    return line.refuse("two-sources", "both 'source-ref' and 'source' in one line");
  std::string_view value;
  if (reference->value.get(value) != simdjson::SUCCESS || value.empty())
    return line.refuse("missing-source-ref", "'source-ref' is not a text with a name in it");
  line.sample.ref = value;
  const auto scheme = value.find("://");
  if (scheme != std::string_view::npos && scheme < 8 && value.starts_with("s3://")) {
    const auto slash = value.find('/', 5);
    if (slash == std::string_view::npos || slash == 5 || slash + 1 == value.size())
      return line.refuse("bad-source-ref", "'" + line.sample.ref + "' is not s3://bucket/key");
  }
  return true;
}

bool is_metadata_key(std::string_view key) {
  return key.size() > k_metadata.size() && key.ends_with(k_metadata);
}

Chosen choose_named(const Line& line, const Members& members) {
  const std::string& name = line.options.label_attribute;
  const Chosen chosen{find(members, name), find(members, name + std::string(k_metadata)), name};
  if (chosen.metadata && chosen.label) {
    const auto type = text_of(chosen.metadata->value, "type");
    if (type == k_whole_image_type)
      return chosen;
    if (!type.empty() && type != k_boxes_type)
      line.note("label-without-boxes", Severity::warning,
                "'" + name + "' has type " + std::string(type) + ", which holds no boxes");
    if (!type.empty() && type != k_boxes_type)
      return {};
  }
  return chosen;
}

/// The newest class of the whole image, if there is one.
Chosen choose_whole_image(const Members& members) {
  Chosen best;
  std::string_view best_date;
  for (const auto& member : members) {
    if (!is_metadata_key(member.key) || text_of(member.value, "type") != k_whole_image_type)
      continue;
    const auto name = member.key.substr(0, member.key.size() - k_metadata.size());
    const auto date = text_of(member.value, "creation-date");
    if (best.metadata && date <= best_date)
      continue;
    best = {find(members, name), &member, name};
    best_date = date;
  }
  return best;
}

/// Chained jobs leave several labels in a line: the newest of those with boxes is the one meant
/// (an adjustment job writes a second attribute of the same type).
Chosen choose(const Line& line, const Members& members) {
  if (!line.options.label_attribute.empty())
    return choose_named(line, members);
  Chosen best;
  std::string_view best_date;
  std::string_view other_type;
  for (const auto& member : members) {
    if (!is_metadata_key(member.key))
      continue;
    const auto type = text_of(member.value, "type");
    const auto name = member.key.substr(0, member.key.size() - k_metadata.size());
    if (type != k_boxes_type) {
      other_type = type.starts_with("groundtruth/") ? type : other_type;
      continue;
    }
    const auto date = text_of(member.value, "creation-date"); // ISO 8601: text order is time order
    const Member* label = find(members, name);
    if (best.metadata &&
        ((best.label && !label) || (bool(best.label) == bool(label) && date <= best_date)))
      continue;
    best = {label, &member, name};
    best_date = date;
  }
  if (!best.metadata)
    best = choose_whole_image(members);
  if (!best.metadata && !other_type.empty())
    line.note("label-without-boxes", Severity::warning,
              "the label has type " + std::string(other_type) + ", which holds no boxes");
  return best;
}

void read_image_size(const Line& line, const object& label) {
  array sizes;
  object size;
  if (label["image_size"].get(sizes) != simdjson::SUCCESS || sizes.size() == 0 ||
      sizes.at(0).get(size) != simdjson::SUCCESS)
    return;
  const auto get = [&](const char* key) {
    std::int64_t value = 0;
    const bool is_good =
        size[key].get(value) == simdjson::SUCCESS && value > 0 && value <= std::int64_t{1} << 24;
    return is_good ? static_cast<int>(value) : 0;
  };
  line.sample.width = get("width");
  line.sample.height = get("height");
  line.sample.depth = get("depth");
  if (line.sample.width > 0 && line.sample.height > 0)
    return;
  line.sample.width = line.sample.height = 0;
  line.note("bad-image-size", Severity::warning,
            "image_size " + raw(sizes.at(0).value_unsafe()) +
                " is not a width and a height of 1 to 16777216, so the size counts as unknown");
}

bool read_class_map(const Line& line, const element& metadata,
                    std::vector<std::pair<std::int64_t, std::string_view>>& map) {
  map.clear();
  object entries;
  if (metadata["class-map"].get(entries) != simdjson::SUCCESS)
    return true;
  if (entries.size() > k_max_classes)
    return line.refuse("bad-class-map", "class-map has " + std::to_string(entries.size()) +
                                            " entries, at most " + std::to_string(k_max_classes) +
                                            " are read");
  for (const auto entry : entries) {
    const auto id = parse_int(entry.key);
    std::string_view name;
    if (!id || *id < 0 || entry.value.get(name) != simdjson::SUCCESS || name.empty())
      return line.refuse("bad-class-map",
                         "class-map: '" + std::string(entry.key) + "' is not an id with a name");
    map.emplace_back(*id, name);
  }
  return true;
}

void note_class(const Line& line, std::int64_t id, std::string_view name) {
  for (const auto& known : line.notes.classes)
    if (known.id == id && known.name == name)
      return;
  line.notes.classes.push_back({id, std::string(name), line.number});
}

std::string class_map_text(const std::vector<std::pair<std::int64_t, std::string_view>>& map) {
  std::string text = "{";
  for (const auto& [id, name] : map)
    text += (text.size() > 1 ? ", " : "") + std::to_string(id) + ": " + std::string(name);
  return text + "}";
}

void keep_member(dataset::Annotation& annotation, std::string_view key, const element& value) {
  if (key == "iscrowd" && is_true(value))
    annotation.is_crowd = true;
  else if (key == "difficult" && is_true(value))
    annotation.is_difficult = true;
  else if (key == "truncated" && is_true(value))
    annotation.is_truncated = true;
  else
    annotation.extra.emplace_back(key, raw(value));
}

bool is_box_key(std::string_view key) {
  return key == "class_id" || key == "left" || key == "top" || key == "width" || key == "height";
}

bool read_box(const Line& line, std::size_t index, const element& item,
              const std::vector<std::pair<std::int64_t, std::string_view>>& map,
              dataset::Annotation& annotation) {
  object box;
  if (item.get(box) != simdjson::SUCCESS)
    return line.refuse("bad-box", box_name(index) + ": is not an object");
  element id_value;
  if (box["class_id"].get(id_value) != simdjson::SUCCESS ||
      !get_id(id_value, annotation.source_id) || annotation.source_id < 0)
    return line.refuse("bad-class-id",
                       box_name(index) + ": class_id is missing or not a whole number from 0 on");
  double* const targets[] = {&annotation.box.left, &annotation.box.top, &annotation.box.width,
                             &annotation.box.height};
  static constexpr const char* k_keys[] = {"left", "top", "width", "height"};
  for (std::size_t i = 0; i < 4; ++i)
    if (!get_number(box, k_keys[i], *targets[i]))
      return line.refuse("bad-box",
                         box_name(index) + ": " + k_keys[i] + " is missing or not a number");
  const auto named = std::find_if(map.begin(), map.end(), [&](const auto& entry) {
    return entry.first == annotation.source_id;
  });
  if (named == map.end())
    return line.refuse("class-id-not-in-class-map",
                       box_name(index) + ": class_id " + std::to_string(annotation.source_id) +
                           " is not in the line's class-map " + class_map_text(map));
  annotation.label = named->second;
  if (box.size() > 5)
    for (const auto member : box)
      if (!is_box_key(member.key))
        keep_member(annotation, member.key, member.value);
  return true;
}

/// objects[i] belongs to annotations[i]. Confidence exactly 0 means "one worker, no figure".
void read_objects(const Line& line, const element& metadata) {
  array objects;
  if (metadata["objects"].get(objects) != simdjson::SUCCESS)
    return;
  auto& annotations = line.sample.annotations;
  std::size_t index = 0;
  for (const auto item : objects) {
    object entry;
    if (index < annotations.size() && item.get(entry) == simdjson::SUCCESS)
      for (const auto member : entry) {
        double confidence = 0;
        if (member.key == "confidence" && member.value.get(confidence) == simdjson::SUCCESS) {
          if (confidence != 0)
            annotations[index].score = confidence;
        } else {
          annotations[index].extra.emplace_back("objects:" + std::string(member.key),
                                                raw(member.value));
        }
      }
    ++index;
  }
  if (index != annotations.size())
    line.note("objects-count", Severity::warning,
              "objects has " + std::to_string(index) + " entries for " +
                  std::to_string(annotations.size()) + " boxes");
}

void keep_metadata(const Line& line, const element& metadata) {
  object members;
  if (metadata.get(members) != simdjson::SUCCESS)
    return;
  for (const auto member : members)
    if (member.key != "objects" && member.key != "class-map" && member.key != "type")
      line.sample.label_metadata.emplace_back(member.key, raw(member.value));
}

/// A class for the whole image: the label is its id, as a number or as text, the name stands in the
/// metadata ("Image Classification Job Output" of the Ground Truth guide).
bool read_whole_image_class(const Line& line, const Chosen& chosen) {
  auto& image_class = line.sample.classes.emplace_back();
  std::string_view text;
  const bool is_text = chosen.label->value.get(text) == simdjson::SUCCESS;
  const auto id = is_text ? parse_int(text) : std::nullopt;
  image_class.source_id = id.value_or(-1);
  if (!is_text && !get_id(chosen.label->value, image_class.source_id))
    image_class.source_id = -1;
  image_class.label = text_of(chosen.metadata->value, "class-name");
  if (image_class.source_id < 0 || image_class.label.empty())
    return line.refuse("bad-label", "'" + std::string(chosen.name) +
                                        "' is not a class id with a class-name in its metadata");
  if (double score = 0; chosen.metadata->value["confidence"].get(score) == simdjson::SUCCESS)
    image_class.score = score;
  note_class(line, image_class.source_id, image_class.label);
  keep_metadata(line, chosen.metadata->value);
  line.sample.label_attribute = chosen.name;
  return true;
}

bool read_label(const Line& line, const Chosen& chosen,
                std::vector<std::pair<std::int64_t, std::string_view>>& map) {
  if (chosen.metadata && text_of(chosen.metadata->value, "type") == k_whole_image_type)
    return read_whole_image_class(line, chosen);
  object label;
  array boxes;
  if (chosen.label->value.get(label) != simdjson::SUCCESS ||
      label["annotations"].get(boxes) != simdjson::SUCCESS)
    return line.refuse("bad-label", "'" + std::string(chosen.name) +
                                        "' is not an object with a list of annotations");
  read_image_size(line, label);
  map.clear();
  if (chosen.metadata && !read_class_map(line, chosen.metadata->value, map))
    return false;
  bool is_good = true;
  line.sample.annotations.reserve(std::min<std::size_t>(boxes.size(), k_max_reserved));
  for (const auto item : boxes) {
    auto& annotation = line.sample.annotations.emplace_back();
    is_good = read_box(line, line.sample.annotations.size() - 1, item, map, annotation) && is_good;
  }
  if (!is_good)
    return false;
  for (const auto& [id, name] : map)
    note_class(line, id, name);
  if (chosen.metadata) {
    read_objects(line, chosen.metadata->value);
    keep_metadata(line, chosen.metadata->value);
  }
  line.sample.label_attribute = chosen.name;
  return true;
}

void keep_other_members(const Line& line, const Members& members, const Chosen& chosen) {
  for (const auto& member : members) {
    if (&member == chosen.label || (&member == chosen.metadata && chosen.label) ||
        member.key == "source-ref")
      continue;
    if (member.key.starts_with("$"))
      line.note("attribute-name", Severity::warning,
                "'" + std::string(member.key) + "': Ground Truth takes no names with '$' in front");
    line.sample.extra.emplace_back(member.key, raw(member.value));
  }
  take_own_members(line.sample);
}

bool has_duplicate_key(const Members& members, std::string_view& key) {
  for (std::size_t i = 0; i < members.size(); ++i)
    for (std::size_t k = i + 1; k < members.size(); ++k)
      if (members[i].key == members[k].key) {
        key = members[i].key;
        return true;
      }
  return false;
}

} // namespace

struct GroundTruthLineParser::State {
  simdjson::dom::parser parser{k_max_parsed_bytes};
  Members members;
  std::vector<std::pair<std::int64_t, std::string_view>> map;
};

GroundTruthLineParser::GroundTruthLineParser() : state_(std::make_unique<State>()) {}
GroundTruthLineParser::~GroundTruthLineParser() = default;

bool GroundTruthLineParser::parse(std::string_view text, std::size_t readable, std::int64_t number,
                                  const ReadOptions& options, dataset::Sample& sample,
                                  LineNotes& notes) {
  const Line line{number, options, sample, notes};
  sample.clear();
  object root;
  const bool must_copy = readable < text.size() + simdjson::SIMDJSON_PADDING;
  element document;
  if (const auto error = state_->parser.parse(text.data(), text.size(), must_copy).get(document))
    return line.refuse("not-json",
                       std::string("not valid JSON: ") + simdjson::error_message(error));
  if (document.get(root) != simdjson::SUCCESS)
    return line.refuse("not-an-object", "the line is JSON, but not an object");
  auto& members = state_->members;
  members.clear();
  for (const auto member : root)
    members.push_back({member.key, member.value});
  std::string_view duplicate;
  if (members.size() < 1000 && has_duplicate_key(members, duplicate))
    return line.refuse("duplicate-key", "'" + std::string(duplicate) + "' stands twice");
  if (text.size() > k_guide_line_characters)
    line.note("long-line", Severity::warning,
              std::to_string(text.size()) + " characters; Ground Truth takes at most 100000");
  if (!read_reference(line, members))
    return false;
  Chosen chosen = choose(line, members);
  if (chosen.label && chosen.label->value.is_null())
    chosen.label = nullptr;
  sample.is_labelled = chosen.label != nullptr;
  if (chosen.metadata && !chosen.label)
    line.note("label-failed", Severity::warning,
              "'" + std::string(chosen.name) + "' has metadata but no label" +
                  (text_of(chosen.metadata->value, "failure-reason").empty()
                       ? std::string()
                       : ": " + std::string(text_of(chosen.metadata->value, "failure-reason"))) +
                  "; the image counts as not labelled");
  if (chosen.label && !read_label(line, chosen, state_->map))
    return false;
  keep_other_members(line, members, chosen);
  return check_sample(sample, options,
                      [&line](std::string rule, Severity severity, std::string message) {
                        line.note(std::move(rule), severity, std::move(message));
                      });
}

} // namespace mlopsctl::formats
