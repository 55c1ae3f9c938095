// SPDX-License-Identifier: Apache-2.0
// Writes "CVAT for images 1.1": the XML that CVAT takes under "Upload annotations".
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

extern const CanHold k_cvat_holds;
std::unique_ptr<dataset::SampleWriter> create_cvat(const std::string& path,
                                                   const WriteOptions& options);

} // namespace mlopsctl::formats
