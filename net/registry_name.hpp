// SPDX-License-Identifier: Apache-2.0
// Names of images in registries, as people write them: docker://HOST[:PORT]/REPOSITORY[:TAG].
#pragma once

#include <string>

namespace mlopsctl::net {

inline constexpr const char* k_docker_scheme = "docker://";

struct RegistryName {
  std::string host;       ///< "localhost:5000", as it is in URLs and in ~/.docker/config.json
  std::string repository; ///< "team/detector"
  std::string tag;        ///< "latest" unless given

  std::string text() const; ///< "localhost:5000/team/detector:latest"
};

/// \throws Error(usage) for what no registry can have; user info is refused, and not shown.
RegistryName parse_registry_name(const std::string& text);

} // namespace mlopsctl::net
