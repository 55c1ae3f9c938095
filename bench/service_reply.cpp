// SPDX-License-Identifier: Apache-2.0
#include "bench/service_reply.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <cmath>

namespace mlopsctl::bench {
namespace {

std::optional<double> number_at(const Value& entry, std::string_view key) {
  const auto* value = entry.find(key);
  return value && value->is_number() ? std::optional(value->real) : std::nullopt;
}

/// Detections with boxes, classes without. \return false unless each has a label and a score.
bool add_entry(const Value& entry, bool is_detection, dataset::Sample& sample) {
  const auto* label = entry.find("label");
  const auto score = number_at(entry, "score");
  if (!label || !label->is_string() || !score)
    return false;
  const auto id = number_at(entry, "class_id");
  const bool is_id = id && *id >= 0 && *id < 1e9 && *id == std::floor(*id);
  const std::int64_t source_id = is_id ? static_cast<std::int64_t>(*id) : -1;
  if (!is_detection) {
    sample.classes.push_back({label->string, source_id, score});
    return true;
  }
  const auto left = number_at(entry, "left"), top = number_at(entry, "top");
  const auto width = number_at(entry, "width"), height = number_at(entry, "height");
  if (!left || !top || !width || !height)
    return false;
  auto& annotation = sample.annotations.emplace_back();
  annotation.label = label->string;
  annotation.source_id = source_id;
  annotation.score = score;
  annotation.box = {*left, *top, *width, *height};
  return true;
}

} // namespace

std::map<std::string, double> parse_server_timing(std::string_view header) {
  std::map<std::string, double> times;
  for (const auto& metric : split(header, ',')) {
    const auto parts = split(metric, ';');
    for (std::size_t i = 1; i < parts.size(); ++i) {
      const auto parameter = trim(parts[i]);
      if (!starts_with_ignoring_case(parameter, "dur="))
        continue;
      if (const auto value = parse_double(trim(parameter.substr(4))))
        times[std::string(trim(parts[0]))] = *value;
    }
  }
  return times;
}

inference::Timing server_timing(const net::HttpReply& reply) {
  auto times = parse_server_timing(reply.header("Server-Timing").value_or(""));
  return {times["decode"], times["preprocess"], times["infer"], times["postprocess"]};
}

bool read_reply(const std::string& body, dataset::Sample& sample) {
  try {
    const Value document = parse_json(body, "the reply");
    const auto* detections = document.find("detections");
    const auto* list = detections ? detections : document.find("classes");
    if (!list || !list->is_array())
      return false;
    for (const auto& entry : list->items)
      if (!add_entry(entry, list == detections, sample))
        return false;
    return true;
  } catch (const Error&) { // another service's
    return false;
  }
}

std::map<std::string, std::string> parse_model_info(std::string_view metrics) {
  constexpr std::string_view k_name = "mlopsctl_model_info{";
  std::map<std::string, std::string> labels;
  auto at = metrics.find(k_name);
  if (at == std::string_view::npos)
    return labels;
  for (at += k_name.size(); at < metrics.size() && metrics[at] != '}';) {
    const auto equals = metrics.find("=\"", at);
    if (equals == std::string_view::npos)
      break;
    std::string value;
    std::size_t end = equals + 2;
    for (; end < metrics.size() && metrics[end] != '"'; ++end) {
      const bool is_escaped = metrics[end] == '\\' && end + 1 < metrics.size();
      if (is_escaped)
        ++end;
      value += is_escaped && metrics[end] == 'n' ? '\n' : metrics[end];
    }
    labels[std::string(metrics.substr(at, equals - at))] = value;
    at = end + 1;
    if (at < metrics.size() && metrics[at] == ',')
      ++at;
  }
  return labels;
}

} // namespace mlopsctl::bench
