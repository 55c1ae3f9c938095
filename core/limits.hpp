// SPDX-License-Identifier: Apache-2.0
// What is refused before memory is taken for it: one table, each with a name for --limit.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl {

enum class Limit {
  line_bytes,
  element_bytes,
  label_file_bytes,
  pixels,
  request_bytes,
  message_bytes,
  image_json_bytes
};

struct LimitInfo {
  Limit limit;
  std::string_view name; ///< "line-bytes"
  std::uint64_t value;   ///< unless --limit says another
  std::string_view what;
  std::string_view memory; ///< what it can cost at most
};

const std::vector<LimitInfo>& all_limits();
std::uint64_t limit(Limit which);
/// "line-bytes=32MiB", for the whole process and before other threads run. \throws Error(usage).
void set_limit(const std::string& text);
/// What a command takes unless --limit said another.
void set_default_limit(Limit which, std::uint64_t value);
/// "raise it with --limit line-bytes=N if that is meant".
std::string limit_hint(Limit which);

} // namespace mlopsctl
