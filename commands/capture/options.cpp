// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/options.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "formats/labels/format.hpp"
#include "imaging/codecs.hpp"
#include "storage/object_store.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

void apply_clip_options(CaptureFlags& o) {
  if (!o.clips_s) {
    if (!o.frame_of_clip.empty())
      throw Error(Fault::usage, "--frame-of-clip: there are no clips",
                  "give --clips 500ms as well");
    return;
  }
  constexpr double k_shortest_s = 0.02, k_longest_s = 3600;
  if (!(*o.clips_s >= k_shortest_s && *o.clips_s <= k_longest_s))
    throw Error(Fault::usage, "--clips: " + number(*o.clips_s) + " s is not from 20ms to 3600s");
  if (!o.keep.empty() || o.frames.selection.at_most || !o.report.empty())
    throw Error(Fault::usage, "--keep, --at-most and --report choose and show frames, not clips",
                "capture the clips, then their frames: mlopsctl capture clip000000.mp4 ...");
  constexpr double k_longest_to_store_s = 60; // a file on its way to a store is in memory
  if (*o.clips_s > k_longest_to_store_s && storage::is_s3_url(o.capture.output))
    throw Error(Fault::usage,
                "--clips: " + number(*o.clips_s) + " s is over the 60s of clips in S3",
                "give shorter ones, or -o DIR, then: mlopsctl store sync DIR " + o.capture.output);
  o.capture.clips.length_s = *o.clips_s;
  if (!o.frame_of_clip.empty())
    o.capture.clips.picture = capture::parse_clip_picture(o.frame_of_clip);
  if (const auto& size = o.capture.size; size && (size->first % 2 != 0 || size->second % 2 != 0))
    throw Error(Fault::usage,
                "--size: " + std::to_string(size->first) + "x" + std::to_string(size->second) +
                    " is odd; H.264 halves both sides",
                "give even numbers");
}

void apply_session_options(CaptureFlags& o) {
  o.capture.session = session_of(o.session);
  if (o.capture.session.any() && (o.capture.clips.any() || o.frames.selection.at_most))
    throw Error(Fault::usage, "--class and --session label frames as they come",
                "leave out --clips and --at-most; --keep may choose among the frames");
}

/// What belongs together would be torn apart.
void refuse_dropping(const CaptureFlags& o) {
  if (o.store.rules.on_full != capture::OnFull::drop_oldest)
    return;
  if (o.capture.session.any())
    throw Error(Fault::usage, "--on-full drop-oldest: classes count their frames and label them",
                "let it stop (--on-full stop), with a larger --spool-limit");
  if (o.capture.clips.picture != capture::ClipPicture::none)
    throw Error(Fault::usage, "--on-full drop-oldest: a clip and its --frame-of-clip stay together",
                "leave out one of the two");
}

} // namespace

void apply_capture_options(CaptureFlags& o) {
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
  refuse_dropping(o);
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

void add_capture_options(Args& args, CaptureFlags& flags) {
  add_frame_options(args, flags.frames,
                    "This many, evenly spread (with --keep: as different as can be)");
  args.list("--keep", flags.keep, "Of these only what is sharp, distinct or still (see below)")
      .metavar("RULE,...");
  args.duration("--clips", flags.clips_s, "Store clips of this length, not frames (500ms)");
  args.value("--frame-of-clip", flags.frame_of_clip,
             "A JPEG beside each clip: its first, middle or last frame")
      .metavar("WHICH");
  add_session_options(args, flags.session);
  args.value("--report", flags.report, "Page that shows kept and dropped frames with the reasons")
      .metavar("FILE.html");
  add_redact_options(args, flags.redact);
  args.size("--size", flags.capture.size, "Size of the stored frames (default: as they come)");
  args.value("--quality", flags.capture.quality,
             "JPEG quality, 1 to 100; full colour from 90 on, where the source has it")
      .metavar("Q");
  args.value("--name", flags.name, "File names; {index} counts kept frames, {frame} all")
      .metavar("TEMPLATE")
      .default_text("frame{index:06}.jpg, clip{index:06}.mp4");
  args.value("--max-gap", flags.capture.max_gap_s,
             "Seconds that a camera or endless stream may be away; 0: its first stop is its end")
      .metavar("S");
  args.value("--assume-fps", flags.capture.assume_fps, "Frame rate of a source without time stamps")
      .metavar("R")
      .default_text("none");
  add_spool_options(args, flags.spool);
}

std::unique_ptr<dataset::SampleWriter>
create_class_labels(const std::string& path, const std::string& attribute,
                    const std::vector<std::string>& classes) {
  formats::WriteOptions options;
  options.format = "ground_truth";
  options.existing = Existing::replace; // in a folder of ours
  options.label_attribute = attribute;
  options.classes = classes;
  return formats::create_labels(path, options);
}

} // namespace mlopsctl::commands
