// SPDX-License-Identifier: Apache-2.0
// Names in model archives that making and checking them share.
#pragma once

#include <string_view>

namespace mlopsctl::package {

/// [A-Za-z0-9][A-Za-z0-9_.-]*
bool is_mar_name(std::string_view name);
/// A handler that comes with TorchServe, such as "object_detector".
bool is_torchserve_handler(std::string_view name);

} // namespace mlopsctl::package
