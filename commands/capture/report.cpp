// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/report.hpp"

#include "capture/frame_judge.hpp"
#include "core/text.hpp"
#include "storage/object_store.hpp"

#include <algorithm>
#include <map>

namespace mlopsctl::commands {
namespace {

report::CaptureCard card_of(const capture::JournalEntry& entry, const std::string& thumbnail) {
  report::CaptureCard card;
  card.frame_index = entry.frame_index;
  card.time_s = entry.time_s;
  card.is_kept = entry.is_kept;
  card.reason = entry.reason;
  card.thumbnail = thumbnail;
  if (const auto& judgement = entry.judgement) {
    card.sharpness = judgement->sharpness;
    card.sharpness_needed = judgement->sharpness_needed;
    card.motion = judgement->motion;
    card.motion_allowed = judgement->motion_allowed;
    card.like = judgement->like;
  }
  return card;
}

std::int64_t count_of(const std::map<std::string, std::int64_t>& counts, const std::string& key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

/// "; dropped: 12 blurred, 30 duplicate", or nothing.
std::string dropped_text(const capture::CaptureResult& result) {
  std::string text;
  for (const auto& [reason, count] : result.dropped)
    text += (text.empty() ? "; dropped: " : ", ") + std::to_string(count) + " " + reason;
  return text;
}

/// What is in no clip.
std::string left_out_text(const capture::ClipCounts& clips) {
  std::string text;
  if (clips.partial_frames > 0)
    text += "; left out: " + std::to_string(clips.partial_frames) +
            " frames at the end, which are no whole clip";
  if (clips.empty > 0)
    text += "; in " + std::to_string(clips.empty) + " clips' time no frame came";
  return text;
}

} // namespace

CaptureReport::CaptureReport(const std::string& path, Existing existing,
                             capture::CaptureOptions& options) {
  if (path.empty())
    return;
  page_.emplace(create_sink(path, existing));
  options.on_decided = [this](const capture::JournalEntry& entry, const std::string& thumbnail) {
    page_->add(card_of(entry, thumbnail));
  };
}

void CaptureReport::finish(const capture::CaptureResult& result) {
  if (page_)
    page_->finish(result.source, std::to_string(result.kept) + " frames kept of " +
                                     std::to_string(result.read) + " read" + dropped_text(result));
}

std::string kept_text(const CaptureFlags& o, const capture::CaptureResult& result) {
  const auto frames = std::to_string(result.kept) + " frames";
  return o.capture.clips.any() ? std::to_string(result.clips.written) + " clips with " + frames
                               : frames;
}

std::string result_text(const CaptureFlags& o, const capture::CaptureResult& result,
                        double seconds) {
  return o.capture.output + ": " + kept_text(o, result) + " kept of " +
         std::to_string(result.read) + " read from " + result.source + " in " + fixed(seconds, 1) +
         " s" + dropped_text(result) + left_out_text(result.clips) +
         (o.capture.redaction ? "; redacted: " + std::to_string(result.redacted) + " faces" : "");
}

Value dropped_value(const capture::CaptureResult& result) {
  Value dropped = Value::object();
  for (const auto* reason : {"blurred", "duplicate", "transition"})
    dropped[reason] = count_of(result.dropped, reason);
  dropped["unreadable"] = result.unreadable;
  for (const auto& [reason, count] : result.dropped) {
    std::string key = reason;
    std::replace(key.begin(), key.end(), '-', '_');
    dropped[key] = count;
  }
  return dropped;
}

Value to_value(const CaptureFlags& o, const capture::CaptureResult& result) {
  Value document = Value::object();
  document["source"] = result.source;
  document["frames_read"] = result.read;
  document["frames_kept"] = result.kept;
  document["frames_kept_before"] = result.kept_before;
  if (o.capture.clips.any()) {
    document["clips_written"] = result.clips.written;
    document["clips_written_before"] = result.clips.written_before;
    document["clips_empty"] = result.clips.empty;
    document["frames_behind_last_clip"] = result.clips.partial_frames;
  }
  if (o.capture.session.any()) {
    Value& classes = document["classes"] = Value::object();
    for (const auto& label : o.capture.session.classes)
      classes[label] = count_of(result.classes, label);
  }
  if (o.capture.redaction)
    document["redacted"] = result.redacted;
  Value& dropped = document["dropped"] = dropped_value(result);
  if (o.capture.keep.any() && o.capture.selection.at_most)
    dropped["at_most"] = count_of(result.dropped, capture::reason::k_at_most);
  if (storage::is_s3_url(o.capture.output)) {
    dropped["spool_full"] = count_of(result.dropped, capture::reason::k_spool_full);
    document["frames_sent"] = result.sent;
  }
  document["output"] = o.capture.output;
  document["problems"] = to_value(result.problems);
  return document;
}

bool is_damaged(const capture::CaptureResult& result) {
  return std::any_of(result.problems.begin(), result.problems.end(),
                     [](const auto& problem) { return problem.severity == Severity::error; });
}

} // namespace mlopsctl::commands
