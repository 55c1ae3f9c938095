// SPDX-License-Identifier: Apache-2.0
// YAML of other programs: several documents in a file, and tags of their own.
#pragma once

#include "core/value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl {

/// Every document of \p text; `!Name value` reads as {"!Name": value}, and a member's line is that
/// of its key. Bounds and errors are parse_yaml's, over all documents together.
std::vector<Value> parse_yaml_documents(std::string_view text, const std::string& name);

} // namespace mlopsctl
