// SPDX-License-Identifier: Apache-2.0
#include "imaging/detail/media_module.hpp"

#include "core/error.hpp"
#include "core/module.hpp"

#include <string>

namespace mlopsctl::imaging::detail {

const MlopsctlMediaApi& media_api() {
  using Entry = const MlopsctlMediaApi* (*)();
  static const MlopsctlMediaApi* api = [] {
    auto* symbol = load_module_symbol("media", "mlopsctl_media_api",
                                      "install libavformat59 libavcodec59 libavdevice59 "
                                      "libswscale6, or build the target 'media'");
    return reinterpret_cast<Entry>(symbol)();
  }();
  if (api->version != MLOPSCTL_MEDIA_API_VERSION)
    throw Error(Fault::internal,
                "module media: speaks version " + std::to_string(api->version) + ", version " +
                    std::to_string(MLOPSCTL_MEDIA_API_VERSION) + " is needed",
                "it belongs to another version; reinstall");
  return *api;
}

} // namespace mlopsctl::imaging::detail
