// SPDX-License-Identifier: Apache-2.0
#include "core/limits.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <array>
#include <atomic>

namespace mlopsctl {
namespace {

constexpr std::uint64_t k_mib = 1024 * 1024;
constexpr std::uint64_t k_most = std::uint64_t{4} << 30; // parsers count in 32 bits

constexpr std::size_t k_slots = 16; // the table has fewer

std::array<std::atomic<std::uint64_t>, k_slots>& values() {
  static std::array<std::atomic<std::uint64_t>, k_slots> table{};
  return table;
}

const LimitInfo& info(Limit which) {
  return all_limits()[static_cast<std::size_t>(which)];
}

} // namespace

const std::vector<LimitInfo>& all_limits() {
  static const std::vector<LimitInfo> table{
      {Limit::line_bytes, "line-bytes", 16 * k_mib, "a line of a manifest or of our predictions",
       "about 10 times as much a thread"},
      {Limit::element_bytes, "element-bytes", 64 * k_mib,
       "an element of a JSON list or an image of an XML file (COCO, Label Studio, Create ML, CVAT)",
       "about 10 times as much a thread"},
      {Limit::label_file_bytes, "label-file-bytes", 16 * k_mib,
       "a file with the labels of one image (VOC, YOLO)", "about 10 times as much"},
      {Limit::pixels, "pixels", 200'000'000, "a picture, width x height",
       "3 bytes a pixel, twice while it is changed, a thread"},
      {Limit::request_bytes, "request-bytes", 32 * k_mib,
       "what is sent to a service in one request", "that much a request, 256 MiB or 8 such in all"},
      {Limit::message_bytes, "message-bytes", k_mib / 8, "a message that MQTT brings",
       "3 times as much"},
      {Limit::image_json_bytes, "image-json-bytes", 4 * k_mib,
       "an index, manifest or configuration of a container image", "about 10 times as much"},
  };
  return table;
}

std::uint64_t limit(Limit which) {
  const auto set = values()[static_cast<std::size_t>(which)].load(std::memory_order_relaxed);
  return set > 0 ? set : info(which).value;
}

void set_limit(const std::string& text) {
  const auto equals = text.find('=');
  const std::string name = text.substr(0, equals);
  std::vector<std::string> names;
  for (const auto& known : all_limits()) {
    names.emplace_back(known.name);
    if (known.name != name)
      continue;
    const auto value =
        equals == std::string::npos ? std::nullopt : parse_bytes(text.substr(equals + 1));
    if (!value || *value == 0 || *value > k_most)
      throw Error(Fault::usage,
                  "--limit: '" + printable(text) + "' is not " + name + "=N, N from 1 to " +
                      std::to_string(k_most),
                  "such as " + name + "=" + std::to_string(2 * known.value));
    values()[static_cast<std::size_t>(known.limit)].store(*value, std::memory_order_relaxed);
    return;
  }
  throw Error(Fault::usage,
              "--limit: '" + printable(name) + "' is unknown" + did_you_mean(name, names),
              "one of " + join(names, ", ") + " ('mlopsctl formats --limits' shows them)");
}

void set_default_limit(Limit which, std::uint64_t value) {
  std::uint64_t unset = 0;
  values()[static_cast<std::size_t>(which)].compare_exchange_strong(unset, value);
}

std::string limit_hint(Limit which) {
  return "raise it with --limit " + std::string(info(which).name) + "=N if that is meant";
}

} // namespace mlopsctl
