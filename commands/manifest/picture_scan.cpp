// SPDX-License-Identifier: Apache-2.0
#include "commands/manifest/picture_scan.hpp"

#include "core/digest.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/parallel.hpp"
#include "dataset/near_duplicates.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace mlopsctl::commands {
namespace {

constexpr const char* k_rule = "picture-unreadable";

PictureFacts facts_of(const PictureJob& job, const ScanOptions& options) {
  PictureFacts facts;
  const auto fail = [&](const std::string& text) {
    facts.problem = Problem{k_rule, Severity::error, job.place, text};
  };
  if (!job.path) {
    fail("'" + job.ref + "': the picture was not found; name its folder with --images");
    return facts;
  }
  try {
    const auto source = open_source(*job.path);
    const std::string_view bytes = source->mapped().value_or(std::string_view{});
    facts.look = imaging::look_at(bytes, *job.path, options.scale);
    if (options.with_digests)
      facts.digest = sha256(bytes);
  } catch (const Error& error) {
    const std::string text = error.what(); // the place is said before it already
    const std::string start = job.place + ": ";
    fail(text.starts_with(start) ? text.substr(start.size()) : text);
  }
  return facts;
}

} // namespace

void scan_pictures(const Context& ctx, const ScanOptions& options,
                   const std::function<std::optional<PictureJob>()>& next,
                   const std::function<void(PictureFacts&&)>& take) {
  const auto progress = ctx.progress("look at pictures", 0, "pictures");
  ordered_parallel<PictureJob, PictureFacts>(
      ctx.jobs(),
      [&]() {
        check_interrupt();
        return next();
      },
      [options](PictureJob&& job) { return facts_of(job, options); },
      [&](PictureFacts&& facts) {
        progress->advance();
        take(std::move(facts));
      });
}

void refuse_unread_pictures(const Context& ctx, const Problems& problems, const std::string& hint) {
  const auto count = std::count_if(problems.begin(), problems.end(),
                                   [](const Problem& problem) { return problem.rule == k_rule; });
  if (count == 0)
    return;
  print_problems(ctx, problems);
  throw Error(Fault::input,
              std::to_string(count) + (count == 1 ? " picture" : " pictures") +
                  " could not be read, nothing was written",
              hint);
}

void add_distance_option(Args& args, int& distance) {
  args.value("--distance", distance,
             "Pictures are near-duplicates if their fingerprints differ in at most N of 64 bits")
      .metavar("N");
}

void check_distance(int distance) {
  if (distance < 0 || distance > dataset::k_max_distance)
    throw Error(Fault::usage, "--distance: " + std::to_string(distance) + " is not from 0 to " +
                                  std::to_string(dataset::k_max_distance));
}

} // namespace mlopsctl::commands
