// SPDX-License-Identifier: Apache-2.0
// What the parsers of Ground Truth lines share. For the files ground_truth_*.cpp only: it opens
// simdjson.
#pragma once

#include "core/text.hpp"
#include "formats/labels/ground_truth_line.hpp"
#include "formats/labels/json_elements.hpp"
#include "formats/labels/json_text.hpp"

#include <simdjson.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::formats::ground_truth_detail {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

inline constexpr std::string_view k_metadata = "-metadata";
inline constexpr std::string_view k_verification_type = "groundtruth/label-verification";
/// Members of the label itself that are not ours, among Sample::label_metadata.
inline constexpr std::string_view k_label_prefix = "label:";

/// What a label says, by the "type" of its metadata.
enum class Kind { other, boxes, image_class, multilabel, mask };
Kind kind_of_type(std::string_view type);

struct Member {
  std::string_view key;
  element value;
};
using Members = std::vector<Member>;
using IdMap = std::vector<std::pair<std::int64_t, std::string_view>>;

/// The label and its metadata, as far as they are there.
struct Chosen {
  const Member* label = nullptr;
  const Member* metadata = nullptr;
  std::string_view name;
  Kind kind = Kind::boxes;
};

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

const Member* find(const Members& members, std::string_view key);
std::string_view text_of(const element& value, const char* key);
/// Ids are numbers, or strings in files that tools other than Ground Truth wrote.
bool get_id(const element& value, std::int64_t& id);
bool has_duplicate_key(const object& members, std::string_view& key);
inline bool is_metadata_key(std::string_view key) {
  return key.size() > k_metadata.size() && key.ends_with(k_metadata);
}

/// The label that is meant: the one that options name, else the newest with boxes, else the newest
/// with classes of the whole image, else the newest mask. Notes a label that is not read.
Chosen choose_label(const Line& line, const Members& members);
/// False if the newest verification of the line says what options want left out.
bool passes_verification(const Line& line, const Members& members);

void note_class(const Line& line, std::int64_t id, std::string_view name);
/// \return false (noted) if it is no map of ids to names, or says two names for one id.
bool read_class_map(const Line& line, const element& metadata, IdMap& map);
/// What a Sample has no place for. \return false (noted) if a member stands twice.
bool keep_metadata(const Line& line, const Chosen& chosen);

bool read_image_class(const Line& line, const Chosen& chosen);
bool read_multilabel(const Line& line, const Chosen& chosen, IdMap& map);
bool read_mask(const Line& line, const Chosen& chosen);

} // namespace mlopsctl::formats::ground_truth_detail
