// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/ground_truth_line.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/ground_truth_detail.hpp"
#include "formats/labels/own_members.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <optional>

namespace mlopsctl::formats {
namespace {

using namespace ground_truth_detail;

constexpr std::size_t k_max_reserved = 1000;
constexpr std::size_t k_max_compared = 100; // members, each with each; of more, sorting is faster
constexpr std::size_t k_guide_line_characters = 100'000;
constexpr std::size_t k_guide_attribute_characters = 20'000;

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

std::string class_map_text(const IdMap& map) {
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

/// The members of a box by what they are: one pass, as there are millions.
struct BoxMembers {
  static constexpr std::array<std::string_view, 5> k_keys{"class_id", "left", "top", "width",
                                                          "height"};
  std::array<std::optional<element>, k_keys.size()> values;
  std::size_t count = 0;

  explicit BoxMembers(const object& box) {
    for (const auto member : box) {
      ++count;
      const auto index = index_of(member.key);
      if (index < values.size() && !values[index])
        values[index] = member.value;
    }
  }
  static std::size_t index_of(std::string_view key) {
    return static_cast<std::size_t>(std::find(k_keys.begin(), k_keys.end(), key) - k_keys.begin());
  }
};

bool read_box(const Line& line, std::size_t index, const element& item, const IdMap& map,
              dataset::Annotation& annotation) {
  object box;
  if (item.get(box) != simdjson::SUCCESS)
    return line.refuse("bad-box", box_name(index) + ": is not an object");
  const BoxMembers members(box);
  if (!members.values[0] || !get_id(*members.values[0], annotation.source_id) ||
      annotation.source_id < 0)
    return line.refuse("bad-class-id",
                       box_name(index) + ": class_id is missing or not a whole number from 0 on");
  double* const targets[] = {&annotation.box.left, &annotation.box.top, &annotation.box.width,
                             &annotation.box.height};
  for (std::size_t i = 0; i < 4; ++i)
    if (!members.values[i + 1] ||
        members.values[i + 1]->get(*targets[i]) != simdjson::SUCCESS) // integer or fraction
      return line.refuse("bad-box", box_name(index) + ": " +
                                        std::string(BoxMembers::k_keys[i + 1]) +
                                        " is missing or not a number");
  const auto named = std::find_if(map.begin(), map.end(), [&](const auto& entry) {
    return entry.first == annotation.source_id;
  });
  if (named == map.end())
    return line.refuse("class-id-not-in-class-map",
                       box_name(index) + ": class_id " + std::to_string(annotation.source_id) +
                           " is not in the line's class-map " + class_map_text(map));
  annotation.label = named->second;
  if (members.count == BoxMembers::k_keys.size())
    return true;
  std::string_view twice; // which of the two is meant, nobody can say
  if (has_duplicate_key(box, twice))
    return line.refuse("duplicate-key",
                       box_name(index) + ": '" + std::string(twice) + "' stands twice");
  for (const auto member : box)
    if (BoxMembers::index_of(member.key) == BoxMembers::k_keys.size())
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

/// Members of the label that no Sample has a place for; most labels have none.
bool keep_label_members(const Line& line, const Chosen& chosen, const object& label) {
  std::string_view twice;
  if (has_duplicate_key(label, twice))
    return line.refuse("duplicate-key", "'" + std::string(twice) + "' stands twice in '" +
                                            std::string(chosen.name) + "'");
  for (const auto member : label)
    if (member.key != "annotations" && member.key != "image_size")
      line.sample.label_metadata.emplace_back(std::string(k_label_prefix) + std::string(member.key),
                                              raw(member.value));
  return true;
}

bool read_boxes(const Line& line, const Chosen& chosen, IdMap& map) {
  object label;
  array boxes;
  if (chosen.label->value.get(label) != simdjson::SUCCESS ||
      label["annotations"].get(boxes) != simdjson::SUCCESS)
    return line.refuse("bad-label", "'" + std::string(chosen.name) +
                                        "' is not an object with a list of annotations");
  if (label.size() > 2 && !keep_label_members(line, chosen, label))
    return false;
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
  if (!chosen.metadata)
    return true;
  read_objects(line, chosen.metadata->value);
  return keep_metadata(line, chosen);
}

bool read_label(const Line& line, const Chosen& chosen, IdMap& map) {
  line.sample.label_attribute = chosen.name;
  switch (chosen.kind) {
  case Kind::boxes: return read_boxes(line, chosen, map);
  case Kind::image_class: return read_image_class(line, chosen);
  case Kind::multilabel: return read_multilabel(line, chosen, map);
  case Kind::mask: return read_mask(line, chosen);
  case Kind::other: break;
  }
  return true;
}

void keep_other_members(const Line& line, const Members& members, const Chosen& chosen) {
  line.sample.extra.reserve(members.size());
  for (const auto& member : members) {
    if (&member == chosen.label || (&member == chosen.metadata && chosen.label) ||
        member.key == "source-ref")
      continue;
    if (member.key.starts_with("$"))
      line.note("attribute-name", Severity::warning,
                "'" + std::string(member.key) + "': Ground Truth takes no names with '$' in front");
    line.sample.extra.emplace_back(member.key, raw(member.value));
    if (line.sample.extra.back().second.size() > k_guide_attribute_characters)
      line.note("long-attribute", Severity::warning,
                "'" + std::string(member.key) + "' has " +
                    std::to_string(line.sample.extra.back().second.size()) +
                    " characters; Ground Truth takes at most 20000");
  }
  take_own_members(line.sample);
}

bool has_duplicate_member(const Members& members, std::string_view& key) {
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
  simdjson::dom::parser parser;
  Members members;
  IdMap map;
};

GroundTruthLineParser::GroundTruthLineParser() : state_(std::make_unique<State>()) {}
GroundTruthLineParser::~GroundTruthLineParser() = default;

bool GroundTruthLineParser::parse(std::string_view text, std::size_t readable, std::int64_t number,
                                  const ReadOptions& options, dataset::Sample& sample,
                                  LineNotes& notes) {
  const Line line{number, options, sample, notes};
  if (text.size() > limit(Limit::line_bytes))
    return line.refuse("line-too-long", std::to_string(text.size()) + " bytes, at most " +
                                            std::to_string(limit(Limit::line_bytes)) +
                                            " are read; " + limit_hint(Limit::line_bytes));
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
  if (members.size() < k_max_compared ? has_duplicate_member(members, duplicate)
                                      : has_duplicate_key(root, duplicate))
    return line.refuse("duplicate-key", "'" + std::string(duplicate) + "' stands twice");
  if (text.size() > k_guide_line_characters)
    line.note("long-line", Severity::warning,
              std::to_string(text.size()) + " characters; Ground Truth takes at most 100000");
  if (!read_reference(line, members))
    return false;
  if (!options.discard_verified.empty() && !passes_verification(line, members))
    return false;
  const Chosen chosen = choose_label(line, members);
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
