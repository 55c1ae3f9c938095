// SPDX-License-Identifier: Apache-2.0
#include "bench/load.hpp"

#include "bench/benchmark.hpp"
#include "bench/latency.hpp"
#include "bench/redact.hpp"
#include "bench/service_reply.hpp"
#include "core/error.hpp"
#include "core/interrupt.hpp"
#include "core/io.hpp"
#include "core/pause.hpp"
#include "core/time.hpp"
#include "net/http.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>

namespace mlopsctl::bench {
namespace {

Clock::duration to_duration(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

/// What the model and the waiting for it took; "receive" is a part of the upload.
std::int64_t work_ns(const std::map<std::string, double>& timing) {
  double sum_ms = 0;
  for (const char* stage : {"queue", "decode", "preprocess", "infer", "postprocess"})
    if (const auto found = timing.find(stage); found != timing.end())
      sum_ms += found->second;
  return static_cast<std::int64_t>(sum_ms * 1e6);
}

/// One run: threads that take the next request each, and one result.
class Load {
public:
  Load(const std::vector<RunImage>& images, const LoadOptions& options)
      : images_(images), options_(options) {
    result_.predictions.resize(images.size());
    has_prediction_.resize(images.size());
    if (options.rate_per_s > 0)
      plan_arrivals();
  }

  LoadResult run() {
    std::deque<Service> clients;
    for (int i = 0; i < options_.clients; ++i)
      clients.emplace_back(options_.service);
    for (auto& client : clients) {
      client.wait_until_ready(read_file(images_.front().path, k_picture_bytes));
      if (is_open()) // it may never need so many
        break;
    }
    start_ = Clock::now();
    std::vector<std::thread> threads;
    for (auto& client : clients)
      threads.emplace_back([this, &client] { run_client(client); });
    for (auto& thread : threads)
      thread.join();
    if (failure_)
      std::rethrow_exception(failure_);
    result_.seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    if (result_.latency_ns.empty())
      throw Error(Fault::remote, without_url_secrets(options_.service.url) +
                                     ": not one request was answered with 200" +
                                     (result_.first_failure.empty() ? "" : "; ") +
                                     result_.first_failure);
    keep_answered();
    return std::move(result_);
  }

private:
  bool is_open() const { return options_.rate_per_s > 0; }
  bool is_over() const { return Clock::now() - start_ >= to_duration(options_.duration_s); }

  void plan_arrivals() {
    const auto count = std::max<std::size_t>(
        1, static_cast<std::size_t>(options_.rate_per_s * options_.duration_s));
    if (options_.arrivals == Arrivals::poisson) {
      arrivals_s_ = poisson_arrivals(count, options_.rate_per_s, options_.seed);
      return;
    }
    for (std::size_t i = 0; i < count; ++i)
      arrivals_s_.push_back(static_cast<double>(i) / options_.rate_per_s);
  }

  void run_client(Service& client) {
    try {
      for (;;) {
        check_interrupt();
        const std::size_t number = next_++;
        auto start = Clock::now();
        if (is_open()) {
          if (number >= arrivals_s_.size())
            return;
          start = start_ + to_duration(arrivals_s_[number]);
          pause_until(start);
          if (is_over()) { // all requests that may be under way are, and this one's time is past
            const std::lock_guard lock(mutex_);
            ++result_.not_sent;
            continue;
          }
        } else if (is_over()) {
          return;
        }
        if (has_failed_)
          return;
        send(client, number % images_.size(), start);
      }
    } catch (...) {
      const std::lock_guard lock(mutex_);
      has_failed_ = true;
      if (!failure_)
        failure_ = std::current_exception();
    }
  }

  void send(Service& client, std::size_t image, Clock::time_point start) {
    net::HttpReply reply;
    std::string failure;
    try {
      reply = client.send(read_file(images_[image].path, k_picture_bytes));
    } catch (const net::TransportError& error) {
      failure = error.what();
    }
    const auto latency_ns =
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count();
    take(image, reply, failure, latency_ns);
  }

  void take(std::size_t image, const net::HttpReply& reply, const std::string& failure,
            std::int64_t latency_ns) {
    const std::lock_guard lock(mutex_);
    ++result_.statuses[reply.status];
    if (reply.status == 0 && result_.first_failure.empty())
      result_.first_failure = failure;
    if (reply.status != 200)
      return;
    result_.latency_ns.push_back(latency_ns);
    result_.client.connect_ms += reply.times.connect_ms;
    result_.client.upload_ms += reply.times.upload_ms;
    result_.client.wait_ms += reply.times.wait_ms;
    result_.client.download_ms += reply.times.download_ms;
    const auto timing = parse_server_timing(reply.header("Server-Timing").value_or(""));
    for (const auto& [name, milliseconds] : timing)
      result_.server_ms[name] += milliseconds;
    if (!timing.empty()) {
      ++result_.server_timed;
      result_.overhead_ns.push_back(latency_ns - work_ns(timing));
    }
    if (has_prediction_[image])
      return;
    has_prediction_[image] = true;
    auto& sample = result_.predictions[image];
    sample.ref = images_[image].ref;
    sample.place = images_[image].place;
    result_.unread += read_reply(reply.body, sample) ? 0 : 1;
  }

  void keep_answered() {
    std::vector<dataset::Sample> answered;
    for (std::size_t i = 0; i < images_.size(); ++i)
      if (has_prediction_[i])
        answered.push_back(std::move(result_.predictions[i]));
    result_.predictions = std::move(answered);
  }

  const std::vector<RunImage>& images_;
  const LoadOptions& options_;
  std::vector<double> arrivals_s_; ///< open loop: from the start
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> has_failed_{false};
  Clock::time_point start_;
  std::mutex mutex_; ///< of all below
  LoadResult result_;
  std::vector<bool> has_prediction_;
  std::exception_ptr failure_;
};

/// The stages that 'serve http' names, as rows name them.
constexpr std::pair<const char*, const char*> k_stages[] = {
    {"receive", "receive_ms"},       {"queue", "queue_ms"}, {"decode", "decode_ms"},
    {"preprocess", "preprocess_ms"}, {"infer", "infer_ms"}, {"postprocess", "postprocess_ms"}};

constexpr const char* k_names[] = {"connect_ms",      "upload_ms",  "wait_ms",  "download_ms",
                                   "server_ms",       "receive_ms", "queue_ms", "overhead_p50_ms",
                                   "overhead_p99_ms", "requests",   "failed",   "clients"};

void add_server_times(const LoadResult& result, storage::BenchmarkRow& row) {
  const auto count = static_cast<double>(result.server_timed);
  const auto mean = [&](double sum) { return count > 0 ? Metric(sum / count) : std::nullopt; };
  double sum = 0;
  for (const auto& [stage, name] : k_stages) {
    const auto found = result.server_ms.find(stage);
    const double stage_ms = found == result.server_ms.end() ? 0 : found->second;
    row.numbers.emplace_back(name, mean(stage_ms));
    sum += stage_ms;
  }
  row.numbers.emplace_back("server_ms", mean(sum));
  const auto overhead = summarize_latency(result.overhead_ns);
  row.numbers.emplace_back("overhead_p50_ms", count > 0 ? Metric(overhead.p50_ms) : std::nullopt);
  row.numbers.emplace_back("overhead_p99_ms", count > 0 ? Metric(overhead.p99_ms) : std::nullopt);
}

storage::BenchmarkRow replies_row(const LoadResult& result, const Truth& truth,
                                  const ScoreOptions& scoring, const std::string& dataset) {
  PredictionCollector collector(truth);
  for (const auto& prediction : result.predictions)
    collector.add(prediction);
  return scored_row(truth, score(truth, collector.finish(), scoring), dataset);
}

} // namespace

LoadResult run_load(const std::vector<RunImage>& images, const LoadOptions& options) {
  return Load(images, options).run();
}

storage::BenchmarkRow load_row(const LoadResult& result, const LoadOptions& options,
                               const Truth& truth, const std::optional<ScoreOptions>& scoring,
                               const std::string& dataset) {
  // Replies that say nothing of what was seen are not wrong replies: nothing is known of them.
  const bool is_scored = scoring && !result.is_unreadable();
  auto row = is_scored ? replies_row(result, truth, *scoring, dataset) : dataset_row(truth, dataset);
  row.time = utc_now();
  describe_machine(row);
  row.scenario = "load";
  add_latency(summarize_latency(result.latency_ns), row);
  const auto add = [&](const char* name, double value) { row.numbers.emplace_back(name, value); };
  const auto count = static_cast<double>(result.latency_ns.size());
  add("connect_ms", result.client.connect_ms / count);
  add("upload_ms", result.client.upload_ms / count);
  add("wait_ms", result.client.wait_ms / count);
  add("download_ms", result.client.download_ms / count);
  add_server_times(result, row);
  std::int64_t requests = 0;
  for (const auto& [status, times] : result.statuses) {
    requests += times;
    row.numbers.emplace_back("status_" + std::to_string(status), static_cast<double>(times));
  }
  requests += result.not_sent;
  add("requests", static_cast<double>(requests));
  add("failed", static_cast<double>(requests) - count);
  add("images_per_s", count / result.seconds);
  add("seconds", result.seconds);
  add("clients", options.clients);
  if (options.rate_per_s > 0)
    add("rate_per_s", options.rate_per_s);
  return row;
}

std::vector<std::string> load_number_names(const std::optional<ScoreOptions>& scoring) {
  auto names = scoring ? number_names(*scoring) : speed_names();
  names.insert(names.end(), std::begin(k_names), std::end(k_names));
  return names;
}

} // namespace mlopsctl::bench
