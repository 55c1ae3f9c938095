// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/request.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <algorithm>

namespace fs = std::filesystem;

namespace mlopsctl::serving {
namespace {

constexpr std::size_t k_longest_id = 128;
constexpr double k_most_fps = 1000;
constexpr std::int64_t k_most_frames = 1'000'000;
constexpr const char* k_start_hint =
    R"(a start is {} or has some of "id", "duration", "fps", "frames", "cores")";

[[noreturn]] void fail(const std::string& what, const char* hint) {
  throw Error(Fault::input, what, hint);
}

Value parse_object(std::string_view payload, const char* name, const char* hint) {
  if (!is_valid_utf8(payload))
    fail(std::string(name) + ": is not UTF-8", hint);
  auto document = parse_json(payload, name);
  if (!document.is_object())
    fail(std::string(name) + ": is " + std::string(kind_name(document.kind)) + ", not an object",
         hint);
  return document;
}

double duration_of(const Value& value, double longest_s) {
  const auto parsed = value.is_string()   ? parse_duration_s(value.string)
                      : value.is_number() ? std::optional(value.real)
                                          : std::nullopt;
  if (!parsed || !(*parsed > 0))
    fail("start: duration: '" + printable(to_json(value)) + "' is no time above 0",
         "such as 10 or \"10s\"");
  if (*parsed > longest_s)
    fail("start: duration: " + number(*parsed) + " s is over the longest that this device takes, " +
             number(longest_s) + " s",
         "raise --max-duration there if that is meant");
  return *parsed;
}

std::string id_of(const Value& value) {
  const auto& id = value.string;
  const bool is_plain =
      std::all_of(id.begin(), id.end(), [](char c) { return c > ' ' && c < 127; });
  if (!value.is_string() || id.empty() || id.size() > k_longest_id || !is_plain)
    fail("start: id: '" + printable(to_json(value).substr(0, k_longest_id)) +
             "' is not 1 to 128 visible ASCII characters",
         k_start_hint);
  return id;
}

std::vector<std::string> cores_of(const Value& value) {
  std::vector<std::string> cores;
  if (!value.is_array())
    fail("start: cores: is no list", k_start_hint);
  for (const auto& core : value.items) {
    if (!core.is_string())
      fail("start: cores: holds something that is no name", k_start_hint);
    cores.push_back(core.string);
  }
  return cores;
}

} // namespace

StartRequest parse_start(std::string_view payload, const CapturePlan& defaults, double longest_s) {
  StartRequest request;
  request.plan = defaults;
  if (trim(payload).empty())
    return request;
  const auto document = parse_object(payload, "start", k_start_hint);
  if (const auto* value = document.find("id"))
    request.id = id_of(*value);
  if (const auto* value = document.find("duration"))
    request.plan.selection.duration_s = duration_of(*value, longest_s);
  if (const auto* value = document.find("fps")) {
    if (!value->is_number() || !(value->real > 0 && value->real <= k_most_fps))
      fail("start: fps: '" + printable(to_json(*value)) + "' is no number above 0 and up to 1000",
           k_start_hint);
    request.plan.selection.step_s = 1 / value->real;
    request.plan.selection.every.reset();
  }
  if (const auto* value = document.find("frames")) {
    if (value->kind != Value::Kind::integer || value->integer < 1 || value->integer > k_most_frames)
      fail("start: frames: '" + printable(to_json(*value)) + "' is no count from 1 to 1000000",
           k_start_hint);
    request.plan.frames = value->integer;
  }
  if (const auto* value = document.find("cores"))
    request.cores = cores_of(*value);
  return request;
}

std::optional<std::string> parse_picture_request(std::string_view payload) {
  constexpr const char* k_hint = R"(a request is {"filepath": "PATH"})";
  const auto document = parse_object(payload, "request", k_hint);
  if (document.find("core") != nullptr)
    return std::nullopt;
  const auto* path = document.find("filepath");
  if (path == nullptr || !path->is_string() || path->string.empty())
    fail("request: has no 'filepath'", k_hint);
  return path->string;
}

fs::path resolve_inside(const fs::path& folder, const std::string& path) {
  const auto refuse = [&](const char* why) {
    fail("request: filepath '" + printable(path) + "' " + why,
         "pictures are taken from the device's buffer folder alone");
  };
  if (path.find('\0') != std::string::npos)
    refuse("holds a zero byte");
  std::error_code error;
  const auto home = fs::canonical(folder, error);
  const auto found = fs::canonical(folder / path, error);
  if (error)
    refuse("is not there");
  const auto parts = std::mismatch(home.begin(), home.end(), found.begin(), found.end());
  if (parts.first != home.end() || !fs::is_regular_file(found, error))
    refuse("is no file of the buffer folder");
  return found;
}

} // namespace mlopsctl::serving
