// SPDX-License-Identifier: Apache-2.0
// What every reader checks of a sample before it hands it out.
#pragma once

#include "formats/labels/format.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace mlopsctl::formats {

/// \throws Error(input) if \p input is a folder. \param what was expected, "a COCO file".
void expect_file(const LabelInput& input, std::string_view what, const std::string& hint = "");

/// \param index of an annotation, counted from 1 in messages.
std::string box_name(std::size_t index);

using Report = std::function<void(std::string rule, Severity severity, std::string text)>;

/// Fills the size from options.image_size, compares sizes if asked to, and checks every box:
/// boxes without area or wholly outside the image are reported as errors and left out, boxes that
/// reach over the edge are reported as warnings and kept.
/// \return false if the whole sample must be left out (a size is missing or contradicted, a number
/// is not finite).
bool check_sample(dataset::Sample& sample, const ReadOptions& options, const Report& report);

/// Problems of a reader, bounded: of a file with millions of bad lines the first 100,000 are kept.
class ProblemList {
public:
  void add(Problem problem);
  void clear();
  const Problems& all() const { return problems_; }

private:
  Problems problems_;
  std::size_t left_out_ = 0;
};

} // namespace mlopsctl::formats
