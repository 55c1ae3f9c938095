// SPDX-License-Identifier: Apache-2.0
// What a service's reply says: the server's own times, and the predictions.
#pragma once

#include "dataset/sample.hpp"
#include "inference/model.hpp"
#include "net/http.hpp"

#include <map>
#include <string>
#include <string_view>

namespace mlopsctl::bench {

/// "queue;dur=0.1, infer;dur=5.2;desc=x" -> {"infer", 5.2}, {"queue", 0.1} (W3C Server-Timing, ms).
/// Metrics without a time are passed over.
std::map<std::string, double> parse_server_timing(std::string_view header);

/// The parts that a model's own timing has; 0 where the reply does not say them.
inference::Timing server_timing(const net::HttpReply& reply);

/// Detections or classes of the line that 'serve http' answers with; false for another document.
/// \param sample keeps its ref and place; source_id is the service's class_id, where it says one.
bool read_reply(const std::string& body, dataset::Sample& sample);

/// The labels of mlopsctl_model_info among metrics of Prometheus; empty if it is not there.
std::map<std::string, std::string> parse_model_info(std::string_view metrics);

} // namespace mlopsctl::bench
