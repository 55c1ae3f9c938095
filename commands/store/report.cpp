// SPDX-License-Identifier: Apache-2.0
#include "commands/store/report.hpp"

#include "core/log.hpp"
#include "core/text.hpp"
#include "core/time.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

constexpr int k_objects_at_once = 16; ///< mostly waiting for the server

std::string arrow(const storage::TransferPlan& plan, const storage::TransferItem& item) {
  return plan.from->url_of(item.from.name) + " -> " + plan.to->url_of(item.to);
}

storage::TransferCount would_do(const storage::TransferPlan& plan, const Context& ctx) {
  storage::TransferCount count;
  for (const auto& item : plan.items) {
    ctx.say("would copy " + arrow(plan, item));
    ++count.objects;
    count.bytes += item.from.size_bytes;
  }
  for (const auto& name : plan.remove)
    ctx.say("would delete " + plan.to->url_of(name));
  return count;
}

storage::TransferCount copy_all(const std::string& verb, storage::TransferPlan& plan,
                                Existing existing, const Context& ctx) {
  const auto progress =
      ctx.progress("store " + verb, static_cast<std::int64_t>(plan.items.size()), "objects");
  return storage::run_transfer(plan, existing, std::max(ctx.options.jobs, k_objects_at_once),
                               [&](const storage::TransferItem& item) {
                                 progress->advance();
                                 log::verbose(arrow(plan, item));
                               });
}

Value to_document(const TransferReport& report) {
  Value document = Value::object();
  document["schema"] = "mlopsctl.store." + report.verb + "/1";
  document["source"] = report.source;
  document["output"] = report.output;
  document["dry_run"] = report.dry_run;
  document["objects_copied"] = report.copied.objects;
  document["bytes_copied"] = static_cast<std::int64_t>(report.copied.bytes);
  if (report.verb == "sync") {
    document["objects_same"] = report.same;
    document["objects_deleted"] = report.deleted;
  }
  document["seconds"] = report.seconds;
  return document;
}

} // namespace

void print_transfer(const TransferReport& report, const Context& ctx) {
  if (ctx.options.json) {
    ctx.print(to_document(report));
    return;
  }
  const auto& copied = report.copied;
  std::string line = report.output + ": " + std::to_string(copied.objects) +
                     (copied.objects == 1 ? " object (" : " objects (") +
                     bytes_for_people(copied.bytes) + ") " +
                     (report.dry_run ? "would be copied" : "copied");
  if (report.verb == "sync")
    line += ", " + std::to_string(report.same) + " the same, " + std::to_string(report.deleted) +
            (report.dry_run ? " would be deleted" : " deleted");
  ctx.say(line);
}

void run_plan(storage::TransferPlan& plan, Existing existing, TransferReport& report,
              const Context& ctx) {
  const Stopwatch watch;
  report.copied = report.dry_run ? would_do(plan, ctx) : copy_all(report.verb, plan, existing, ctx);
  report.same = plan.same;
  report.deleted = static_cast<std::int64_t>(plan.remove.size());
  report.seconds = watch.seconds();
  print_transfer(report, ctx);
}

} // namespace mlopsctl::commands
