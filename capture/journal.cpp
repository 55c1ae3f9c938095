// SPDX-License-Identifier: Apache-2.0
#include "capture/journal.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <cmath>

namespace mlopsctl::capture {
namespace {

Value to_value(const std::vector<dataset::Annotation>& annotations) {
  Value list = Value::array();
  for (const auto& annotation : annotations) {
    Value box = Value::object();
    box["label"] = annotation.label;
    box["left"] = annotation.box.left;
    box["top"] = annotation.box.top;
    box["width"] = annotation.box.width;
    box["height"] = annotation.box.height;
    list.push(std::move(box));
  }
  return list;
}

double rounded(double value, double part) {
  return std::round(value * part) / part;
}

void add_judgement(Value& line, const Judgement& judgement) {
  const auto add = [&](const char* key, const std::optional<double>& value, double part) {
    if (value)
      line[key] = rounded(*value, part);
  };
  line["scene"] = judgement.scene;
  add("sharpness", judgement.sharpness, 1e5);
  add("sharpness_needed", judgement.sharpness_needed, 1e5);
  add("detail", judgement.detail, 1e2);
  add("detail_needed", judgement.detail_needed, 1e2);
  add("motion", judgement.motion, 1e3);
  add("motion_allowed", judgement.motion_allowed, 1e3);
  if (judgement.like)
    line["like"] = *judgement.like;
  add("changed", judgement.changed, 1e5);
}

std::vector<dataset::Annotation> annotations_of(ObjectReader& reader) {
  std::vector<dataset::Annotation> annotations;
  for (auto& object : reader.objects("boxes")) {
    dataset::Annotation annotation;
    annotation.label = object.text("label");
    annotation.box = {object.number("left", 0), object.number("top", 0), object.number("width", 0),
                      object.number("height", 0)};
    annotations.push_back(std::move(annotation));
  }
  return annotations;
}

Value to_value(const ClipEntry& clip) {
  Value value = Value::object();
  value["number"] = clip.number;
  value["frames"] = clip.frames;
  value["last_frame"] = clip.last_frame;
  value["duration_s"] = clip.duration_s;
  value["digest"] = clip.digest;
  if (!clip.picture.empty()) {
    value["picture"] = clip.picture;
    value["picture_frame"] = clip.picture_frame;
    value["picture_time_s"] = clip.picture_time_s;
  }
  return value;
}

ClipEntry clip_of(const Value& value, const std::string& place) {
  ObjectReader reader(value, place);
  ClipEntry clip;
  clip.number = reader.integer("number");
  clip.frames = reader.integer("frames");
  clip.last_frame = reader.integer("last_frame");
  clip.duration_s = reader.number("duration_s", 0);
  clip.digest = reader.text("digest");
  clip.picture = reader.text("picture", "");
  if (!clip.picture.empty()) {
    clip.picture_frame = reader.integer("picture_frame");
    clip.picture_time_s = reader.number("picture_time_s", 0);
  }
  return clip;
}

bool is_plain_name(const std::string& ref) {
  return ref.find('/') == ref.npos && !ref.starts_with(".");
}

bool is_picture_name(const std::string& ref) {
  const auto small = lower(ref);
  return is_plain_name(ref) && (small.ends_with(".jpg") || small.ends_with(".jpeg"));
}

/// --overwrite removes what the journal names: nothing but frames and clips of this folder.
bool names_files_of_ours(const JournalEntry& entry) {
  if (!entry.clip)
    return is_picture_name(entry.ref);
  return is_plain_name(entry.ref) && lower(entry.ref).ends_with(".mp4") &&
         (entry.clip->picture.empty() || is_picture_name(entry.clip->picture));
}

} // namespace

std::vector<std::string> JournalEntry::files() const {
  std::vector<std::string> names;
  if (is_kept)
    names.push_back(ref);
  if (is_kept && clip && !clip->picture.empty())
    names.push_back(clip->picture);
  return names;
}

std::string to_line(const JournalEntry& entry) {
  Value line = Value::object();
  line["ref"] = entry.is_kept ? Value(entry.ref) : Value();
  line["source"] = entry.source;
  line["time_s"] = entry.time_s ? Value(*entry.time_s) : Value();
  line["frame_index"] = entry.frame_index;
  line["width"] = entry.width;
  line["height"] = entry.height;
  line["kept"] = entry.is_kept;
  line["reason"] = entry.reason;
  if (!entry.label.empty())
    line["class"] = entry.label;
  if (entry.clip)
    line["clip"] = to_value(*entry.clip);
  if (entry.redacted)
    line["redacted"] = *entry.redacted;
  if (entry.judgement)
    add_judgement(line, *entry.judgement);
  if (entry.planted) {
    Value& planted = line["planted"] = Value::object();
    planted["blurred"] = entry.planted->is_blurred;
    planted["transition"] = entry.planted->is_transition;
    const auto standstill = entry.planted->standstill;
    planted["standstill"] = standstill >= 0 ? Value(standstill) : Value();
  }
  if (entry.annotations)
    line["boxes"] = to_value(*entry.annotations);
  return to_json(line) + "\n";
}

JournalEntry parse_line(std::string_view line, const std::string& place) {
  const Value value = parse_json(line, place);
  ObjectReader reader(value, place);
  JournalEntry entry;
  entry.is_kept = reader.boolean("kept", false);
  entry.ref = entry.is_kept ? reader.text("ref") : std::string();
  entry.source = reader.text("source");
  if (const Value* time_s = reader.child("time_s"); time_s && time_s->is_number())
    entry.time_s = time_s->real;
  entry.frame_index = reader.integer("frame_index");
  entry.width = static_cast<int>(reader.integer("width"));
  entry.height = static_cast<int>(reader.integer("height"));
  entry.reason = reader.text("reason", "");
  entry.label = reader.text("class", "");
  if (const Value* clip = reader.child("clip"))
    entry.clip = clip_of(*clip, place);
  if (reader.has("redacted"))
    entry.redacted = static_cast<int>(reader.integer("redacted"));
  if (reader.has("boxes"))
    entry.annotations = annotations_of(reader);
  if (entry.frame_index < 0 || (entry.is_kept && !names_files_of_ours(entry)))
    throw Error(Fault::input, place + ": is not a line of a capture's journal");
  return entry;
}

void for_each_line(const std::string& path, const VisitLine& visit) {
  constexpr std::size_t k_drop_bytes = std::size_t{1} << 16;
  const auto source = open_source(path);
  const std::string_view text = source->mapped().value_or(std::string_view{});
  std::size_t begin = 0, dropped = 0;
  for (int line = 1; begin < text.size(); ++line) {
    const auto end = text.find('\n', begin);
    if (end == text.npos)
      return;
    const auto place = path + ":" + std::to_string(line);
    visit(parse_line(text.substr(begin, end - begin), place), static_cast<std::int64_t>(end + 1));
    begin = end + 1;
    if (begin - dropped >= k_drop_bytes)
      source->drop_before(dropped = begin);
  }
}

} // namespace mlopsctl::capture
