// SPDX-License-Identifier: Apache-2.0
// One record of a COCO list.
#pragma once

#include "formats/labels/coco_document.hpp"

#include <simdjson.h>

#include <optional>

namespace mlopsctl::formats {

/// Whole numbers and texts; k_no_id for anything else. 42 and "42" are the same.
std::int64_t coco_id(const simdjson::dom::element& value, CocoIds& ids);
/// Of a member, which may be missing.
std::int64_t coco_id(const simdjson::dom::object& record, const char* key, CocoIds& ids);
/// px of 1 to 2^24; 0 if it is none.
int coco_side(const simdjson::dom::object& record, const char* key);

/// \return what makes the record useless; its place is left empty.
std::optional<CocoProblem> read_coco_image(const simdjson::dom::element& item, CocoIds& ids,
                                           CocoImage& image);
/// A missing box or category is told later, with the image.
std::optional<CocoProblem> read_coco_annotation(const simdjson::dom::element& item, CocoIds& ids,
                                                CocoAnnotation& annotation);

/// Members that a Sample or Annotation has no place for.
void keep_other_members(const simdjson::dom::object& record, bool is_image, const dataset::Box& box,
                        dataset::Fields& extra);

} // namespace mlopsctl::formats
