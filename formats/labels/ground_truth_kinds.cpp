// SPDX-License-Identifier: Apache-2.0
// Labels of the whole image: one class, several, or a mask ("Output data" of the Ground Truth
// guide), and what all kinds share.
#include "formats/labels/ground_truth_detail.hpp"

#include <algorithm>
#include <cmath>

namespace mlopsctl::formats::ground_truth_detail {
namespace {

constexpr std::size_t k_max_classes = 10'000; // Ground Truth itself takes 50
constexpr std::size_t k_few = 32;
constexpr std::size_t k_max_compared = 1000; // members of one object, each with each

/// Members of the metadata that a Sample holds elsewhere, by kind: a number from 0 to 2, or -1.
int held_member(Kind kind, std::string_view key) {
  if (key == "type")
    return 0;
  switch (kind) {
  case Kind::boxes: return key == "objects" ? 1 : key == "class-map" ? 2 : -1;
  case Kind::image_class: return key == "class-name" ? 1 : key == "confidence" ? 2 : -1;
  case Kind::multilabel: return key == "class-map" ? 1 : key == "confidence-map" ? 2 : -1;
  case Kind::mask:
  case Kind::other: break;
  }
  return -1;
}

/// Confidence exactly 0 means "one worker, no figure".
std::optional<double> confidence(simdjson::simdjson_result<element> value) {
  double score = 0;
  return value.get(score) == simdjson::SUCCESS && score != 0 ? std::optional(score) : std::nullopt;
}

/// Two names for one id in one line.
bool has_conflict(const Line& line, const IdMap& map) {
  IdMap sorted = map;
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 1; i < sorted.size(); ++i)
    if (sorted[i].first == sorted[i - 1].first)
      return !line.refuse("class-map-conflict",
                          "class-map gives id " + std::to_string(sorted[i].first) + " twice, as '" +
                              std::string(sorted[i - 1].second) + "' and as '" +
                              std::string(sorted[i].second) + "'");
  return false;
}

} // namespace

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

bool has_duplicate_key(const object& members, std::string_view& key) {
  std::vector<std::string_view> keys;
  for (const auto member : members)
    keys.push_back(member.key);
  std::sort(keys.begin(), keys.end());
  const auto twice = std::adjacent_find(keys.begin(), keys.end());
  if (twice == keys.end())
    return false;
  key = *twice;
  return true;
}

bool read_class_map(const Line& line, const element& metadata, IdMap& map) {
  map.clear();
  object entries;
  if (metadata["class-map"].get(entries) != simdjson::SUCCESS)
    return true;
  if (entries.size() > k_max_classes)
    return line.refuse("bad-class-map", "class-map has " + std::to_string(entries.size()) +
                                            " entries, at most " + std::to_string(k_max_classes) +
                                            " are read");
  bool has_twice = entries.size() > k_few; // then sorting finds them faster
  for (const auto entry : entries) {
    const auto id = parse_int(entry.key);
    std::string_view name;
    if (!id || *id < 0 || entry.value.get(name) != simdjson::SUCCESS || name.empty())
      return line.refuse("bad-class-map",
                         "class-map: '" + std::string(entry.key) + "' is not an id with a name");
    if (!has_twice)
      for (const auto& known : map)
        has_twice = has_twice || known.first == *id;
    map.emplace_back(*id, name);
  }
  return !has_twice || !has_conflict(line, map);
}

void note_class(const Line& line, std::int64_t id, std::string_view name) {
  for (const auto& known : line.notes.classes)
    if (known.id == id && known.name == name)
      return;
  line.notes.classes.push_back({id, std::string(name), line.number});
}

bool keep_metadata(const Line& line, const Chosen& chosen) {
  object members;
  if (chosen.metadata->value.get(members) != simdjson::SUCCESS)
    return true;
  auto& kept = line.sample.label_metadata;
  const std::size_t first = kept.size();
  kept.reserve(first + std::min(members.size(), k_max_compared));
  bool is_held[3] = {};
  for (const auto member : members) {
    const int held = held_member(chosen.kind, member.key);
    bool is_twice = held >= 0 && is_held[held];
    if (held >= 0)
      is_held[held] = true;
    for (std::size_t i = first; held < 0 && i < kept.size() && kept.size() < k_max_compared; ++i)
      is_twice = is_twice || kept[i].first == member.key;
    if (is_twice)
      return line.refuse("duplicate-key", "'" + std::string(member.key) + "' stands twice in '" +
                                              std::string(chosen.metadata->key) + "'");
    if (held < 0)
      kept.emplace_back(member.key, line.options.wants_label_metadata ? raw(member.value) : "");
  }
  return true;
}

bool read_image_class(const Line& line, const Chosen& chosen) {
  auto& image_class = line.sample.classes.emplace_back();
  std::string_view text;
  const bool is_text = chosen.label->value.get(text) == simdjson::SUCCESS;
  if (!get_id(chosen.label->value, image_class.source_id))
    image_class.source_id = -1;
  image_class.label =
      chosen.metadata ? text_of(chosen.metadata->value, "class-name") : std::string_view();
  if (image_class.source_id < 0 || image_class.label.empty())
    return line.refuse("bad-label", "'" + std::string(chosen.name) +
                                        "' is not a class id with a class-name in its metadata");
  image_class.score = confidence(chosen.metadata->value["confidence"]);
  note_class(line, image_class.source_id, image_class.label);
  if (is_text) // both forms are about: it is written back as it came
    line.sample.label_metadata.emplace_back(std::string(k_label_prefix) + "id-as-text", "true");
  return keep_metadata(line, chosen);
}

bool read_multilabel(const Line& line, const Chosen& chosen, IdMap& map) {
  array ids;
  line.sample.is_multilabel = true;
  if (chosen.label->value.get(ids) != simdjson::SUCCESS)
    return line.refuse("bad-label",
                       "'" + std::string(chosen.name) + "' is not a list of class ids");
  if (!read_class_map(line, chosen.metadata->value, map))
    return false;
  const auto& scores = chosen.metadata->value["confidence-map"];
  for (const auto item : ids) {
    auto& image_class = line.sample.classes.emplace_back();
    if (line.sample.classes.size() > k_max_classes || !get_id(item, image_class.source_id) ||
        image_class.source_id < 0)
      return line.refuse("bad-label", "'" + std::string(chosen.name) + "': " + raw(item) +
                                          " is not a class id, or one too many");
    const auto named = std::find_if(map.begin(), map.end(), [&](const auto& entry) {
      return entry.first == image_class.source_id;
    });
    if (named == map.end())
      return line.refuse("class-id-not-in-class-map", "'" + std::string(chosen.name) +
                                                          "': class id " +
                                                          std::to_string(image_class.source_id) +
                                                          " is not in the line's class-map");
    image_class.label = named->second;
    image_class.score = confidence(scores[std::to_string(image_class.source_id)]);
  }
  for (const auto& [id, name] : map)
    note_class(line, id, name);
  return keep_metadata(line, chosen);
}

bool read_mask(const Line& line, const Chosen& chosen) {
  std::string_view reference;
  if (chosen.label->value.get(reference) != simdjson::SUCCESS || reference.empty())
    return line.refuse("bad-label",
                       "'" + std::string(chosen.name) + "' is not the reference of a mask");
  line.sample.mask_ref = reference;
  if (!chosen.name.ends_with("-ref"))
    line.note("attribute-name", Severity::warning,
              "'" + std::string(chosen.name) +
                  "': Ground Truth wants the name of a mask to end "
                  "with -ref");
  return keep_metadata(line, chosen);
}

} // namespace mlopsctl::formats::ground_truth_detail
