// SPDX-License-Identifier: Apache-2.0
#include "serving/edge/configuration.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <limits>

namespace mlopsctl::serving {
namespace {

/// The nucleus may give 30 back as 30.0, so numbers are written as text.
std::optional<std::int64_t> whole_number(ObjectReader& reader, std::string_view key) {
  const auto* value = reader.child(key);
  if (value == nullptr)
    return std::nullopt;
  const auto parsed = value->is_string() ? parse_double(value->string) : value->real;
  constexpr double k_most = 9e15;
  if ((!value->is_string() && !value->is_number()) || !parsed || *parsed < 1 || *parsed > k_most)
    reader.fail(key, "'" + printable(to_json(*value)) + "' is no number from 1 on");
  return static_cast<std::int64_t>(*parsed);
}

/// Of an object by core.
std::string of_core(ObjectReader& reader, std::string_view key, const std::string& core) {
  const auto* by_core = reader.child(key);
  const auto* found = by_core == nullptr ? nullptr : by_core->find(core);
  if (found == nullptr)
    return "";
  if (!found->is_string())
    reader.fail(key, "of " + printable(core) + " is no text");
  return found->string;
}

void read_mqtt(ObjectReader& top, EdgeConfiguration& configuration) {
  auto reader = top.object("mqtt");
  if (!reader)
    return;
  configuration.endpoint = reader->text("endpoint", "");
  configuration.ca = reader->text("ca", "");
  configuration.certificate = reader->text("certificate", "");
  configuration.key = reader->text("private_key", "");
  reader->finish();
}

void read_buffer(ObjectReader& top, EdgeConfiguration& configuration) {
  auto reader = top.object("buffer");
  if (!reader)
    return;
  configuration.buffer = reader->text("folder", "");
  if (const auto bytes = whole_number(*reader, "max_bytes"))
    configuration.buffer_bytes = static_cast<std::uint64_t>(*bytes);
  configuration.on_full = reader->one_of("on_full", {"stop", "drop-oldest"}, "");
  reader->finish();
}

void read_topics(ObjectReader& top, EdgeConfiguration& configuration) {
  const auto* topics = top.child("topics");
  if (topics == nullptr)
    return;
  for (const auto& [key, topic] : topics->members)
    set_topic(configuration.topics, key + "=" + topic.string);
}

} // namespace

EdgeConfiguration parse_edge_configuration(std::string_view json, const std::string& core) {
  const auto document = parse_json(json, "configuration");
  ObjectReader reader(document, "configuration");
  EdgeConfiguration configuration;
  configuration.camera = of_core(reader, "cameras", core);
  configuration.client_id = of_core(reader, "client_ids", core);
  configuration.model_digest = reader.text("model_digest", "");
  configuration.table = reader.text("table", "");
  configuration.partition_key = reader.text("partition_key", "");
  if (const auto days = whole_number(reader, "retention_days"))
    configuration.retention_days = static_cast<int>(
        std::min<std::int64_t>(*days, std::numeric_limits<std::int32_t>::max() / 2));
  read_mqtt(reader, configuration);
  read_buffer(reader, configuration);
  read_topics(reader, configuration);
  reader.finish();
  return configuration;
}

} // namespace mlopsctl::serving
