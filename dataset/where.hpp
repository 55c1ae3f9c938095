// SPDX-License-Identifier: Apache-2.0
// Conditions on boxes and images: what the names of an expression mean for a Sample.
#pragma once

#include "core/expression.hpp"
#include "dataset/sample.hpp"

#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace mlopsctl::dataset {

/// Names of a box (a class of the whole image has the first two): class, score, left, top, width,
/// height, right, bottom, area, iscrowd, difficult, truncated.
/// Names of an image: source (the reference), image_width, image_height, split, group, time_s,
/// boxes (their count), labelled, job_name. Every other name is a member of the box, the line or
/// the metadata of its label; '_' stands for '-' too.
class Where {
public:
  /// \throws Error(usage) as Expression does.
  explicit Where(const std::string& text);
  ~Where();
  Where(Where&&) noexcept;
  Where& operator=(Where&&) noexcept;

  /// A name of a box is in it: then it is asked box by box, else once an image.
  bool is_about_boxes() const { return is_about_boxes_; }
  bool holds(const Sample& sample) const;
  bool holds(const Sample& sample, const Annotation& annotation) const;
  bool holds(const Sample& sample, const ImageClass& image_class) const;

  /// Names that are none of the above and that no record had so far: most likely typing errors.
  std::vector<std::string> unseen_names() const;

private:
  struct Name;
  ExpressionValue value_of(std::size_t index, const Sample& sample, const Annotation* annotation,
                           const ImageClass* image_class) const;

  Expression expression_;
  std::unique_ptr<Name[]> names_;
  bool is_about_boxes_ = false;
};

/// Every name that has a meaning of its own, for help and completion.
const std::vector<std::string>& where_names();

/// What a filter does to one sample.
struct Filter {
  std::vector<Where> conditions;
  std::vector<std::string> classes; ///< only these; empty: all
  double min_area_px = 0;
  bool keeps_emptied_images = false;

  /// Takes out what does not hold. \return false if the image goes: it did not hold, or it lost all
  /// its boxes. Any thread.
  bool apply(Sample& sample) const;
};

} // namespace mlopsctl::dataset
