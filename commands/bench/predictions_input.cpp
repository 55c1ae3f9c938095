// SPDX-License-Identifier: Apache-2.0
#include "commands/bench/predictions_input.hpp"

#include "formats/labels/format.hpp"

#include <filesystem>
#include <system_error>

namespace mlopsctl::commands {

bench::Predictions read_predictions(const std::vector<std::string>& paths,
                                    const std::string& format, const bench::Truth& truth,
                                    const Context& ctx, bool skips_empty_files) {
  bench::PredictionCollector collector(truth);
  formats::ReadOptions read;
  read.format = format;
  read.allow_ids_only = true;
  read.jobs = ctx.jobs();
  for (const auto& path : paths) {
    std::error_code ignored;
    if (skips_empty_files && std::filesystem::file_size(path, ignored) == 0)
      continue;
    const auto reader = formats::open_labels(path, read);
    try {
      collector.add_all(*reader, path);
    } catch (const Error&) {
      print_problems(ctx, reader->problems());
      throw;
    }
  }
  return collector.finish();
}

} // namespace mlopsctl::commands
