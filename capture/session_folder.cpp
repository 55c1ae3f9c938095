// SPDX-License-Identifier: Apache-2.0
#include "capture/session_folder.hpp"

namespace mlopsctl::capture {

Session::Counts classes_in(const CaptureFolder& folder, const std::vector<std::string>& classes) {
  Session::Counts counts;
  for (const auto& label : classes)
    counts[label] = 0;
  folder.for_each([&](const JournalEntry& entry, std::int64_t) {
    if (const auto count = counts.find(entry.label); entry.is_kept && count != counts.end())
      ++count->second;
  });
  return counts;
}

Problems missing_classes(const SessionOptions& options, const Session::Counts& counts,
                         const std::string& source) {
  Problems problems;
  if (!options.per_class)
    return problems;
  for (const auto& label : options.classes)
    if (const auto count = counts.at(label); count < *options.per_class)
      problems.push_back({"class-missing", Severity::error, source,
                          "ended before class '" + label + "' was full: " + std::to_string(count) +
                              " of " + std::to_string(*options.per_class) + " frames"});
  return problems;
}

} // namespace mlopsctl::capture
