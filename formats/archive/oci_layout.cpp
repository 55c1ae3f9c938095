// SPDX-License-Identifier: Apache-2.0
// Writing images. Reading them: oci_read.cpp.
#include "formats/archive/oci_layout.hpp"

#include "core/interrupt.hpp"

#include <array>
#include <set>

namespace mlopsctl::formats {
namespace {

constexpr std::string_view k_layout_text = R"({"imageLayoutVersion":"1.0.0"})";

std::string blob_name(const OciBlob& blob) {
  return "blobs/sha256/" + blob.descriptor.digest.substr(blob.descriptor.digest.find(':') + 1);
}

/// Each once: two layers may be the same bytes.
std::vector<const OciBlob*> all_blobs(const OciImage& image) {
  std::vector<const OciBlob*> out{&image.manifest, &image.config};
  for (const auto& layer : image.layers)
    out.push_back(&layer);
  std::set<std::string> seen;
  std::erase_if(out,
                [&](const OciBlob* blob) { return !seen.insert(blob->descriptor.digest).second; });
  return out;
}

/// "docker.io/library/detector:3" for "detector:3", as containerd names it.
std::string full_name(const std::string& reference) {
  const auto slash = reference.find('/');
  if (slash == std::string::npos)
    return "docker.io/library/" + reference;
  const auto host = reference.substr(0, slash);
  const bool is_host = host == "localhost" || host.find_first_of(".:") != std::string::npos;
  return is_host ? reference : "docker.io/" + reference;
}

std::string index_json(const OciImage& image) {
  Value entry = Value::object();
  entry["mediaType"] = image.manifest.descriptor.media_type;
  entry["digest"] = image.manifest.descriptor.digest;
  entry["size"] = static_cast<std::int64_t>(image.manifest.descriptor.size_bytes);
  if (!image.reference.empty()) {
    const auto colon = image.reference.rfind(':');
    entry["annotations"]["io.containerd.image.name"] = full_name(image.reference);
    entry["annotations"][k_ref_name] = image.reference.substr(colon + 1);
  }
  Value root = Value::object();
  root["schemaVersion"] = 2;
  root["mediaType"] = k_oci_index;
  Value& manifests = root["manifests"] = Value::array();
  manifests.push(std::move(entry));
  return mlopsctl::to_json(root);
}

/// As 'docker save' of Docker 25 and later writes it.
std::string docker_manifest_json(const OciImage& image) {
  Value entry = Value::object();
  entry["Config"] = blob_name(image.config);
  Value& tags = entry["RepoTags"] = Value();
  if (!image.reference.empty()) {
    tags = Value::array();
    tags.push(image.reference);
  }
  Value& layers = entry["Layers"] = Value::array();
  for (const auto& layer : image.layers)
    layers.push(blob_name(layer));
  Value root = Value::array();
  root.push(std::move(entry));
  return mlopsctl::to_json(root);
}

} // namespace

void write_oci_layout(FolderSink& folder, const OciImage& image) {
  std::vector<char> buffer(std::size_t{1} << 18);
  for (const auto* blob : all_blobs(image)) {
    const auto source = blob->open();
    const auto sink = folder.create(blob_name(*blob));
    while (const auto count = source->read(buffer)) {
      check_interrupt();
      sink->write({buffer.data(), count});
    }
    sink->finish();
  }
  folder.write("index.json", index_json(image));
  folder.write("oci-layout", k_layout_text);
}

PackResult write_oci_tar(ByteSink& sink, const OciImage& image) {
  std::vector<PackItem> items{{"blobs", 0, {}}, {"blobs/sha256", 0, {}}};
  for (const auto* blob : all_blobs(image))
    items.push_back({blob_name(*blob), blob->descriptor.size_bytes, blob->open});
  const std::array<std::pair<std::string, std::string>, 3> files{
      {{"index.json", index_json(image)},
       {"manifest.json", docker_manifest_json(image)},
       {"oci-layout", std::string(k_layout_text)}}};
  for (const auto& [name, text] : files)
    items.push_back(
        {name, text.size(), [name = name, text = text] { return source_from_text(text, name); }});
  return write_tar(sink, std::move(items));
}

} // namespace mlopsctl::formats
