// SPDX-License-Identifier: Apache-2.0
#include "serving/http/service_metrics.hpp"

#include "core/text.hpp"

namespace mlopsctl::serving {
namespace {

std::string heading(const std::string& name, const std::string& type, const std::string& help) {
  return "# HELP " + name + " " + help + "\n# TYPE " + name + " " + type + "\n";
}

std::string gauge(const std::string& name, std::size_t value, const std::string& help) {
  return heading(name, "gauge", help) + name + " " + std::to_string(value) + "\n";
}

} // namespace

std::string metric_label(const std::string& value) {
  std::string out = "\"";
  for (const char c : value) {
    if (c == '\n')
      out += "\\n";
    else
      out += (c == '"' || c == '\\' ? "\\" : "") + std::string(1, c);
  }
  return out + "\"";
}

void ServiceMetrics::count(const std::string& path, int status) {
  const std::lock_guard lock(mutex_);
  ++requests_[{path, status}];
}

void ServiceMetrics::measure(const Answered& answered, double seconds) {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < k_bounds_s.size(); ++i)
    if (seconds <= k_bounds_s[i]) {
      ++buckets_[i];
      break;
    }
  ++measured_;
  seconds_ += seconds;
  const auto& timing = answered.prediction.timing;
  stage_seconds_["receive"] += answered.receive_ms / 1e3;
  stage_seconds_["queue"] += answered.queue_ms / 1e3;
  stage_seconds_["decode"] += timing.decode_ms / 1e3;
  stage_seconds_["preprocess"] += timing.preprocess_ms / 1e3;
  stage_seconds_["infer"] += timing.infer_ms / 1e3;
  stage_seconds_["postprocess"] += timing.postprocess_ms / 1e3;
}

std::string ServiceMetrics::text(const Gauges& gauges) const {
  const std::lock_guard lock(mutex_);
  std::string out = heading("mlopsctl_requests_total", "counter", "Requests that were answered.");
  for (const auto& [key, count] : requests_)
    out += "mlopsctl_requests_total{path=" + metric_label(key.first) + ",code=\"" +
           std::to_string(key.second) + "\"} " + std::to_string(count) + "\n";
  const std::string name = "mlopsctl_request_duration_seconds";
  out += heading(name, "histogram", "From the first byte of a picture's request to its reply.");
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < k_bounds_s.size(); ++i) {
    below += buckets_[i];
    out += name + "_bucket{le=\"" + number(k_bounds_s[i]) + "\"} " + std::to_string(below) + "\n";
  }
  out += name + "_bucket{le=\"+Inf\"} " + std::to_string(measured_) + "\n" + name + "_sum " +
         number(seconds_) + "\n" + name + "_count " + std::to_string(measured_) + "\n";
  out += heading("mlopsctl_stage_seconds_total", "counter", "Time that the parts took.");
  for (const auto& [stage, seconds] : stage_seconds_)
    out += "mlopsctl_stage_seconds_total{stage=\"" + stage + "\"} " + number(seconds) + "\n";
  out += gauge("mlopsctl_connections", gauges.connections, "Open connections.") +
         gauge("mlopsctl_queue_depth", gauges.queued, "Pictures that wait for a worker.") +
         gauge("mlopsctl_queue_limit", gauges.queue_limit, "Pictures that may wait.") +
         gauge("mlopsctl_workers", gauges.workers, "Pictures at once.") +
         gauge("mlopsctl_ready", gauges.is_ready ? 1 : 0, "Whether pictures are taken.");
  if (!gauges.model.empty())
    out += heading("mlopsctl_model_info", "gauge", "The model that is served.") +
           "mlopsctl_model_info{" + gauges.model + "} 1\n";
  return out;
}

} // namespace mlopsctl::serving
