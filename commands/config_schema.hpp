// SPDX-License-Identifier: Apache-2.0
// JSON Schemas of files that hold options, made from what the commands declare.
#pragma once

#include "core/value.hpp"

namespace mlopsctl::commands {

Value config_schema();  ///< of mlops.yaml
Value sources_schema(); ///< of the file of capture --sources

} // namespace mlopsctl::commands
