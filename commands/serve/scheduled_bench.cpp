// SPDX-License-Identifier: Apache-2.0
#include "commands/serve/scheduled_bench.hpp"

#include "bench/benchmark.hpp"
#include "bench/local_system.hpp"
#include "core/temporary_folder.hpp"
#include "storage/benchmark_table.hpp"
#include "storage/object_cache.hpp"

namespace mlopsctl::commands {
namespace {

bench::BenchmarkOptions options_for(const ScheduledBench& o, const package::ModelPackage& package,
                                    const std::string& event_id, const Context& ctx) {
  bench::BenchmarkOptions options;
  options.run.threads = o.engine.threads;
  options.run.seed = ctx.options.seed;
  if (package.spec.task == package::Task::classification)
    options.score.protocol = bench::Protocol::accuracy;
  options.score.jobs = ctx.jobs();
  options.score.bootstrap_samples = bench::k_row_bootstrap_samples;
  options.score.seed = ctx.options.seed;
  options.seed = ctx.options.seed;
  options.dataset = o.data.path;
  options.command_line = ctx.command_line;
  options.note = "event " + event_id;
  return options;
}

/// What is read from S3 is read once a run, and does not stay. ("/tmp" is emptied.)
class RunCache {
public:
  RunCache() { storage::object_cache() = folder_.path().string(); }
  ~RunCache() { storage::object_cache().clear(); }
  RunCache(const RunCache&) = delete;
  RunCache& operator=(const RunCache&) = delete;

private:
  TemporaryFolder folder_;
};

Value run_for(const ScheduledBench& o, const package::ModelPackage& package,
              const std::string& event_id, const Context& ctx) {
  const RunCache cache;
  const auto truth = open_truth(o.data, ctx);
  bench::check_fit(package.spec, truth, o.data.path);
  storage::BenchmarkRow wanted;
  wanted.model_digest = package.digest;
  wanted.dataset_digest = bench::dataset_digest(truth);
  storage::seal_for(wanted, event_id);
  Value answer = Value::object();
  answer["id"] = wanted.id;
  const auto table = o.table.empty()
                         ? nullptr
                         : storage::open_benchmark_table(o.table, storage::TableAccess::append);
  if (table && table->contains(wanted)) {
    answer["new"] = false;
    return answer;
  }
  const auto images = find_images(o.data, truth, ctx);
  const auto system = bench::local_system(package, o.engine.name);
  auto outcome =
      bench::run_benchmark(*system, truth, images, options_for(o, package, event_id, ctx), [] {});
  storage::seal_for(outcome.row, event_id);
  if (table)
    answer["new"] = table->append({outcome.row}) == 1;
  answer["row"] = storage::to_value(outcome.row);
  return answer;
}

} // namespace

std::function<Value(const std::string& event_id)>
scheduled_bench(ScheduledBench bench, package::ModelPackage package, const Context& ctx) {
  return [o = std::move(bench), model = std::move(package), &ctx](const std::string& event_id) {
    return run_for(o, model, event_id, ctx);
  };
}

} // namespace mlopsctl::commands
