// SPDX-License-Identifier: Apache-2.0
// The JSON Schema of mlops.yaml, made from what every command declares.
#pragma once

#include "core/value.hpp"

namespace mlopsctl::commands {

Value config_schema();

} // namespace mlopsctl::commands
