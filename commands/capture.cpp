// SPDX-License-Identifier: Apache-2.0
// capture: frames of a video, a camera, a folder or the test pattern as JPEG files with a journal.
#include "capture/capture.hpp"

#include "capture/store_capture.hpp"
#include "commands/command.hpp"
#include "commands/frame_options.hpp"
#include "commands/redact_options.hpp"
#include "commands/remote_options.hpp"
#include "commands/session_options.hpp"
#include "commands/session_view.hpp"
#include "commands/spool_options.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "formats/labels/format.hpp"
#include "imaging/codecs.hpp"
#include "report/capture_page.hpp"
#include "storage/object_store.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace mlopsctl::commands {
namespace {

struct Options {
  capture::CaptureOptions capture;
  FrameOptions frames;
  SpoolOptions spool;
  capture::StoreOptions store;
  SessionFlags session;
  std::vector<std::string> keep;
  std::optional<double> clips_s;
  std::string frame_of_clip;
  std::string name; ///< empty: by what is stored
  RedactOptions redact;
  std::string report;
};

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

void apply_clip_options(Options& o) {
  if (!o.clips_s) {
    if (!o.frame_of_clip.empty())
      throw Error(Fault::usage, "--frame-of-clip: there are no clips",
                  "give --clips 500ms as well");
    return;
  }
  constexpr double k_shortest_s = 0.02, k_longest_s = 3600;
  if (!(*o.clips_s >= k_shortest_s && *o.clips_s <= k_longest_s))
    throw Error(Fault::usage, "--clips: " + number(*o.clips_s) + " s is not from 20ms to 3600s");
  if (storage::is_s3_url(o.capture.output))
    throw Error(Fault::usage, "--clips: clips go to a folder on this machine",
                "give -o DIR, then: mlopsctl store sync DIR " + o.capture.output);
  if (!o.keep.empty() || o.frames.selection.at_most || !o.report.empty())
    throw Error(Fault::usage, "--keep, --at-most and --report choose and show frames, not clips",
                "capture the clips, then their frames: mlopsctl capture clip000000.mp4 ...");
  o.capture.clips.length_s = *o.clips_s;
  if (!o.frame_of_clip.empty())
    o.capture.clips.picture = capture::parse_clip_picture(o.frame_of_clip);
  if (const auto& size = o.capture.size; size && (size->first % 2 != 0 || size->second % 2 != 0))
    throw Error(Fault::usage,
                "--size: " + std::to_string(size->first) + "x" + std::to_string(size->second) +
                    " is odd; H.264 halves both sides",
                "give even numbers");
}

void apply_session_options(Options& o) {
  o.capture.session = session_of(o.session);
  if (o.capture.session.any() && storage::is_s3_url(o.capture.output))
    throw Error(Fault::usage, "--class and --session write to a folder on this machine",
                "give -o DIR, then: mlopsctl store sync DIR " + o.capture.output);
  if (o.capture.session.any() && (o.capture.clips.any() || o.frames.selection.at_most))
    throw Error(Fault::usage, "--class and --session label frames as they come",
                "leave out --clips and --at-most; --keep may choose among the frames");
}

void validate(Options& o) {
  apply_clip_options(o);
  apply_session_options(o);
  o.capture.name = !o.name.empty()         ? o.name
                   : o.capture.clips.any() ? "clip{index:06}.mp4"
                                           : "frame{index:06}.jpg";
  apply_frame_options(o.frames, !o.keep.empty());
  o.capture.selection = o.frames.selection;
  o.capture.keep = capture::parse_keep(o.keep);
  constexpr double k_most_fps = 1000;
  if (o.capture.assume_fps < 0 || o.capture.assume_fps > k_most_fps)
    throw Error(Fault::usage,
                "--assume-fps: " + number(o.capture.assume_fps) + " is not above 0 and up to 1000");
  constexpr double k_longest_gap_s = 7 * 24 * 3600;
  if (!(o.capture.max_gap_s >= 0 && o.capture.max_gap_s <= k_longest_gap_s))
    throw Error(Fault::usage, "--max-gap: " + number(o.capture.max_gap_s) + " is not from 0 to " +
                                  number(k_longest_gap_s) + " s");
  if (o.capture.quality < 1 || o.capture.quality > 100)
    throw Error(Fault::usage,
                "--quality: " + std::to_string(o.capture.quality) + " is not 1 to 100");
  const bool is_remote = storage::is_s3_url(o.capture.output);
  if (o.capture.output == "-" || (!is_remote && o.capture.output.find("://") != std::string::npos))
    throw Error(Fault::usage, "--output: '" + o.capture.output + "' is not a folder",
                "capture writes to a folder on this machine, or to s3://BUCKET/PREFIX");
  o.store = store_options_of(o.spool, is_remote);
  constexpr int k_most_px = 65500; // a side of a JPEG
  if (const auto& size = o.capture.size;
      size && (std::max(size->first, size->second) > k_most_px ||
               std::int64_t{size->first} * size->second > imaging::max_pixels()))
    throw Error(Fault::usage,
                "--size: " + std::to_string(size->first) + "x" + std::to_string(size->second) +
                    " is above " + std::to_string(k_most_px) + " pixels a side or " +
                    std::to_string(imaging::max_pixels()) + " in all",
                "give a smaller size");
}

std::unique_ptr<dataset::SampleWriter> create_labels(const std::string& path,
                                                     const std::string& attribute,
                                                     const std::vector<std::string>& classes) {
  formats::WriteOptions options;
  options.format = "ground_truth";
  options.existing = Existing::replace; // in a folder of ours
  options.label_attribute = attribute;
  options.classes = classes;
  return formats::create_labels(path, options);
}

std::int64_t count_of(const capture::CaptureResult& result, const char* reason) {
  const auto found = result.dropped.find(reason);
  return found == result.dropped.end() ? 0 : found->second;
}

/// "; dropped: 12 blurred, 30 duplicate", or nothing.
std::string dropped_text(const capture::CaptureResult& result) {
  std::string text;
  for (const auto& [reason, count] : result.dropped)
    text += (text.empty() ? "; dropped: " : ", ") + std::to_string(count) + " " + reason;
  return text;
}

/// "20 clips with 600 frames", or "600 frames".
std::string kept_text(const Options& o, const capture::CaptureResult& result) {
  const auto frames = std::to_string(result.kept) + " frames";
  return o.capture.clips.any() ? std::to_string(result.clips.written) + " clips with " + frames
                               : frames;
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

void print_result(const Context& ctx, const Options& o, const capture::CaptureResult& result,
                  double seconds) {
  ctx.say(o.capture.output + ": " + kept_text(o, result) + " kept of " +
          std::to_string(result.read) + " read from " + result.source + " in " + fixed(seconds, 1) +
          " s" + dropped_text(result) + left_out_text(result.clips) +
          (o.capture.redaction ? "; redacted: " + std::to_string(result.redacted) + " faces" : ""));
  if (!ctx.options.json)
    return;
  Value document = Value::object();
  document["schema"] = "mlopsctl.capture/1";
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
      classes[label] = result.classes.at(label);
  }
  if (o.capture.redaction)
    document["redacted"] = result.redacted;
  Value dropped = Value::object();
  for (const auto* reason : {"blurred", "duplicate", "transition"})
    dropped[reason] = count_of(result, reason);
  if (o.capture.keep.any() && o.capture.selection.at_most)
    dropped["at_most"] = count_of(result, capture::reason::k_at_most);
  dropped["unreadable"] = result.unreadable;
  if (storage::is_s3_url(o.capture.output)) {
    dropped["spool_full"] = count_of(result, capture::reason::k_spool_full);
    document["frames_sent"] = result.sent;
  }
  document["dropped"] = std::move(dropped);
  document["output"] = o.capture.output;
  document["seconds"] = seconds;
  document["problems"] = to_value(result.problems);
  ctx.print(document);
}

capture::CaptureResult capture_to_output(const Options& o, const std::function<void()>& on_read) {
  return storage::is_s3_url(o.capture.output)
             ? capture::capture_to_store(o.capture, o.store, create_labels, on_read)
             : capture::capture(o.capture, create_labels, on_read);
}

/// A session shows its classes instead of the number of frames.
capture::CaptureResult capture_with_progress(Options& o, const Context& ctx) {
  if (!o.session.is_session) {
    const auto progress = ctx.progress("capture", 0, "frames");
    return capture_to_output(o, [&] { progress->advance(); });
  }
  SessionView view(ctx.err, ctx.show_progress, *o.capture.session.per_class);
  if (!ctx.options.quiet)
    o.capture.session.on_state = [&](const capture::SessionState& state) { view.show(state); };
  return capture_to_output(o, [] {});
}

int run(Options& o, Context& ctx) {
  const Stopwatch watch;
  std::optional<report::CapturePage> page;
  if (!o.report.empty()) {
    page.emplace(create_sink(o.report, ctx.existing()));
    o.capture.on_decided = [&](const capture::JournalEntry& entry, const std::string& thumbnail) {
      page->add(card_of(entry, thumbnail));
    };
  }
  const auto result = capture_with_progress(o, ctx);
  if (result.is_interrupted) {
    const bool is_final = result.is_live && !o.capture.session.any();
    log::warn("interrupted: " + kept_text(o, result) + " are kept in " + o.capture.output +
              (is_final ? "" : "; --resume goes on from there"));
    check_interrupt();
  }
  if (page)
    page->finish(result.source, std::to_string(result.kept) + " frames kept of " +
                                    std::to_string(result.read) + " read" + dropped_text(result));
  print_result(ctx, o, result, watch.seconds());
  print_problems(ctx, result.problems);
  const bool is_damaged =
      std::any_of(result.problems.begin(), result.problems.end(),
                  [](const auto& problem) { return problem.severity == Severity::error; });
  return is_damaged ? exit_failed : exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("SOURCE", o->capture.source,
             "Video file, folder of pictures, camera:0, rtsp://..., or pattern:shapes")
      .required();
  args.output(o->capture.output,
              "Folder or s3://BUCKET/PREFIX for the frames, frames.jsonl, labels")
      .required();
  add_frame_options(args, o->frames,
                    "This many, evenly spread (with --keep: as different as can be)");
  args.list("--keep", o->keep, "Of these only what is sharp, distinct or still (see below)")
      .metavar("RULE,...");
  args.duration("--clips", o->clips_s, "Store clips of this length, not frames (500ms)");
  args.value("--frame-of-clip", o->frame_of_clip,
             "A JPEG beside each clip: its first, middle or last frame")
      .metavar("WHICH");
  add_session_options(args, o->session);
  args.value("--report", o->report, "Page that shows kept and dropped frames with the reasons")
      .metavar("FILE.html");
  add_redact_options(args, o->redact);
  args.size("--size", o->capture.size, "Size of the stored frames (default: as they come)");
  args.value("--quality", o->capture.quality,
             "JPEG quality, 1 to 100; full colour from 90 on, where the source has it")
      .metavar("Q");
  args.value("--name", o->name, "File names; {index} counts kept frames, {frame} all")
      .metavar("TEMPLATE")
      .default_text("frame{index:06}.jpg, clip{index:06}.mp4");
  args.value("--max-gap", o->capture.max_gap_s,
             "Seconds that a camera or endless stream may be away; 0: its first stop is its end")
      .metavar("S");
  args.value("--assume-fps", o->capture.assume_fps, "Frame rate of a source without time stamps")
      .metavar("R")
      .default_text("none");
  args.flag("--resume", o->capture.resume, "Go on behind the last frame in the journal");
  add_spool_options(args, o->spool);
  add_remote_options(args);
  add_cache_option(args);
  return [o](Context& ctx) {
    validate(*o);
    o->capture.redaction = redaction_of(o->redact, ctx.options.set);
    o->capture.jobs = ctx.jobs();
    o->capture.overwrite = ctx.options.overwrite;
    return run(*o, ctx);
  };
}

} // namespace
extern const Command capture_command;
const Command capture_command{
    "capture", "Turn a video, a camera or a folder into frames worth keeping, or into clips",
    declare};
} // namespace mlopsctl::commands
