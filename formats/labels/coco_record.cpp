// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/coco_record.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mlopsctl::formats {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::string_view, 8> k_box_members{
    "id", "image_id", "category_id", "bbox", "iscrowd", "difficult", "truncated", "score"};
constexpr std::array<std::string_view, 4> k_image_members{"file_name", "width", "height", "id"};

bool flag(const object& record, const char* key) {
  std::int64_t integer = 0;
  bool boolean = false;
  return (record[key].get(integer) == simdjson::SUCCESS && integer == 1) ||
         (record[key].get(boolean) == simdjson::SUCCESS && boolean);
}

/// "area" says something only where it is that of a segmentation.
bool is_area_of_box(const element& value, const dataset::Box& box) {
  double area = 0;
  return value.get(area) != simdjson::SUCCESS ||
         std::abs(area - box.area()) <= 1e-6 * std::abs(area);
}

template <class Visit>
void for_each_other(const object& record, bool is_image, const dataset::Box& box,
                    const Visit& visit) {
  for (const auto member : record) {
    const bool is_known = is_image ? std::find(k_image_members.begin(), k_image_members.end(),
                                               member.key) != k_image_members.end()
                                   : std::find(k_box_members.begin(), k_box_members.end(),
                                               member.key) != k_box_members.end();
    if (!is_known && (is_image || member.key != "area" || !is_area_of_box(member.value, box)))
      visit(member);
  }
}

bool read_bbox(const object& record, dataset::Box& box) {
  array values;
  double* const targets[] = {&box.left, &box.top, &box.width, &box.height};
  if (record["bbox"].get(values) != simdjson::SUCCESS || values.size() != 4)
    return false;
  std::size_t i = 0;
  for (const auto value : values)
    if (value.get(*targets[i++]) != simdjson::SUCCESS)
      return false;
  return true;
}

} // namespace

std::int64_t coco_id(const object& record, const char* key, CocoIds& ids) {
  element value;
  std::int64_t integer = 0;
  std::string_view text;
  double real = 0;
  if (record[key].get(value) != simdjson::SUCCESS)
    return CocoIds::k_no_id;
  if (value.get(integer) == simdjson::SUCCESS)
    return integer;
  if (value.get(text) == simdjson::SUCCESS)
    return text.empty() ? CocoIds::k_no_id : ids.of_text(text);
  if (value.get(real) == simdjson::SUCCESS && std::trunc(real) == real && std::abs(real) < 1e15)
    return static_cast<std::int64_t>(real);
  return CocoIds::k_no_id;
}

int coco_side(const object& record, const char* key) {
  double value = 0;
  const bool is_good = record[key].get(value) == simdjson::SUCCESS && value > 0 &&
                       value <= 1 << 24 && std::trunc(value) == value;
  return is_good ? static_cast<int>(value) : 0;
}

std::optional<CocoProblem> read_coco_image(const element& item, CocoIds& ids, CocoImage& image) {
  object record;
  if (item.get(record) != simdjson::SUCCESS)
    return CocoProblem{"bad-image", Severity::error, "", "is not an object"};
  image.id = coco_id(record, "id", ids);
  std::string_view name;
  if (image.id == CocoIds::k_no_id || record["file_name"].get(name) != simdjson::SUCCESS ||
      name.empty())
    return CocoProblem{"bad-image", Severity::error, "", "id or file_name is missing"};
  return std::nullopt;
}

std::optional<CocoProblem> read_coco_annotation(const element& item, CocoIds& ids,
                                                CocoAnnotation& annotation) {
  object record;
  if (item.get(record) != simdjson::SUCCESS)
    return CocoProblem{"unknown-image", Severity::error, "", "is not an object"};
  annotation.id = coco_id(record, "id", ids);
  annotation.image_id = coco_id(record, "image_id", ids);
  annotation.category_id = coco_id(record, "category_id", ids);
  annotation.has_box = read_bbox(record, annotation.box);
  annotation.is_crowd = flag(record, "iscrowd");
  annotation.is_difficult = flag(record, "difficult");
  annotation.is_truncated = flag(record, "truncated");
  if (double score = 0; record["score"].get(score) == simdjson::SUCCESS)
    annotation.score = score;
  int others = 0;
  for_each_other(record, false, annotation.box, [&](const auto&) { ++others; });
  annotation.others = static_cast<std::uint8_t>(std::min(others, 255));
  return std::nullopt;
}

void keep_other_members(const object& record, bool is_image, const dataset::Box& box,
                        dataset::Fields& extra) {
  for_each_other(record, is_image, box, [&](const auto& member) {
    extra.emplace_back(member.key, simdjson::to_string(member.value));
  });
}

} // namespace mlopsctl::formats
