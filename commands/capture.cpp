// SPDX-License-Identifier: Apache-2.0
// capture: frames of a video, a camera, a folder or the test pattern as JPEG files with a journal.
#include "commands/capture/options.hpp"
#include "commands/capture/report.hpp"
#include "commands/capture/session_view.hpp"
#include "commands/capture/sources.hpp"
#include "commands/command.hpp"
#include "commands/remote_options.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/log.hpp"
#include "core/time.hpp"

#include <memory>
#include <string>

namespace mlopsctl::commands {
namespace {

/// A session shows its classes instead of the number of frames.
capture::CaptureResult capture_with_progress(CaptureFlags& o, const Context& ctx) {
  if (!o.session.is_session) {
    const auto progress = ctx.progress("capture", 0, "frames");
    return capture::capture_anywhere(o.capture, o.store, create_class_labels,
                                     [&] { progress->advance(); });
  }
  SessionView view(ctx.err, ctx.show_progress, *o.capture.session.per_class);
  if (!ctx.options.quiet)
    o.capture.session.on_state = [&](const capture::SessionState& state) { view.show(state); };
  return capture::capture_anywhere(o.capture, o.store, create_class_labels, [] {});
}

int run(CaptureFlags& o, Context& ctx) {
  const Stopwatch watch;
  apply_capture_options(o);
  o.capture.redaction = redaction_of(o.redact, ctx.options.set);
  o.capture.jobs = ctx.jobs();
  CaptureReport report(o.report, ctx.existing(), o.capture);
  const auto result = capture_with_progress(o, ctx);
  if (result.is_interrupted) {
    const bool is_final = result.is_live && !o.capture.session.any();
    log::warn("interrupted: " + kept_text(o, result) + " are kept in " + o.capture.output +
              (is_final ? "" : "; --resume goes on from there"));
    check_interrupt();
  }
  report.finish(result);
  ctx.say(result_text(o, result, watch.seconds()));
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = k_capture_schema;
    for (auto& [key, value] : to_value(o, result).members)
      document[key] = std::move(value);
    document["seconds"] = watch.seconds();
    ctx.print(document);
  }
  print_problems(ctx, result.problems);
  return is_damaged(result) ? exit_failed : exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<CaptureFlags>();
  auto sources = std::make_shared<std::string>();
  args.value("SOURCE", o->capture.source,
             "Video file, folder of pictures, camera:0, rtsp://..., or pattern:shapes")
      .default_text("");
  args.value("--sources", *sources, "Many sources at once, with their settings (see below)")
      .metavar("FILE.yaml")
      .guarded();
  args.output(o->capture.output,
              "Folder or s3://BUCKET/PREFIX for the frames, frames.jsonl, labels")
      .required();
  args.flag("--resume", o->capture.resume, "Go on behind the last frame in the journal");
  add_capture_options(args, *o);
  add_remote_options(args);
  add_cache_option(args);
  return [o, sources](Context& ctx) {
    if (o->capture.source.empty() == sources->empty())
      throw Error(Fault::usage,
                  sources->empty() ? "SOURCE is missing"
                                   : "SOURCE and --sources are two ways to say what is captured",
                  sources->empty()
                      ? "a video, a camera:0, a folder ...: see 'mlopsctl capture --help'"
                      : "give one of them");
    o->capture.overwrite = ctx.options.overwrite;
    return sources->empty() ? run(*o, ctx) : capture_sources(*sources, *o, ctx);
  };
}

} // namespace
extern const Command capture_command;
const Command capture_command{
    "capture", "Turn a video, a camera or a folder into frames worth keeping, or into clips",
    declare};
} // namespace mlopsctl::commands
