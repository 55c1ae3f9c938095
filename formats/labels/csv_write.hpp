// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "formats/labels/format.hpp"

#include <memory>
#include <string>

namespace mlopsctl::formats {

extern const CanHold k_csv_holds, k_open_images_holds;
std::unique_ptr<dataset::SampleWriter> create_csv(const std::string& path,
                                                  const WriteOptions& options);
std::unique_ptr<dataset::SampleWriter> create_open_images(const std::string& path,
                                                          const WriteOptions& options);

} // namespace mlopsctl::formats
