// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/coco_record.hpp"

#include "formats/labels/json_elements.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace mlopsctl::formats {
namespace {

using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::array<std::string_view, 4> k_image_members{"file_name", "width", "height", "id"};
constexpr std::array<std::string_view, 9> k_box_members{
    "id", "image_id", "category_id", "bbox", "iscrowd", "difficult", "truncated", "score", "area"};
enum BoxMember : std::size_t { // positions in k_box_members
  k_id,
  k_image_id,
  k_category_id,
  k_bbox,
  k_crowd,
  k_difficult,
  k_truncated,
  k_score,
  k_area,
  k_other
};
static_assert(k_other == k_box_members.size());

template <std::size_t N>
std::size_t index_of(const std::array<std::string_view, N>& names, std::string_view key) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), key) - names.begin());
}

/// The members of an annotation by what they are, the first of each name: one pass, as there are
/// millions.
struct BoxMembers {
  std::array<std::optional<element>, k_other> values;
  int others = 0; ///< that are none of these

  explicit BoxMembers(const object& record) {
    for (const auto member : record) {
      const auto index = index_of(k_box_members, member.key);
      if (index == k_other)
        ++others;
      else if (!values[index])
        values[index] = member.value;
    }
  }
  std::int64_t id(BoxMember member, CocoIds& ids) const {
    return values[member] ? coco_id(*values[member], ids) : CocoIds::k_no_id;
  }
  bool flag(BoxMember member) const {
    std::int64_t integer = 0;
    bool boolean = false;
    const auto& value = values[member];
    return value && ((value->get(integer) == simdjson::SUCCESS && integer == 1) ||
                     (value->get(boolean) == simdjson::SUCCESS && boolean));
  }
};

/// "area" says something only where it is that of a segmentation.
bool is_area_of_box(const element& value, const dataset::Box& box) {
  double area = 0;
  return value.get(area) != simdjson::SUCCESS ||
         std::abs(area - box.area()) <= 1e-6 * std::abs(area);
}

bool is_other_of_box(std::string_view key, const element& value, const dataset::Box& box) {
  const auto index = index_of(k_box_members, key);
  return index == k_other || (index == k_area && !is_area_of_box(value, box));
}

bool read_bbox(const std::optional<element>& bbox, dataset::Box& box) {
  array values;
  double* const targets[] = {&box.left, &box.top, &box.width, &box.height};
  if (!bbox || bbox->get(values) != simdjson::SUCCESS || values.size() != 4)
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
  return record[key].get(value) == simdjson::SUCCESS ? coco_id(value, ids) : CocoIds::k_no_id;
}

std::int64_t coco_id(const element& value, CocoIds& ids) {
  std::int64_t integer = 0;
  std::string_view text;
  double real = 0;
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
  const BoxMembers members(record);
  annotation.id = members.id(k_id, ids);
  annotation.image_id = members.id(k_image_id, ids);
  annotation.category_id = members.id(k_category_id, ids);
  annotation.has_box = read_bbox(members.values[k_bbox], annotation.box);
  annotation.is_crowd = members.flag(k_crowd);
  annotation.is_difficult = members.flag(k_difficult);
  annotation.is_truncated = members.flag(k_truncated);
  const auto& score = members.values[k_score];
  if (double value = 0; score && score->get(value) == simdjson::SUCCESS)
    annotation.score = value;
  const auto& area = members.values[k_area];
  const int others = members.others + (area && !is_area_of_box(*area, annotation.box) ? 1 : 0);
  annotation.others = static_cast<std::uint8_t>(std::min(others, 255));
  return std::nullopt;
}

void keep_other_members(const object& record, bool is_image, const dataset::Box& box,
                        dataset::Fields& extra) {
  for (const auto member : record)
    if (is_image ? index_of(k_image_members, member.key) == k_image_members.size()
                 : is_other_of_box(member.key, member.value, box))
      extra.emplace_back(member.key, raw(member.value));
}

} // namespace mlopsctl::formats
