// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/session_options.hpp"

#include "core/error.hpp"

namespace mlopsctl::commands {

void add_session_options(Args& args, SessionFlags& flags) {
  args.value("--class", flags.only_class, "Class of all frames, for labels.manifest")
      .metavar("NAME");
  args.flag("--session", flags.is_session, "Frames of one class after the other (see below)");
  args.list("--classes", flags.classes, "Classes of the session, in order").metavar("NAME,...");
  args.value("--per-class", flags.per_class, "Frames to keep of each class").metavar("N");
  args.duration("--countdown", flags.countdown_s,
                "Pause before each class of a session (default: 3s with a camera, else none)");
}

capture::SessionOptions session_of(const SessionFlags& flags) {
  const bool has_details = !flags.classes.empty() || flags.per_class || flags.countdown_s;
  if (flags.is_session && flags.only_class)
    throw Error(Fault::usage, "--class: a session has several classes",
                "give --classes, or --class without --session");
  if (flags.is_session && (flags.classes.empty() || !flags.per_class))
    throw Error(Fault::usage, "--session: which classes, and how many frames of each?",
                "give --classes A,B,C --per-class 40");
  if (!flags.is_session && has_details)
    throw Error(Fault::usage, "--classes, --per-class and --countdown belong to --session",
                "give --session as well, or --class NAME for a single class");
  capture::SessionOptions session;
  session.classes = flags.classes;
  session.per_class = flags.per_class;
  session.countdown_s = flags.countdown_s;
  if (flags.only_class) {
    session.classes = {*flags.only_class};
    session.countdown_s = 0;
  }
  capture::check_session(session);
  return session;
}

} // namespace mlopsctl::commands
