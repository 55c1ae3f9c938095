// SPDX-License-Identifier: Apache-2.0
// Why detections are wrong and objects are missed: the six error types of TIDE.
#pragma once

#include "bench/metrics/by_image.hpp"

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
  void add(const ErrorCounts& other);
  std::int64_t operator[](ErrorType type) const { return counts[static_cast<std::size_t>(type)]; }
};

struct ErrorOptions {
  double foreground_iou = 0.5; ///< continuous; from here on a detection is on an object
  double background_iou = 0.1; ///< up to here it is on none
  bool is_difficult_left_out = false;
};

struct ErrorReport {
  ErrorCounts all;
  std::vector<ErrorCounts> per_class; ///< of the detection; missed: of the object

  void add(const ErrorReport& other);
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
class ErrorCounter {
public:
  ErrorCounter(std::int32_t class_count, const ErrorOptions& options);
  void add(const ImageRows& rows);
  ErrorReport finish() { return std::move(report_); }

private:
  /// The truth that a detection overlaps most among some of them.
  struct Nearest {
    double iou = 0;
    std::size_t truth = 0;
  };
  template <class Keep> Nearest nearest(std::size_t detection, const Keep& keep) const;
  bool is_left_out(const TruthBox& truth) const;
  bool is_same(std::size_t detection, std::size_t truth) const;
  bool find_partner(std::size_t detection);
  ErrorType type_of(std::size_t detection);
  void count(ErrorType type, std::int32_t label);

  ErrorOptions options_;
  ErrorReport report_;
  const ImageRows* rows_ = nullptr; ///< at hand; crowds among the truths are passed over
  std::vector<std::size_t> wrong_;  ///< detections without a partner
  std::vector<char> is_found_;      ///< truths
  std::vector<char> is_explained_;  ///< a wrong detection is about the truth
};

} // namespace mlopsctl::bench
