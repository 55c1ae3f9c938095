// SPDX-License-Identifier: Apache-2.0
// Writes tasks for Label Studio: "Import" in a project takes the file.
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

extern const CanHold k_label_studio_holds;
std::unique_ptr<dataset::SampleWriter> create_label_studio(const std::string& path,
                                                           const WriteOptions& options);

} // namespace mlopsctl::formats
