// SPDX-License-Identifier: Apache-2.0
// Writes Create ML's annotations.json: only members that Create ML knows.
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

extern const CanHold k_createml_holds;
std::unique_ptr<dataset::SampleWriter> create_createml(const std::string& path,
                                                       const WriteOptions& options);

} // namespace mlopsctl::formats
