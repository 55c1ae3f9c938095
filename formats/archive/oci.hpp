// SPDX-License-Identifier: Apache-2.0
// Container images as data: descriptors, manifest, configuration and index of the OCI image
// specification 1.0, and Docker's equivalents when reading. A digest is of exact bytes: each
// document is serialised once, and these bytes are hashed, written and sent.
#pragma once

#include "core/io.hpp"
#include "core/value.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::formats {

inline constexpr const char* k_oci_index = "application/vnd.oci.image.index.v1+json";
inline constexpr const char* k_oci_manifest = "application/vnd.oci.image.manifest.v1+json";
inline constexpr const char* k_oci_config = "application/vnd.oci.image.config.v1+json";
inline constexpr const char* k_oci_layer = "application/vnd.oci.image.layer.v1.tar+gzip";
inline constexpr const char* k_docker_list =
    "application/vnd.docker.distribution.manifest.list.v2+json";
inline constexpr const char* k_docker_manifest =
    "application/vnd.docker.distribution.manifest.v2+json";
inline constexpr const char* k_docker_config = "application/vnd.docker.container.image.v1+json";
inline constexpr const char* k_docker_layer = "application/vnd.docker.image.rootfs.diff.tar.gzip";
/// Where a registry or containerd keeps names beside a manifest.
inline constexpr const char* k_ref_name = "org.opencontainers.image.ref.name";

struct OciDescriptor {
  std::string media_type;
  std::string digest; ///< "sha256:<64 hex>"
  std::uint64_t size_bytes = 0;
};

/// A descriptor of an index, with what it says about the image.
struct OciIndexEntry {
  OciDescriptor descriptor;
  std::string architecture, os; ///< empty: not said
  std::string reference;        ///< k_ref_name; empty: none
  bool is_attestation = false;  ///< of buildkit: no image
};

struct OciManifest {
  std::string media_type; ///< empty: not said
  OciDescriptor config;
  std::vector<OciDescriptor> layers; ///< base first
};

struct OciHistory {
  std::string created_by;
  bool is_empty_layer = false;
};

struct OciConfig {
  std::string created; ///< RFC 3339
  std::string architecture, os;
  std::string user;
  std::vector<std::string> env; ///< "KEY=VALUE"
  std::vector<std::string> entrypoint, cmd;
  std::vector<std::pair<std::string, std::string>> labels;
  std::vector<std::string> diff_ids; ///< of the layers, base first
  std::vector<OciHistory> history;
};

/// Whether it is "sha256:" and 64 digits of hexadecimal in small letters.
bool is_oci_digest(std::string_view text);

std::string to_json(const OciConfig& config);
std::string to_json(const OciManifest& manifest);

/// \param name for messages. \throws Error(input) naming line and key.
OciManifest parse_oci_manifest(std::string_view json, const std::string& name);
OciConfig parse_oci_config(std::string_view json, const std::string& name);
std::vector<OciIndexEntry> parse_oci_index(std::string_view json, const std::string& name);

/// Some bytes of an image, and how to come by them.
struct OciBlob {
  OciDescriptor descriptor;
  std::function<std::unique_ptr<ByteSource>()> open;
};
/// Of bytes that are here.
OciBlob blob_of(std::string bytes, std::string media_type);

struct OciImage {
  OciBlob manifest;
  OciBlob config;
  std::vector<OciBlob> layers;
  std::string reference; ///< "detector:3"; empty: it has no name
};

} // namespace mlopsctl::formats
