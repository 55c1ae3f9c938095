// SPDX-License-Identifier: Apache-2.0
// The writing half of the yolo format.
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

extern const CanHold k_yolo_holds;
std::unique_ptr<dataset::SampleWriter> create_yolo(const std::string& path,
                                                   const WriteOptions& options);

} // namespace mlopsctl::formats
