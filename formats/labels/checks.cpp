// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/checks.hpp"

#include "core/text.hpp"

#include <cmath>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_problems_kept = 100'000;
// Fractional labels touch the edge with the noise of doubles: 95.39999999999998 + 404.6 > 500.
constexpr double k_edge_tolerance_px = 1e-6;

enum class Verdict { keep, drop_box, drop_sample };

std::string size_text(int width, int height) {
  return std::to_string(width) + "x" + std::to_string(height);
}

std::string image_text(const dataset::Sample& sample) {
  return sample.width > 0 ? " (image " + size_text(sample.width, sample.height) + ")" : "";
}

/// Labels made on the picture as a viewer shows it, of one that the camera wrote sideways.
bool is_turned(const dataset::Sample& sample, const ImageSize& actual) {
  return actual.orientation >= 5 && actual.width != actual.height &&
         sample.width == actual.height && sample.height == actual.width;
}

bool check_size(dataset::Sample& sample, const ReadOptions& options, const Report& report) {
  const bool is_known = sample.width > 0 && sample.height > 0;
  if (options.image_size && (!is_known || options.check_sizes)) {
    const auto actual = options.image_size(sample.ref);
    if (!actual && options.check_sizes)
      report("image-missing", Severity::warning,
             "'" + sample.ref + "' was not found, or is no picture");
    if (actual && !is_known) {
      sample.width = actual->width;
      sample.height = actual->height;
      sample.depth = actual->depth;
      return true;
    }
    if (actual && is_turned(sample, *actual)) {
      report("image-turned", Severity::warning,
             "'" + sample.ref + "' is stored as " + size_text(actual->width, actual->height) +
                 " with the turn " + std::to_string(actual->orientation) +
                 " (EXIF); the labels were made on the upright picture");
      return true;
    }
    if (actual && (actual->width != sample.width || actual->height != sample.height)) {
      report("image-size-mismatch", Severity::error,
             "'" + sample.ref + "' is " + size_text(actual->width, actual->height) +
                 ", the labels say " + size_text(sample.width, sample.height));
      return false;
    }
  }
  const bool may_have_boxes = sample.is_labelled && sample.classes.empty() &&
                              !sample.is_multilabel && sample.mask_ref.empty();
  if (!is_known && options.require_size && may_have_boxes) {
    report("missing-image-size", Severity::error,
           "no size for '" + sample.ref + "' in the labels, and the image was not found");
    return false;
  }
  return true;
}

Verdict check_box(const dataset::Sample& sample, std::size_t index, const Report& report) {
  const dataset::Box& box = sample.annotations[index].box;
  if (!std::isfinite(box.left) || !std::isfinite(box.top) || !std::isfinite(box.width) ||
      !std::isfinite(box.height)) {
    report("box-not-finite", Severity::error, box_name(index) + ": a number is not finite");
    return Verdict::drop_sample;
  }
  if (box.width <= 0 || box.height <= 0) {
    const bool is_width = box.width <= 0;
    const double value = is_width ? box.width : box.height;
    report("box-without-area", Severity::error,
           box_name(index) + ": " + (is_width ? "width " : "height ") + number(value) + " is " +
               (value < 0 ? "negative" : "zero") + image_text(sample));
    return Verdict::drop_box;
  }
  if (sample.width <= 0)
    return Verdict::keep;
  if (box.left >= -k_edge_tolerance_px && box.top >= -k_edge_tolerance_px &&
      box.right() <= sample.width + k_edge_tolerance_px &&
      box.bottom() <= sample.height + k_edge_tolerance_px)
    return Verdict::keep;
  const bool is_wholly =
      box.right() <= 0 || box.bottom() <= 0 || box.left >= sample.width || box.top >= sample.height;
  report("box-outside-image", is_wholly ? Severity::error : Severity::warning,
         box_name(index) + ": left " + number(box.left) + ", top " + number(box.top) + ", right " +
             number(box.right()) + ", bottom " + number(box.bottom()) +
             (is_wholly ? " is outside the image" : " reaches over the edge") + image_text(sample));
  return is_wholly ? Verdict::drop_box : Verdict::keep;
}

} // namespace

void expect_file(const LabelInput& input, std::string_view what, const std::string& hint) {
  if (!input.source)
    throw Error(Fault::input, input.path + ": is a folder, " + std::string(what) + " was expected",
                hint);
}

std::string box_name(std::size_t index) {
  return "box " + std::to_string(index + 1);
}

bool check_sample(dataset::Sample& sample, const ReadOptions& options, const Report& report) {
  if (!check_size(sample, options, report))
    return false;
  std::size_t kept = 0;
  bool is_good = true;
  for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
    const Verdict verdict = check_box(sample, i, report);
    is_good = is_good && verdict != Verdict::drop_sample;
    if (verdict != Verdict::keep)
      continue;
    if (kept != i)
      sample.annotations[kept] = std::move(sample.annotations[i]);
    ++kept;
  }
  sample.annotations.resize(kept);
  return is_good;
}

void ProblemList::add(Problem problem) {
  if (problems_.size() < k_problems_kept) {
    problems_.push_back(std::move(problem));
    return;
  }
  ++left_out_;
  if (problems_.size() == k_problems_kept)
    problems_.push_back({"more-problems", Severity::error, problem.place, ""});
  problems_.back().text = std::to_string(left_out_) + " more problems are not listed";
}

void ProblemList::clear() {
  problems_.clear();
  left_out_ = 0;
}

} // namespace mlopsctl::formats
