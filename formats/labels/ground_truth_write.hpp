// SPDX-License-Identifier: Apache-2.0
// The writing half of the ground_truth format.
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

std::unique_ptr<dataset::SampleWriter> create_ground_truth(const std::string& path,
                                                           const WriteOptions& options);

} // namespace mlopsctl::formats
