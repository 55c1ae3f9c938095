// SPDX-License-Identifier: Apache-2.0
// The writing half of the sagemaker_json format.
#pragma once

#include "formats/labels/format.hpp"

namespace mlopsctl::formats {

inline constexpr CanHold k_sagemaker_json_holds{
    .boxes = true, .image_size = true, .class_ids = true, .split = true, .fractions = true};

std::unique_ptr<dataset::SampleWriter> create_sagemaker_json(const std::string& path,
                                                             const WriteOptions& options);

} // namespace mlopsctl::formats
