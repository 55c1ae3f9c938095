// SPDX-License-Identifier: Apache-2.0
// Which of the labels of a line is meant. Chained jobs leave several: an adjustment job writes a
// second attribute of the same type, a verification job says what it thinks of the first.
#include "formats/labels/ground_truth_detail.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mlopsctl::formats::ground_truth_detail {
namespace {

/// Boxes first: they are what most targets and trainers take.
int rank(Kind kind) {
  switch (kind) {
  case Kind::boxes: return 3;
  case Kind::image_class:
  case Kind::multilabel: return 2;
  case Kind::mask: return 1;
  case Kind::other: break;
  }
  return 0;
}

bool is_empty(const element& value) {
  std::string_view text;
  object members;
  return (value.get(text) == simdjson::SUCCESS && text.empty()) ||
         (value.get(members) == simdjson::SUCCESS && members.size() == 0);
}

/// A failed object has no label, or an empty one beside the reason.
const Member* label_of(const Members& members, std::string_view name, const Member* metadata) {
  const Member* label = find(members, name);
  if (!label || label->value.is_null())
    return nullptr;
  if (metadata && is_empty(label->value) && !text_of(metadata->value, "failure-reason").empty())
    return nullptr;
  return label;
}

void note_not_read(const Line& line, std::string_view name, std::string_view type) {
  line.note(
      "label-not-read", Severity::warning,
      (name.empty() ? std::string("the label") : "'" + std::string(name) + "'") + " has type " +
          std::string(type) + ", which is not read here" +
          (type.starts_with("groundtruth/video-") ? " (--from ground_truth_video reads it)" : "") +
          "; the image counts as not labelled");
}

Chosen choose_named(const Line& line, const Members& members) {
  const std::string& name = line.options.label_attribute;
  Chosen chosen;
  chosen.name = name;
  chosen.metadata = find(members, name + std::string(k_metadata));
  chosen.label = label_of(members, name, chosen.metadata);
  const auto type = chosen.metadata ? text_of(chosen.metadata->value, "type") : std::string_view();
  chosen.kind = type.empty() ? Kind::boxes : kind_of_type(type);
  if (chosen.kind != Kind::other)
    return chosen;
  if (chosen.label)
    note_not_read(line, name, type);
  return {};
}

} // namespace

Kind kind_of_type(std::string_view type) {
  static constexpr std::array<std::pair<std::string_view, Kind>, 4> k_kinds{{
      {"groundtruth/object-detection", Kind::boxes},
      {"groundtruth/image-classification", Kind::image_class},
      {"groundtruth/image-classification-multilabel", Kind::multilabel},
      {"groundtruth/semantic-segmentation", Kind::mask},
  }};
  for (const auto& [name, kind] : k_kinds)
    if (name == type)
      return kind;
  return Kind::other;
}

Chosen choose_label(const Line& line, const Members& members) {
  if (!line.options.label_attribute.empty())
    return choose_named(line, members);
  Chosen best;
  best.kind = Kind::other;
  std::string_view best_date;
  std::string_view other_type;
  for (const auto& member : members) {
    if (!is_metadata_key(member.key))
      continue;
    const auto type = text_of(member.value, "type");
    const Kind kind = kind_of_type(type);
    if (kind == Kind::other) {
      if (type.starts_with("groundtruth/") && type != k_verification_type)
        other_type = type;
      continue;
    }
    const auto name = member.key.substr(0, member.key.size() - k_metadata.size());
    const auto date = text_of(member.value, "creation-date"); // ISO 8601: text order is time order
    const Member* label = label_of(members, name, &member);
    const auto is_better = [&] {
      if (rank(kind) != rank(best.kind))
        return rank(kind) > rank(best.kind);
      return bool(label) == bool(best.label) ? date > best_date : bool(label);
    };
    if (best.metadata && !is_better())
      continue;
    best = {label, &member, name, kind};
    best_date = date;
  }
  if (!best.metadata && !other_type.empty())
    note_not_read(line, "", other_type);
  return best;
}

bool passes_verification(const Line& line, const Members& members) {
  const element* newest = nullptr;
  std::string_view newest_date;
  for (const auto& member : members) {
    if (!is_metadata_key(member.key) || text_of(member.value, "type") != k_verification_type)
      continue;
    const auto date = text_of(member.value, "creation-date");
    if (newest && date <= newest_date)
      continue;
    newest = &member.value;
    newest_date = date;
  }
  if (!newest)
    return true;
  const std::string verdict(text_of(*newest, "class-name"));
  ++line.notes.verdicts[verdict];
  const auto& discarded = line.options.discard_verified;
  if (std::find(discarded.begin(), discarded.end(), verdict) == discarded.end())
    return true;
  if (line.notes.discarded++ == 0)
    line.notes.first_discarded_line = line.number;
  return false;
}

} // namespace mlopsctl::formats::ground_truth_detail
