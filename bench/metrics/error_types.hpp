// SPDX-License-Identifier: Apache-2.0
// Why detections are wrong and objects are missed: the six error types of TIDE.
#pragma once

#include "bench/evaluation.hpp"

#include <array>
#include <string_view>

namespace mlopsctl::bench {

enum class ErrorType { classification, localisation, both, duplicate, background, missed };
constexpr std::size_t k_error_types = 6;
std::string_view error_type_name(ErrorType type);

/// Counts by ErrorType.
struct ErrorCounts {
  std::array<std::int64_t, k_error_types> counts{};

  std::int64_t& operator[](ErrorType type) { return counts[static_cast<std::size_t>(type)]; }
  std::int64_t operator[](ErrorType type) const { return counts[static_cast<std::size_t>(type)]; }
};

struct ErrorOptions {
  double foreground_iou = 0.5;   ///< continuous; from here on a detection is on an object
  double background_iou = 0.1;   ///< up to here it is on none
  double score_threshold = 0.25; ///< detections below it are not looked at
  bool is_difficult_left_out = false;
};

struct ErrorReport {
  ErrorCounts all;
  std::vector<ErrorCounts> per_class; ///< of the detection; missed: of the object
};

/// Detections of an image, the best first, each take the free truth of their class that they
/// overlap most. One that finds none and lies in no crowd is, by the first that holds:
/// localisation - overlaps a truth of its class by background_iou to foreground_iou;
/// classification - overlaps a truth of another class by foreground_iou or more;
/// duplicate - overlaps a truth of its class that is found already by foreground_iou or more;
/// background - overlaps nothing by more than background_iou;
/// both - anything else: wrong class and wrong place.
/// missed - a truth that nothing found and that no localisation or classification error is about.
/// Source: Bolya et al., TIDE (ECCV 2020), section 2.2; tidecv quantify.py.
ErrorReport error_types(const Evaluation& evaluation, const ErrorOptions& options);

} // namespace mlopsctl::bench
