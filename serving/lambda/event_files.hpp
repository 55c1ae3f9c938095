// SPDX-License-Identifier: Apache-2.0
// Events to call a function with, from files.
#pragma once

#include <string>
#include <vector>

namespace mlopsctl::serving {

struct EventText {
  std::string name; ///< "events.jsonl:2", for messages and reports
  std::string json; ///< as it stands in the file
};

/// \param paths files, or "-" for stdin: one JSON document each, a list of events, or one event a
/// line. \throws Error(input) for what is no JSON, and for a file without an event.
std::vector<EventText> read_events(const std::vector<std::string>& paths);

} // namespace mlopsctl::serving
