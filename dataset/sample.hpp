// SPDX-License-Identifier: Apache-2.0
// Sample: one image and what is known about it. A data set is a stream of samples; every room
// speaks this type.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mlopsctl::dataset {

/// Pixels, origin at the top left corner of the top left pixel, half-open, doubles. width = right -
/// left.
struct Box {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;

  double right() const { return left + width; }
  double bottom() const { return top + height; }
  double area() const { return width * height; }
};

/// Intersection over union of continuous areas, 0..1 (COCO's convention; see bench for the
/// inclusive one of VOC).
double iou(const Box& a, const Box& b);

enum class Split : std::uint8_t { none, train, validation, test };
std::string_view split_name(Split split);                    ///< "", "train", "validation", "test"
std::optional<Split> split_from_name(std::string_view name); ///< also "val", "valid"

/// JSON members that we do not interpret, kept as they came: key and the value's own JSON text.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// One object in an image.
struct Annotation {
  std::string label;           ///< class NAME; ids belong to formats
  std::int64_t source_id = -1; ///< the id the source file used for it, or -1
  Box box;
  std::optional<double> score; ///< confidence 0..1, where the source gives one
  bool is_crowd = false;       ///< COCO iscrowd
  bool is_difficult = false;   ///< VOC difficult
  bool is_truncated = false;   ///< VOC truncated
  Fields extra;                ///< unknown members of this object
};

/// A class for the whole image.
struct ImageClass {
  std::string label;           ///< class NAME
  std::int64_t source_id = -1; ///< the id the source file used for it, or -1
  std::optional<double> score; ///< confidence 0..1, where the source gives one
};

/// One image reference with its annotations.
struct Sample {
  std::string
      ref; ///< as it stands in the source: a path or s3://bucket/key (raw key, not percent-encoded)
  int width = 0; ///< px; 0 if the source does not say
  int height = 0;
  int depth = 0; ///< channels; 0 if the source does not say
  std::vector<Annotation> annotations;
  /// Of the whole image, the best first. One, unless is_multilabel or a model gave several guesses.
  std::vector<ImageClass> classes;
  bool is_multilabel = false; ///< any number of classes, also none, is an answer
  std::string mask_ref;       ///< picture whose colours are classes; empty: none
  bool is_labelled = true; ///< false: nobody looked at it (not the same as "looked, nothing there")
  Split split = Split::none;
  std::string
      group; ///< source clip or other key that must not be divided between splits; may be empty
  std::optional<double> time_s; ///< presentation time in the source video
  Fields extra;                 ///< unknown members of the line or image record
  Fields label_metadata;        ///< unknown members of "<label>-metadata" (job-name, creation-date,
                                ///< human-annotated ...)
  std::string label_attribute;  ///< name of the label in a manifest; empty in other formats
  std::string place;            ///< "file:line" it was read from, for messages

  void clear() { *this = Sample{}; }
};

/// Class names by id, 0-based and contiguous. The order is the meaning: it comes from a model
/// package or a data set, never from code.
class ClassMap {
public:
  ClassMap() = default;
  explicit ClassMap(std::vector<std::string> names);

  /// Id of \p name, added at the end if it is new.
  int add(std::string_view name);
  std::optional<int> find(std::string_view name) const;
  const std::vector<std::string>& names() const { return names_; }
  std::size_t size() const { return names_.size(); }

private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
      return std::hash<std::string_view>{}(text);
    }
  };
  std::vector<std::string> names_;
  std::unordered_map<std::string, int, TextHash, std::equal_to<>> ids_; ///< the first of each name
};

/// What a model says about one object.
struct Detection {
  int class_id = 0; ///< index into the model's labels
  double score = 0; ///< 0..1
  Box box;          ///< px of the original picture
};

} // namespace mlopsctl::dataset
