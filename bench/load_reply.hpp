// SPDX-License-Identifier: Apache-2.0
// What a service's reply says: the server's own times, and the predictions.
#pragma once

#include "dataset/sample.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::bench {

/// "queue;dur=0.1, infer;dur=5.2;desc=x" -> {"infer", 5.2}, {"queue", 0.1} (W3C Server-Timing, ms).
/// Metrics without a time are passed over.
std::map<std::string, double> parse_server_timing(std::string_view header);

/// Detections or classes of the line that 'serve http' answers with; nothing for another document.
/// \param sample keeps its ref and place.
bool read_reply(const std::string& body, dataset::Sample& sample);

/// The labels of mlopsctl_model_info among metrics of Prometheus; empty if it is not there.
std::map<std::string, std::string> parse_model_info(std::string_view metrics);

} // namespace mlopsctl::bench
