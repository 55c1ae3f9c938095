// SPDX-License-Identifier: Apache-2.0
#include "commands/bench/transfer.hpp"

#include "storage/benchmark_table.hpp"
#include "storage/copy_rows.hpp"

#include <filesystem>

namespace mlopsctl::commands {
namespace {

storage::CopyCount copy(const std::string& verb, const TransferOptions& o,
                        const std::vector<storage::BenchmarkRow>& rows, const Context& ctx) {
  std::error_code ignored;
  const auto file = o.to.starts_with("sqlite:") ? o.to.substr(7) : o.to;
  const bool is_file = file.find("://") == std::string::npos;
  if (o.dry_run && is_file && !std::filesystem::exists(file, ignored))
    return {static_cast<std::int64_t>(rows.size()), static_cast<std::int64_t>(rows.size())};
  const auto access = o.dry_run ? storage::TableAccess::read : storage::TableAccess::append;
  const auto to = storage::open_benchmark_table(o.to, access);
  if (o.dry_run)
    return storage::count_new_rows(rows, *to);
  const auto progress =
      ctx.progress("bench " + verb, static_cast<std::int64_t>(rows.size()), "rows");
  return storage::copy_rows(rows, *to, [&](std::int64_t count) { progress->advance(count); });
}

} // namespace

int transfer_rows(const std::string& verb, const TransferOptions& o, Context& ctx) {
  const auto from = storage::open_benchmark_table(o.from, storage::TableAccess::read);
  const auto rows = from->rows();
  const auto count = copy(verb, o, rows, ctx);
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.bench." + verb + "/1";
    document["source"] = o.from;
    document["output"] = o.to;
    document["dry_run"] = o.dry_run;
    document["rows_read"] = count.read;
    document["rows_added"] = count.added;
    document["rows_there"] = count.read - count.added;
    ctx.print(document);
  } else {
    ctx.say(o.to + ": " + std::to_string(count.added) + " of " + std::to_string(count.read) +
            " rows " + (o.dry_run ? "would be added" : "were added") + ", " +
            std::to_string(count.read - count.added) + " were there");
  }
  return exit_ok;
}

} // namespace mlopsctl::commands
