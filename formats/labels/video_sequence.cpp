// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/video_sequence.hpp"

#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/ground_truth_detail.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::formats {
namespace {

using ground_truth_detail::array;
using ground_truth_detail::element;
using ground_truth_detail::get_id;
using ground_truth_detail::has_duplicate_key;
using ground_truth_detail::object;

constexpr std::array<std::string_view, 3> k_shapes{"polylines", "polygons", "keypoints"};

object parse_object(simdjson::dom::parser& parser, std::string_view text, const std::string& name) {
  text = without_byte_order_mark(text);
  element document;
  object root;
  if (const auto error = parser.parse(text.data(), text.size()).get(document))
    throw Error(Fault::input, name + ": not valid JSON: " + simdjson::error_message(error));
  if (document.get(root) != simdjson::SUCCESS)
    throw Error(Fault::input, name + ": is JSON, but not an object");
  return root;
}

/// A number, or a text (SeqLabel.json of a real job has "frame-no":"0", the guide 0).
std::string number_of(const element& value) {
  std::string_view text;
  return std::string(value.get(text) == simdjson::SUCCESS ? text : std::string_view(raw(value)));
}

std::string text_of(const element& value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

VideoFrame read_frame(const element& item, std::size_t index, const std::string& name) {
  const std::string place = name + ": frame " + std::to_string(index + 1);
  object members;
  if (item.get(members) != simdjson::SUCCESS)
    throw Error(Fault::input, place + ": is not an object");
  VideoFrame frame;
  for (const auto member : members) {
    if (member.key == "frame") {
      frame.name = text_of(member.value);
    } else if (member.key == "frame-no") {
      frame.number = number_of(member.value);
    } else {
      double seconds = 0;
      if (member.key == "unix-timestamp" && member.value.get(seconds) == simdjson::SUCCESS)
        frame.unix_timestamp = seconds;
      frame.extra.emplace_back(member.key, raw(member.value));
    }
  }
  if (frame.name.empty())
    throw Error(Fault::input, place + ": has no 'frame', the name of its picture");
  return frame;
}

void check_sequence(const VideoSequence& sequence, std::optional<std::int64_t> count,
                    const Report& report) {
  const auto frames = sequence.frames.size();
  if (!count || *count != static_cast<std::int64_t>(frames))
    report("sequence-length", Severity::warning,
           "number-of-frames is " + (count ? std::to_string(*count) : "missing") + ", but there " +
               (frames == 1 ? "is 1 frame" : "are " + std::to_string(frames) + " frames"));
  if (frames > k_guide_sequence_frames)
    report("sequence-too-long", Severity::warning,
           std::to_string(frames) + " frames; Ground Truth takes at most " +
               std::to_string(k_guide_sequence_frames) + " in a sequence");
  const auto out_of_order =
      std::adjacent_find(sequence.frames.begin(), sequence.frames.end(),
                         [](const auto& a, const auto& b) { return a.name >= b.name; });
  if (out_of_order != sequence.frames.end())
    report("sequence-order", Severity::warning,
           "'" + std::next(out_of_order)->name + "' comes behind '" + out_of_order->name +
               "'; Ground Truth shows frames by name");
}

std::string box_fault(const object& members, dataset::Annotation& annotation, std::size_t index) {
  const std::string place = box_name(index) + ": ";
  std::string_view twice;
  if (has_duplicate_key(members, twice))
    return place + "'" + std::string(twice) + "' stands twice";
  bool has_id = false;
  struct Side {
    std::string_view key;
    double* value;
    bool is_there = false;
  };
  std::array<Side, 4> sides{{{"left", &annotation.box.left},
                             {"top", &annotation.box.top},
                             {"width", &annotation.box.width},
                             {"height", &annotation.box.height}}};
  for (const auto member : members) {
    const auto side = std::find_if(sides.begin(), sides.end(),
                                   [&](const Side& s) { return s.key == member.key; });
    if (side != sides.end())
      side->is_there = member.value.get(*side->value) == simdjson::SUCCESS;
    else if (member.key == "class-id")
      has_id = get_id(member.value, annotation.source_id) && annotation.source_id >= 0;
    else
      annotation.extra.emplace_back(member.key, raw(member.value));
  }
  if (!has_id)
    return place + "class-id is missing or not a whole number from 0 on";
  for (const auto& side : sides)
    if (!side.is_there)
      return place + std::string(side.key) + " is missing or not a number";
  return "";
}

void read_boxes(const array& boxes, LabelledFrame& frame) {
  frame.has_annotations = true;
  for (const auto item : boxes) {
    object members;
    auto& annotation = frame.annotations.emplace_back();
    const std::size_t index = frame.annotations.size() - 1;
    std::string fault = item.get(members) == simdjson::SUCCESS
                            ? box_fault(members, annotation, index)
                            : box_name(index) + ": is not an object";
    if (frame.fault.empty())
      frame.fault = std::move(fault);
  }
}

LabelledFrame read_labelled_frame(const element& item, std::size_t index, const std::string& name) {
  object members;
  if (item.get(members) != simdjson::SUCCESS)
    throw Error(Fault::input, name + ": entry " + std::to_string(index + 1) + ": is not an object");
  LabelledFrame frame;
  for (const auto member : members) {
    array list;
    const bool is_list = member.value.get(list) == simdjson::SUCCESS;
    if (member.key == "frame")
      frame.name = text_of(member.value);
    else if (member.key == "frame-no")
      frame.number = number_of(member.value);
    else if (member.key == "annotations" && is_list)
      read_boxes(list, frame);
    else if (is_list && std::find(k_shapes.begin(), k_shapes.end(), member.key) != k_shapes.end())
      frame.shapes[std::string(member.key)] += static_cast<std::int64_t>(list.size());
    else
      frame.extra.emplace_back(member.key, raw(member.value));
  }
  return frame;
}

} // namespace

VideoSequence parse_video_sequence(std::string_view text, const std::string& name,
                                   const Report& report) {
  simdjson::dom::parser parser;
  VideoSequence sequence;
  std::optional<std::int64_t> count;
  bool has_frames = false;
  for (const auto member : parse_object(parser, text, name)) {
    array frames;
    std::int64_t number = 0;
    if (member.key == "prefix") {
      sequence.prefix = text_of(member.value);
    } else if (member.key == "number-of-frames") {
      if (get_id(member.value, number))
        count = number;
    } else if (member.key == "frames" && member.value.get(frames) == simdjson::SUCCESS) {
      has_frames = true;
      for (const auto item : frames)
        sequence.frames.push_back(read_frame(item, sequence.frames.size(), name));
    } else {
      sequence.extra.emplace_back(member.key, raw(member.value));
    }
  }
  if (!has_frames)
    throw Error(Fault::input, name + ": has no list of 'frames'",
                "a video manifest points to sequence files, not to pictures");
  if (sequence.prefix == "./")
    sequence.prefix.clear();
  if (!sequence.prefix.empty() && !sequence.prefix.ends_with('/')) {
    report("sequence-prefix", Severity::warning,
           "prefix '" + sequence.prefix + "' does not end with '/'");
    sequence.prefix += '/';
  }
  check_sequence(sequence, count, report);
  return sequence;
}

bool looks_like_video_labels(std::string_view head) {
  head = without_byte_order_mark(head);
  return trim(head).starts_with("{") &&
         (head.find("\"tracking-annotations\"") != std::string_view::npos ||
          head.find("\"detection-annotations\"") != std::string_view::npos);
}

VideoLabels parse_video_labels(std::string_view text, const std::string& name) {
  simdjson::dom::parser parser;
  const object root = parse_object(parser, text, name);
  VideoLabels labels;
  array entries;
  labels.is_tracking = root["tracking-annotations"].get(entries) == simdjson::SUCCESS;
  if (!labels.is_tracking && root["detection-annotations"].get(entries) != simdjson::SUCCESS)
    throw Error(Fault::input,
                name + ": has neither 'tracking-annotations' nor 'detection-annotations'",
                "is it the SeqLabel.json of a video job?");
  for (const auto item : entries) {
    check_interrupt();
    labels.frames.push_back(read_labelled_frame(item, labels.frames.size(), name));
  }
  return labels;
}

} // namespace mlopsctl::formats
