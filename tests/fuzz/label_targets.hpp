// SPDX-License-Identifier: Apache-2.0
// Fuzz targets of the label formats.
#pragma once

#include "tests/fuzz/targets.hpp"

namespace mlopsctl::fuzz {

const std::vector<Target>& label_targets();

} // namespace mlopsctl::fuzz
