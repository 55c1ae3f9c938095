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

} // namespace

int transfer_objects(const std::string& verb, storage::TransferPlan& plan, Existing existing,
                     bool dry_run, const Value& document, Context& ctx) {
  const Stopwatch watch;
  const auto count = dry_run ? would_do(plan, ctx) : copy_all(verb, plan, existing, ctx);
  const auto removed = static_cast<std::int64_t>(plan.remove.size());
  if (ctx.options.json) {
    Value result = Value::object();
    result["schema"] = "mlopsctl.store." + verb + "/1";
    for (const auto& [key, value] : document.members)
      result[key] = value;
    result["dry_run"] = dry_run;
    result["objects_copied"] = count.objects;
    result["bytes_copied"] = static_cast<std::int64_t>(count.bytes);
    if (verb == "sync") {
      result["objects_same"] = plan.same;
      result["objects_deleted"] = removed;
    }
    result["seconds"] = watch.seconds();
    ctx.print(result);
    return exit_ok;
  }
  std::string line = plan.to->url_of("") + ": " + std::to_string(count.objects) + " objects (" +
                     bytes_for_people(count.bytes) + ") " +
                     (dry_run ? "would be copied" : "were copied");
  if (verb == "sync")
    line += ", " + std::to_string(plan.same) + " are the same, " + std::to_string(removed) +
            (dry_run ? " would be deleted" : " were deleted");
  ctx.say(line);
  return exit_ok;
}

} // namespace mlopsctl::commands
