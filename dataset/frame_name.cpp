// SPDX-License-Identifier: Apache-2.0
#include "dataset/frame_name.hpp"

#include "core/text.hpp"

#include <string_view>

namespace mlopsctl::dataset {
namespace {

constexpr std::string_view k_time = "#t=";
constexpr std::string_view k_frame = "#frame=";

} // namespace

std::string frame_name(const std::string& clip, std::optional<double> time_s, std::int64_t index) {
  if (!time_s)
    return clip + std::string(k_frame) + std::to_string(index);
  std::string seconds = fixed(*time_s, 6);
  seconds.erase(seconds.find_last_not_of('0') + 1);
  if (seconds.back() == '.')
    seconds.pop_back();
  return clip + std::string(k_time) + seconds;
}

std::string clip_of_frame_name(const std::string& name) {
  for (const auto mark : {k_time, k_frame})
    if (const auto at = name.rfind(mark);
        at != name.npos && parse_double(std::string_view(name).substr(at + mark.size())))
      return name.substr(0, at);
  return {};
}

} // namespace mlopsctl::dataset
