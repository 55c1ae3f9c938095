// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/own_members.hpp"

#include "core/text.hpp"
#include "formats/labels/json_text.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

/// The text of a JSON string without escapes; nothing for anything else.
std::optional<std::string_view> plain_text(std::string_view raw) {
  if (raw.size() < 2 || raw.front() != '"' || raw.find('\\') != std::string_view::npos)
    return std::nullopt;
  return raw.substr(1, raw.size() - 2);
}

bool take(dataset::Sample& sample, const std::string& key, const std::string& raw) {
  if (key == "split") {
    const auto split = dataset::split_from_name(plain_text(raw).value_or(""));
    sample.split = split.value_or(sample.split);
    return split.has_value();
  }
  if (key == "group") {
    const auto text = plain_text(raw);
    sample.group = text.value_or(sample.group);
    return text.has_value();
  }
  if (key == "time_s" && !plain_text(raw)) {
    sample.time_s = parse_double(raw);
    return sample.time_s.has_value();
  }
  return false;
}

} // namespace

void take_own_members(dataset::Sample& sample) {
  std::erase_if(sample.extra,
                [&](const auto& member) { return take(sample, member.first, member.second); });
}

void append_own_members(std::string& out, const dataset::Sample& sample) {
  if (sample.split != dataset::Split::none)
    (out += ",\"split\":\"").append(dataset::split_name(sample.split)) += '"';
  if (!sample.group.empty()) {
    out += ",\"group\":";
    append_quoted(out, sample.group);
  }
  if (sample.time_s) {
    out += ",\"time_s\":";
    append_number(out, *sample.time_s);
  }
}

} // namespace mlopsctl::formats
