// SPDX-License-Identifier: Apache-2.0
// What a Greengrass component tells the edge pipeline: the document that template edge-group puts
// into the deployment.
#pragma once

#include "serving/edge/message.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::serving {

/// Empty where the document says nothing.
struct EdgeConfiguration {
  std::string camera; ///< of this core
  std::string client_id;
  std::string endpoint; ///< host of the broker
  std::string ca, certificate, key;
  std::string model_digest;
  std::string table, partition_key;
  std::optional<int> retention_days;
  std::string buffer;
  std::optional<std::uint64_t> buffer_bytes;
  std::string on_full;
  EdgeTopics topics;
};

/// \param core name of this device; cameras and client ids are by core. \throws Error(input).
EdgeConfiguration parse_edge_configuration(std::string_view json, const std::string& core);

} // namespace mlopsctl::serving
