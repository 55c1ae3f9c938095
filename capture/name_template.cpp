// SPDX-License-Identifier: Apache-2.0
#include "capture/name_template.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::capture {
namespace {

[[noreturn]] void fail(const std::string& whole, const std::string& text) {
  throw Error(Fault::usage, "--name: '" + printable(whole) + "' " + text,
              "such as 'frame{index:06}.jpg'");
}

std::string padded(std::int64_t value, std::size_t digits) {
  const std::string text = std::to_string(value);
  return std::string(digits - std::min(digits, text.size()), '0') + text;
}

} // namespace

NameTemplate::NameTemplate(const std::string& text, Files files) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto open = std::min(text.find_first_of("{}", at), text.size());
    if (open > at)
      parts_.push_back({Field::text, text.substr(at, open - at), 0});
    if (open == text.size())
      break;
    const auto close = text.find('}', open);
    if (text[open] == '}' || close == text.npos)
      fail(text, "has a brace without its partner");
    parts_.push_back(parse_field(text.substr(open + 1, close - open - 1), text));
    at = close + 1;
  }
  check(text, files);
}

NameTemplate::Part NameTemplate::parse_field(const std::string& inside,
                                             const std::string& whole) const {
  const auto colon = std::min(inside.find(':'), inside.size());
  const auto name = inside.substr(0, colon);
  if (name != "index" && name != "frame")
    fail(whole, "has an unknown field '{" + printable(name) + "}'" +
                    did_you_mean(name, {"index", "frame"}));
  Part part{name == "index" ? Field::index : Field::frame, {}, 0};
  if (colon == inside.size())
    return part;
  constexpr std::int64_t k_most_digits = 18;
  const auto digits = parse_int(inside.substr(colon + 1));
  if (!digits || *digits < 1 || *digits > k_most_digits)
    fail(whole, "has a field '{" + printable(inside) + "}' whose width is not 01 to 018");
  part.digits = static_cast<std::size_t>(*digits);
  return part;
}

void NameTemplate::check(const std::string& whole, Files files) const {
  const bool counts = std::any_of(parts_.begin(), parts_.end(),
                                  [](const auto& part) { return part.field == Field::index; });
  if (!counts)
    fail(whole, "has no {index}, so all frames would have one name");
  if (whole.find_first_of("/\\") != whole.npos)
    fail(whole, "has a path in it; frames lie in the output folder itself");
  if (printable(whole) != whole)
    fail(whole, "has control characters or is not UTF-8");
  if (whole.front() == '.' || whole.front() == '-')
    fail(whole, "may not begin with '.' or '-'");
  const auto small = lower(whole);
  if (files == Files::clips && !small.ends_with(".mp4"))
    fail(whole, "does not end in .mp4; clips are MP4 files");
  if (files == Files::pictures && !small.ends_with(".jpg") && !small.ends_with(".jpeg"))
    fail(whole, "does not end in .jpg; frames are JPEG files");
  constexpr std::size_t k_most_bytes = 200;
  if (name(0, 0).size() > k_most_bytes)
    fail(whole, "makes names longer than 200 bytes");
}

std::string NameTemplate::name(std::int64_t index, std::int64_t frame) const {
  std::string result;
  for (const auto& part : parts_)
    result += part.field == Field::text
                  ? part.text
                  : padded(part.field == Field::index ? index : frame, part.digits);
  return result;
}

} // namespace mlopsctl::capture
