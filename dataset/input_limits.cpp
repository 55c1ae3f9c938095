// SPDX-License-Identifier: Apache-2.0
#include "dataset/input_limits.hpp"

namespace mlopsctl::dataset {

Problems check_job_image(const std::string& place, std::uint64_t bytes, int width, int height) {
  Problems problems;
  if (bytes > k_job_image_bytes)
    problems.push_back({"image-too-large", Severity::warning, place,
                        std::to_string(bytes) + " bytes; Ground Truth takes at most " +
                            std::to_string(k_job_image_bytes)});
  if (std::int64_t{width} * height > k_job_image_pixels)
    problems.push_back({"image-too-large", Severity::warning, place,
                        std::to_string(width) + "x" + std::to_string(height) +
                            " pixels; Ground Truth takes at most " +
                            std::to_string(k_job_image_pixels)});
  return problems;
}

Problems check_job_size(const std::string& place, std::int64_t images) {
  if (images <= k_job_images)
    return {};
  return {{"too-many-images", Severity::warning, place,
           std::to_string(images) + " images; a Ground Truth job takes at most " +
               std::to_string(k_job_images) + " (--sample chooses some)"}};
}

} // namespace mlopsctl::dataset
