// SPDX-License-Identifier: Apache-2.0
// The writing half of the voc format.
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

extern const CanHold k_voc_holds;
std::unique_ptr<dataset::SampleWriter> create_voc(const std::string& path,
                                                  const WriteOptions& options);

} // namespace mlopsctl::formats
