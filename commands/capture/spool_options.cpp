// SPDX-License-Identifier: Apache-2.0
#include "commands/capture/spool_options.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {
namespace {

constexpr const char* k_stop = "stop";
constexpr const char* k_drop_oldest = "drop-oldest";

void refuse_without_store(const SpoolOptions& o) {
  const char* given = !o.folder.empty()    ? "--spool"
                      : !o.limit.empty()   ? "--spool-limit"
                      : !o.on_full.empty() ? "--on-full"
                      : o.gap_s            ? "--store-gap"
                                           : nullptr;
  if (given != nullptr)
    throw Error(Fault::usage, std::string(given) + ": nothing waits on the way to a folder",
                "it goes with -o s3://BUCKET/PREFIX");
}

} // namespace

void add_spool_options(Args& args, SpoolOptions& options) {
  constexpr const char* k_section = "Options of an output in S3";
  args.value("--spool", options.folder, "Where frames wait until they are stored")
      .metavar("DIR")
      .default_text("~/.local/state/mlopsctl/spool")
      .section(k_section);
  args.value("--spool-limit", options.limit, "How much may wait there")
      .metavar("SIZE")
      .default_text("1GiB")
      .section(k_section);
  args.value("--on-full", options.on_full, "What a live source does then; others wait")
      .choices({k_stop, k_drop_oldest})
      .default_text(k_stop)
      .section(k_section);
  args.duration("--store-gap", options.gap_s,
                "How long the store may be away when there is nothing to do but wait")
      .default_text("60s")
      .section(k_section);
}

capture::StoreOptions store_options_of(const SpoolOptions& options, bool is_remote) {
  capture::StoreOptions store;
  if (!is_remote) {
    refuse_without_store(options);
    return store;
  }
  store.spool = options.folder;
  if (!options.limit.empty()) {
    const auto bytes = parse_bytes(options.limit);
    if (!bytes || *bytes == 0)
      throw Error(Fault::usage,
                  "--spool-limit: '" + printable(options.limit) + "' is not a size above 0",
                  "such as 500MB or 1GiB");
    store.rules.limit_bytes = *bytes;
  }
  if (options.on_full == k_drop_oldest)
    store.rules.on_full = capture::OnFull::drop_oldest;
  store.rules.gap_s = options.gap_s.value_or(store.rules.gap_s);
  return store;
}

} // namespace mlopsctl::commands
