// SPDX-License-Identifier: Apache-2.0
// bench load: send pictures to a service, measure how fast and how right it answers, keep a row.
#include "bench/load.hpp"

#include "bench/redact.hpp"
#include "commands/bench/report.hpp"
#include "commands/bench/row.hpp"
#include "commands/bench/truth_input.hpp"
#include "commands/command.hpp"
#include "commands/service_choice.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "storage/benchmark_table.hpp"
#include "storage/copy_rows.hpp"
#include "storage/find_rows.hpp"

namespace mlopsctl::commands {
namespace {

constexpr int k_open_clients = 64; ///< requests under way at once in an open loop
constexpr int k_most_clients = 4096;
constexpr double k_most_rate = 1e6;

struct Options {
  std::string url;
  TruthOptions data;
  std::optional<double> rate;
  std::optional<int> concurrency;
  std::string arrivals = "even";
  std::string encoding = "raw";
  std::optional<double> duration_s, timeout_s, ready_timeout_s;
  std::string token_file;
  RowOptions row;
};

void validate(const Options& o) {
  if (o.arrivals != "even" && !o.rate)
    throw Error(Fault::usage, "--arrivals is for --rate");
  if (o.rate && !(*o.rate > 0 && *o.rate <= k_most_rate))
    throw Error(Fault::usage,
                "--rate: " + number(*o.rate) + " is not over 0, up to " + number(k_most_rate),
                "such as --rate 10");
  if (o.concurrency && (*o.concurrency < 1 || *o.concurrency > k_most_clients))
    throw Error(Fault::usage, "--concurrency: " + std::to_string(*o.concurrency) +
                                  " is not from 1 to " + std::to_string(k_most_clients));
}

bench::LoadOptions load_options(const Options& o, const Context& ctx) {
  bench::LoadOptions options;
  options.service = service_options(o.url, o.token_file);
  options.service.encoding = o.encoding == "multipart" ? bench::Encoding::multipart
                             : o.encoding == "base64"  ? bench::Encoding::base64
                                                       : bench::Encoding::raw;
  options.rate_per_s = o.rate.value_or(0);
  options.arrivals = o.arrivals == "poisson" ? bench::Arrivals::poisson : bench::Arrivals::even;
  options.clients = o.concurrency.value_or(o.rate ? k_open_clients : 1);
  options.duration_s = o.duration_s.value_or(options.duration_s);
  options.service.timeout_s = o.timeout_s.value_or(options.service.timeout_s);
  options.service.ready_timeout_s = o.ready_timeout_s.value_or(options.service.ready_timeout_s);
  options.seed = ctx.options.seed;
  return options;
}

/// \throws Error(usage) as the row's own options would.
storage::BenchmarkRow measured_row(const Options& o, const bench::LoadOptions& options,
                                   const std::optional<bench::ScoreOptions>& scoring,
                                   const bench::Truth& truth, const bench::LoadResult& result,
                                   const Context& ctx) {
  auto row = bench::load_row(result, options, truth, scoring, o.data.path);
  row.tag = bench::without_secrets(o.row.tag);
  row.note = bench::without_secrets(o.row.note);
  row.command_line = bench::redact_command_line(ctx.command_line);
  row.seed = static_cast<std::int64_t>(ctx.options.seed);
  bench::describe_service(options.service, row);
  storage::seal(row);
  return row;
}

void warn_of_quality(const bench::LoadResult& result, std::size_t images) {
  if (result.is_unreadable()) {
    log::warn("the replies have no detections or classes with scores: how right they are is not "
              "measured");
    return;
  }
  if (result.predictions.size() < images)
    log::warn("only " + std::to_string(result.predictions.size()) + " of " +
              std::to_string(images) +
              " images were answered in this time: the others count as "
              "images in which nothing was found");
  if (result.unread > 0)
    log::warn("replies to " + std::to_string(result.unread) +
              " images have no detections or classes with scores: they count as images in which "
              "nothing was found");
}

void warn_of_speed(const bench::LoadResult& result, const bench::LoadOptions& options) {
  std::int64_t failed = 0;
  std::string codes;
  for (const auto& [status, count] : result.statuses) {
    if (status == 200)
      continue;
    failed += count;
    codes += (codes.empty() ? "" : ", ") + std::to_string(count) + " times " +
             (status == 0 ? "no reply (" + result.first_failure + ")" : std::to_string(status));
  }
  if (failed > 0)
    log::warn("not answered with 200: " + codes + "; latency is of the others");
  if (result.not_sent > 0)
    log::warn(std::to_string(result.not_sent) + " requests were not sent: " +
              std::to_string(options.clients) + " were under way (--concurrency)");
  const auto done = static_cast<double>(result.latency_ns.size()) / result.seconds;
  if (done < 0.9 * options.rate_per_s)
    log::warn("the service does " + fixed(done, 1) + " images/s, and " +
              fixed(options.rate_per_s, 1) + " were sent");
}

bench::ScoreOptions score_options(const Options& o, bench::TruthKind kind, const Context& ctx) {
  bench::ScoreOptions scoring;
  scoring.protocol = kind == bench::TruthKind::classification
                         ? bench::Protocol::accuracy
                         : bench::protocol_from_name(o.row.protocol);
  scoring.jobs = ctx.jobs();
  scoring.wants_details = true;
  scoring.seed = ctx.options.seed;
  return scoring;
}

int run(const Options& o, Context& ctx) {
  const auto pictures = pictures_without_truth(o.data);
  const bench::Truth truth = pictures ? *pictures : open_truth(o.data, ctx);
  const auto scoring = pictures ? std::nullopt : std::optional(score_options(o, truth.kind, ctx));
  if (!scoring)
    log::info(o.data.path + ": has no labels: how right the replies are is not measured");
  const auto gates = parse_gates(o.row.gate, bench::load_number_names(scoring));
  const auto images = find_images(o.data, truth, ctx);
  const auto options = load_options(o, ctx);
  const auto table = storage::open_benchmark_table(o.row.table, storage::TableAccess::append);
  std::vector<storage::BenchmarkRow> baselines;
  if (!o.row.gate.baseline.empty())
    baselines = storage::find_rows(*table, o.row.table, o.row.gate.baseline);
  const auto result = bench::run_load(images, options);
  const auto row = measured_row(o, options, scoring, truth, result, ctx);
  storage::append_measured(*table, o.row.table, row);
  warn_of_speed(result, options);
  if (scoring)
    warn_of_quality(result, images.size());
  std::optional<storage::BenchmarkRow> baseline;
  if (!baselines.empty())
    baseline = bench::choose_baseline(baselines, row, gates, o.row.gate.baseline);
  if (ctx.options.json)
    ctx.print(rows_document({row}));
  else
    ctx.print(rows_table({row}));
  return check_gates(gates, {{row, baseline}}, ctx);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("URL", o->url, "Where pictures are posted to, such as http://127.0.0.1:8080/predict")
      .required();
  add_truth_options(args, o->data, "--data", true,
                    "Pictures to send: a labelled data set in any format, or a folder of pictures");
  args.value("--rate", o->rate, "Open loop: requests that start in a second, come what may")
      .metavar("R");
  args.value("--concurrency", o->concurrency,
             "Closed loop: clients, each sends when it has its reply (with --rate: at most so many "
             "requests under way)")
      .metavar("N")
      .default_text("1; with --rate 64");
  args.value("--arrivals", o->arrivals, "With --rate: at even distances, or at random ones")
      .choices({"even", "poisson"});
  args.duration("--duration", o->duration_s, "How long to send").default_text("30s");
  args.value("--encoding", o->encoding, "How a picture is sent: its bytes, a form, or base64 JSON")
      .choices({"raw", "multipart", "base64"});
  args.duration("--timeout", o->timeout_s, "For a request").default_text("60s");
  args.duration("--ready-timeout", o->ready_timeout_s, "For a service that answers 503 at first")
      .default_text("10s");
  add_token_option(args, o->token_file, "File with the token that the service wants");
  add_row_options(args, o->row);
  return [o](Context& ctx) {
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command bench_load;
const Command bench_load{"bench load", "Measure a service under load", declare};
} // namespace mlopsctl::commands
