// SPDX-License-Identifier: Apache-2.0
// Section 'edge': the devices, their cameras, and what runs on them.
#include "core/text.hpp"
#include "templates/checks.hpp"
#include "templates/spec_sections.hpp"

#include <algorithm>

namespace mlopsctl::templates {
namespace {

const std::vector<std::string> k_platforms{"linux/amd64", "linux/arm64", "linux/arm/v7"};

std::vector<EdgeCore> read_cores(ObjectReader& edge, const std::string& camera) {
  std::vector<EdgeCore> cores;
  for (auto& reader : edge.objects("cores")) {
    EdgeCore core;
    core.name = check_name(reader, "name", reader.text("name"), k_thing_name);
    for (const auto& other : cores) {
      if (other.name == core.name)
        reader.fail("name", "'" + core.name + "' occurs twice");
      if (logical_id(other.name) == logical_id(core.name))
        reader.fail("name",
                    "'" + core.name + "' and '" + other.name + "' are the same without punctuation",
                    "CloudFormation's ids have letters and digits only: rename one");
    }
    core.platform = reader.one_of("platform", k_platforms, "linux/amd64");
    core.camera = reader.text("camera", camera);
    if (core.camera.empty())
      reader.fail("camera", "is missing", "add it here, or edge.camera for all cores");
    check_camera(reader, "camera", core.camera);
    core.certificate = reader.text("certificate", "");
    if (!core.certificate.empty())
      check_certificate_arn(reader, "certificate", core.certificate);
    reader.finish();
    cores.push_back(std::move(core));
  }
  return cores;
}

std::uint64_t read_bytes(ObjectReader& reader, std::string_view key, const std::string& fallback) {
  const Value* value = reader.child(key);
  const std::string text = !value               ? fallback
                           : value->is_string() ? value->string
                                                : std::to_string(reader.integer(key));
  const auto bytes = parse_bytes(text);
  if (!bytes)
    reader.fail(key, "'" + shown(text) + "' is not a size", "write one such as 1GiB or 500MB");
  constexpr std::uint64_t k_min_bytes = 1ULL << 20, k_max_bytes = 1ULL << 44;
  if (*bytes < k_min_bytes || *bytes > k_max_bytes)
    reader.fail(key, "'" + shown(text) + "' is outside 1 MiB to 16 TiB");
  return *bytes;
}

std::optional<EdgeBuffer> read_buffer(ObjectReader& edge) {
  auto reader = edge.object("buffer");
  if (!reader)
    return std::nullopt;
  EdgeBuffer buffer;
  buffer.source = check_device_path(*reader, "source", reader->text("source"));
  // The parts of a device that a wrong path must not turn into a buffer that is emptied.
  for (const std::string top : {"/dev", "/proc", "/sys", "/etc", "/usr", "/bin", "/lib", "/boot"})
    if (buffer.source == top || buffer.source.starts_with(top + "/"))
      reader->fail("source", "'" + shown(buffer.source) + "' is a folder of the system",
                   "write one such as /shared/greengrass/buffer");
  if (std::count(buffer.source.begin(), buffer.source.end(), '/') < 2)
    reader->fail("source", "'" + shown(buffer.source) + "' is at the top of the device",
                 "write one such as /shared/greengrass/buffer");
  buffer.destination = reader->text("destination", buffer.source);
  check_device_path(*reader, "destination", buffer.destination);
  buffer.max_bytes = read_bytes(*reader, "max_bytes", "1GiB");
  buffer.on_full = reader->one_of("on_full", {"stop", "drop-oldest"}, "drop-oldest");
  reader->finish();
  return buffer;
}

Topics read_topics(ObjectReader& edge) {
  Topics topics{"video/input",       "video/output", "blog/infer/input",
                "blog/infer/output", "dynamo/input", "dynamo/output"};
  auto reader = edge.object("topics");
  if (!reader)
    return topics;
  const std::vector<std::pair<const char*, std::string*>> all{{"start", &topics.start},
                                                              {"status", &topics.status},
                                                              {"frames", &topics.frames},
                                                              {"results", &topics.results},
                                                              {"predictions", &topics.predictions},
                                                              {"stored", &topics.stored}};
  for (const auto& [key, topic] : all)
    *topic = check_topic(*reader, key, reader->text(key, *topic));
  for (const auto& [key, topic] : all)
    for (const auto& [other_key, other] : all)
      if (topic != other && *topic == *other)
        reader->fail(key, "'" + *topic + "' is the topic of " + other_key + " too",
                     "each message needs its own topic, or the pipeline answers itself");
  reader->finish();
  return topics;
}

Mqtt read_mqtt(ObjectReader& edge) {
  // Where the Greengrass installer puts them.
  Mqtt mqtt{"", "/greengrass/v2/rootCA.pem", "/greengrass/v2/thingCert.crt",
            "/greengrass/v2/privKey.key"};
  auto reader = edge.object("mqtt");
  if (!reader)
    return mqtt;
  mqtt.endpoint = reader->text("endpoint", "");
  if (!mqtt.endpoint.empty())
    check_host(*reader, "endpoint", mqtt.endpoint);
  mqtt.ca = check_device_path(*reader, "ca", reader->text("ca", mqtt.ca));
  mqtt.certificate =
      check_device_path(*reader, "certificate", reader->text("certificate", mqtt.certificate));
  mqtt.private_key =
      check_device_path(*reader, "private_key", reader->text("private_key", mqtt.private_key));
  reader->finish();
  return mqtt;
}

std::vector<RuntimeDigest> read_digests(ObjectReader& edge) {
  std::vector<RuntimeDigest> digests;
  auto reader = edge.object("runtime_digests");
  if (!reader)
    return digests;
  for (const auto& platform : k_platforms) {
    const auto digest = reader->text(platform, "");
    if (!digest.empty())
      digests.push_back({platform, check_digest(*reader, platform, digest)});
  }
  reader->finish();
  return digests;
}

Rollout read_rollout(ObjectReader& edge) {
  Rollout rollout;
  auto reader = edge.object("rollout");
  if (!reader)
    return rollout;
  const auto read = [&](const char* key, std::int64_t fallback, std::int64_t most,
                        const char* what) {
    return check_range(*reader, key, reader->integer(key, fallback), 1, most, what);
  };
  rollout.devices_per_minute =
      read("devices_per_minute", rollout.devices_per_minute, 1000, "that are told of a deployment");
  rollout.abort_percent =
      read("abort_percent", rollout.abort_percent, 100, "of devices that failed");
  rollout.abort_after = read("abort_after", rollout.abort_after, 100'000, "devices that finished");
  reader->finish();
  return rollout;
}

std::vector<KeptComponent> read_components(ObjectReader& edge) {
  std::vector<KeptComponent> components;
  for (auto& reader : edge.objects("components")) {
    KeptComponent component;
    component.name = check_name(reader, "name", reader.text("name"), k_component_name);
    component.version = check_version(reader, "version", reader.text("version"));
    reader.finish();
    for (const auto& other : components)
      if (other.name == component.name)
        reader.fail("name", "'" + component.name + "' occurs twice");
    components.push_back(std::move(component));
  }
  return components;
}

} // namespace

std::optional<Edge> read_edge(ObjectReader& top, const DeploySpec& spec) {
  auto reader = top.object("edge");
  if (!reader)
    return std::nullopt;
  Edge edge;
  edge.thing_group =
      check_name(*reader, "thing_group", reader->text("thing_group", spec.name), k_thing_name);
  const auto camera = reader->text("camera", "");
  if (!camera.empty())
    check_camera(*reader, "camera", camera);
  edge.cores = read_cores(*reader, camera);
  if ((!camera.empty() || !edge.cores.empty()) && !spec.retention_days)
    reader->fail(camera.empty() ? "cores" : "camera",
                 "has a camera, and retention_days is not set: pictures of people need an end",
                 "add retention_days: 30 (or what you promised) at the top of the file");
  edge.buffer = read_buffer(*reader);
  edge.topics = read_topics(*reader);
  edge.mqtt = read_mqtt(*reader);
  edge.posix_user =
      check_posix_user(*reader, "posix_user", reader->text("posix_user", "ggc_user:ggc_group"));
  edge.table = read_table_name(*reader, spec.tables);
  edge.runtime_digests = read_digests(*reader);
  edge.rollout = read_rollout(*reader);
  edge.components = read_components(*reader);
  reader->finish();
  return edge;
}

} // namespace mlopsctl::templates
