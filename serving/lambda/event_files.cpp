// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/event_files.hpp"

#include "core/error.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

namespace mlopsctl::serving {
namespace {

constexpr std::uint64_t k_file_bytes = std::uint64_t{256} << 20;

bool is_json(const std::string& text) {
  try {
    parse_json(text, "line");
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// Whether each line stands for itself: the first one does, and others follow.
bool is_lines(const std::string& text) {
  const auto end = text.find('\n');
  return end != std::string::npos && !trim(text.substr(end)).empty() &&
         is_json(text.substr(0, end));
}

void add_lines(const std::string& text, const std::string& path, std::vector<EventText>& events) {
  int number = 0;
  for (const auto& line : split(text, '\n')) {
    ++number;
    if (trim(line).empty())
      continue;
    const auto place = path + ":" + std::to_string(number);
    parse_json(line, place); // Lambda would refuse it, too
    events.push_back({place, line});
  }
}

void add_events_of(const std::string& path, std::vector<EventText>& events) {
  const auto source = open_source(path);
  const std::string text(trim(read_all(*source, k_file_bytes)));
  if (text.empty())
    throw Error(Fault::input, source->name() + ": is empty", "an event is JSON, such as {}");
  if (is_lines(text))
    return add_lines(text, source->name(), events);
  const auto document = parse_json(text, source->name());
  if (!document.is_array()) {
    events.push_back({source->name(), text});
    return;
  }
  if (document.items.empty())
    throw Error(Fault::input, source->name() + ": is a list without an event");
  for (std::size_t i = 0; i < document.items.size(); ++i)
    events.push_back({source->name() + "[" + std::to_string(i) + "]", to_json(document.items[i])});
}

} // namespace

std::vector<EventText> read_events(const std::vector<std::string>& paths) {
  std::vector<EventText> events;
  for (const auto& path : paths)
    add_events_of(path, events);
  return events;
}

} // namespace mlopsctl::serving
