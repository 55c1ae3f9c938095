// SPDX-License-Identifier: Apache-2.0
#include "formats/archive/oci.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

Value texts(const std::vector<std::string>& list) {
  Value value = Value::array();
  for (const auto& text : list)
    value.push(text);
  return value;
}

Value to_value(const OciDescriptor& descriptor) {
  Value value = Value::object();
  value["mediaType"] = descriptor.media_type;
  value["digest"] = descriptor.digest;
  value["size"] = static_cast<std::int64_t>(descriptor.size_bytes);
  return value;
}

OciDescriptor read_descriptor(ObjectReader& reader) {
  OciDescriptor out;
  out.media_type = reader.text("mediaType", "");
  out.digest = reader.text("digest");
  if (!is_oci_digest(out.digest))
    reader.fail("digest", "'" + printable(out.digest) + "' is no digest that is known here",
                "it must be sha256: and 64 digits of hexadecimal");
  const auto size = reader.integer("size");
  if (size < 0)
    reader.fail("size", std::to_string(size) + " is negative");
  out.size_bytes = static_cast<std::uint64_t>(size);
  return out;
}

OciDescriptor required_descriptor(ObjectReader& reader, std::string_view key) {
  auto child = reader.object(key);
  if (!child)
    reader.fail(key, "is missing", "is this an image's manifest?");
  return read_descriptor(*child);
}

void check_version(ObjectReader& reader) {
  if (const auto version = reader.integer("schemaVersion", 2); version != 2)
    reader.fail("schemaVersion", std::to_string(version) + " is not known here",
                version == 1 ? "push the image again with a registry and tool of today" : "");
}

/// {"KEY": "VALUE"} in the order of the document.
std::vector<std::pair<std::string, std::string>> read_map(ObjectReader& reader,
                                                          std::string_view key) {
  std::vector<std::pair<std::string, std::string>> out;
  const Value* map = reader.child(key);
  if (!map)
    return out;
  for (const auto& [name, value] : map->members)
    if (value.is_string())
      out.emplace_back(name, value.string);
  return out;
}

} // namespace

bool is_oci_digest(std::string_view text) {
  constexpr std::string_view k_prefix = "sha256:";
  constexpr std::size_t k_hex_digits = 64;
  return text.size() == k_prefix.size() + k_hex_digits && text.starts_with(k_prefix) &&
         text.find_first_not_of("0123456789abcdef", k_prefix.size()) == std::string_view::npos;
}

std::string to_json(const OciConfig& config) {
  Value root = Value::object();
  root["created"] = config.created;
  root["architecture"] = config.architecture;
  root["os"] = config.os;
  Value& run = root["config"] = Value::object();
  if (!config.user.empty())
    run["User"] = config.user;
  run["Env"] = texts(config.env);
  if (!config.entrypoint.empty())
    run["Entrypoint"] = texts(config.entrypoint);
  if (!config.cmd.empty())
    run["Cmd"] = texts(config.cmd);
  run["WorkingDir"] = "/";
  for (const auto& [key, text] : config.labels)
    run["Labels"][key] = text;
  root["rootfs"]["type"] = "layers";
  root["rootfs"]["diff_ids"] = texts(config.diff_ids);
  Value& history = root["history"] = Value::array();
  for (const auto& step : config.history) {
    Value entry = Value::object();
    entry["created"] = config.created;
    entry["created_by"] = step.created_by;
    if (step.is_empty_layer)
      entry["empty_layer"] = true;
    history.push(std::move(entry));
  }
  return mlopsctl::to_json(root);
}

std::string to_json(const OciManifest& manifest) {
  Value root = Value::object();
  root["schemaVersion"] = 2;
  root["mediaType"] = manifest.media_type;
  root["config"] = to_value(manifest.config);
  Value& layers = root["layers"] = Value::array();
  for (const auto& layer : manifest.layers)
    layers.push(to_value(layer));
  return mlopsctl::to_json(root);
}

OciManifest parse_oci_manifest(std::string_view json, const std::string& name) {
  const Value root = parse_json(json, name);
  ObjectReader reader(root, name);
  check_version(reader);
  OciManifest manifest;
  manifest.media_type = reader.text("mediaType", "");
  manifest.config = required_descriptor(reader, "config");
  for (auto& layer : reader.objects("layers"))
    manifest.layers.push_back(read_descriptor(layer));
  return manifest;
}

OciConfig parse_oci_config(std::string_view json, const std::string& name) {
  const Value root = parse_json(json, name);
  ObjectReader reader(root, name);
  OciConfig config;
  config.created = reader.text("created", "");
  config.architecture = reader.text("architecture", "");
  config.os = reader.text("os", "");
  if (auto run = reader.object("config")) {
    config.user = run->text("User", "");
    config.env = run->texts("Env");
    config.entrypoint = run->texts("Entrypoint");
    config.cmd = run->texts("Cmd");
    config.labels = read_map(*run, "Labels");
  }
  auto rootfs = reader.object("rootfs");
  if (!rootfs)
    reader.fail("rootfs", "is missing", "is this an image's configuration?");
  config.diff_ids = rootfs->texts("diff_ids");
  for (auto& step : reader.objects("history"))
    config.history.push_back({step.text("created_by", ""), step.boolean("empty_layer", false)});
  return config;
}

std::vector<OciIndexEntry> parse_oci_index(std::string_view json, const std::string& name) {
  const Value root = parse_json(json, name);
  ObjectReader reader(root, name);
  check_version(reader);
  std::vector<OciIndexEntry> out;
  for (auto& child : reader.objects("manifests")) {
    OciIndexEntry entry;
    entry.descriptor = read_descriptor(child);
    if (auto platform = child.object("platform")) {
      entry.architecture = platform->text("architecture", "");
      entry.os = platform->text("os", "");
    }
    for (const auto& [key, text] : read_map(child, "annotations")) {
      if (key == k_ref_name)
        entry.reference = text;
      if (key == "vnd.docker.reference.type")
        entry.is_attestation = true;
    }
    out.push_back(std::move(entry));
  }
  return out;
}

OciBlob blob_of(std::string bytes, std::string media_type) {
  OciBlob blob;
  blob.descriptor = {std::move(media_type), sha256(bytes), bytes.size()};
  const auto name = blob.descriptor.digest;
  blob.open = [bytes = std::move(bytes), name] { return source_from_text(bytes, name); };
  return blob;
}

} // namespace mlopsctl::formats
