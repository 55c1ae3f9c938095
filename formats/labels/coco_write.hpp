// SPDX-License-Identifier: Apache-2.0
// The writing half of the coco format.
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

extern const CanHold k_coco_holds;
std::unique_ptr<dataset::SampleWriter> create_coco(const std::string& path,
                                                   const WriteOptions& options);

} // namespace mlopsctl::formats
