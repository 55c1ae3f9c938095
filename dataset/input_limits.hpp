// SPDX-License-Identifier: Apache-2.0
// What Ground Truth takes as input, told before a job is made. Developer guide, "Input data
// quotas".
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>

namespace mlopsctl::dataset {

inline constexpr std::int64_t k_job_images = 100'000;
inline constexpr std::uint64_t k_job_image_bytes = 40'000'000;
inline constexpr std::int64_t k_job_image_pixels = 100'000'000;

/// Warnings for an image file of that size. \param width px. \param height px.
Problems check_job_image(const std::string& place, std::uint64_t bytes, int width, int height);
/// A warning if one labelling job does not take so many.
Problems check_job_size(const std::string& place, std::int64_t images);

} // namespace mlopsctl::dataset
