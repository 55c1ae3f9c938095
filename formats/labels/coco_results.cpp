// SPDX-License-Identifier: Apache-2.0
// coco_results: the list of detections that COCO's evaluation takes. It knows images and classes
// only by the ids of the COCO file it was made for; they go through as Sample's extra "image_id"
// and Annotation::source_id, with empty names, for 'bench score' to look up.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"

#include <simdjson.h>

#include <cmath>
#include <unordered_map>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::ClassMap;
using dataset::Sample;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::uint64_t k_max_bytes = std::uint64_t{2} << 30;

/// Ids may be texts ("42"), and whole numbers with a point.
std::optional<std::int64_t> id_of(const element& value) {
  std::int64_t integer = 0;
  std::string_view text;
  double real = 0;
  if (value.get(integer) == simdjson::SUCCESS)
    return integer;
  if (value.get(text) == simdjson::SUCCESS)
    return parse_int(text);
  if (value.get(real) == simdjson::SUCCESS && std::trunc(real) == real && std::abs(real) < 1e15)
    return static_cast<std::int64_t>(real);
  return std::nullopt;
}

struct Row {
  std::int64_t category_id = 0;
  double score = 0;
  dataset::Box box;
  std::uint32_t index = 0; ///< in the file
};

class CocoResultsReader final : public dataset::SampleReader {
public:
  explicit CocoResultsReader(LabelInput input) : input_(std::move(input)) { load(); }

  bool next(Sample& sample) override {
    if (position_ == images_.size())
      return false;
    check_interrupt();
    const auto& image = images_[position_++];
    sample.clear();
    sample.place = input_.path + ":[" + std::to_string(image.rows.front().index) + "]";
    sample.extra.emplace_back("image_id", std::to_string(image.id));
    sample.annotations.resize(image.rows.size());
    for (std::size_t i = 0; i < image.rows.size(); ++i) {
      Annotation& annotation = sample.annotations[i];
      annotation.source_id = image.rows[i].category_id;
      annotation.score = image.rows[i].score;
      annotation.box = image.rows[i].box;
    }
    return true;
  }
  void rewind() override { position_ = 0; }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }

private:
  struct Image {
    std::int64_t id = 0;
    std::vector<Row> rows;
  };

  void load() {
    const auto size = input_.source->size_bytes();
    if (size.value_or(0) > k_max_bytes)
      throw Error(Fault::input,
                  input_.path + ": is " + bytes_for_people(*size) + ", results up to " +
                      bytes_for_people(k_max_bytes) + " are read",
                  "give several files, each with some of the images");
    std::string held;
    auto text = input_.source->mapped();
    if (!text) {
      held = read_all(*input_.source, k_max_bytes);
      text = held;
    }
    if (text->starts_with("\xEF\xBB\xBF"))
      text->remove_prefix(3);
    simdjson::dom::parser parser;
    element document;
    array items;
    if (const auto error = parser.parse(text->data(), text->size()).get(document))
      throw Error(Fault::input,
                  input_.path + ": not valid JSON: " + simdjson::error_message(error));
    if (document.get(items) != simdjson::SUCCESS)
      throw Error(Fault::input, input_.path + ": is JSON, but not a list of detections");
    std::uint32_t index = 0;
    std::unordered_map<std::int64_t, std::size_t> position_of;
    for (const auto item : items) {
      if (index % 4096 == 0)
        check_interrupt();
      std::int64_t image_id = 0;
      Row row;
      row.index = index++;
      if (!read_row(item, image_id, row))
        continue;
      const auto [entry, is_new] = position_of.try_emplace(image_id, images_.size());
      if (is_new)
        images_.push_back({image_id, {}});
      images_[entry->second].rows.push_back(row);
    }
  }

  bool read_row(const element& item, std::int64_t& image_id, Row& row) {
    object record;
    if (item.get(record) != simdjson::SUCCESS)
      return refuse(row, "is not an object");
    bool has_image = false;
    bool has_category = false;
    bool has_score = false;
    bool has_box = false;
    for (const auto [key, value] : record) { // one pass: look-ups by key would each start again
      if (key == "image_id") {
        const auto id = id_of(value);
        has_image = id.has_value();
        image_id = id.value_or(0);
      } else if (key == "category_id") {
        const auto id = id_of(value);
        has_category = id.has_value() && *id >= 0;
        row.category_id = id.value_or(0);
      } else if (key == "score") {
        has_score = value.get(row.score) == simdjson::SUCCESS && std::isfinite(row.score);
      } else if (key == "bbox") {
        has_box = read_box(value, row.box);
      }
    }
    if (!has_image)
      return refuse(row, "image_id is missing or not a whole number");
    if (!has_category)
      return refuse(row, "category_id is missing or not a whole number from 0 on");
    if (!has_score)
      return refuse(row, "score is missing or not a number");
    if (!has_box)
      return refuse(row, "bbox is missing or not four numbers [left, top, width, height] with "
                         "width and height from 0 on");
    return true;
  }

  static bool read_box(const element& value, dataset::Box& box) {
    array numbers;
    if (value.get(numbers) != simdjson::SUCCESS || numbers.size() != 4)
      return false;
    double* const fields[] = {&box.left, &box.top, &box.width, &box.height};
    std::size_t i = 0;
    for (const auto number : numbers)
      if (number.get(*fields[i++]) != simdjson::SUCCESS)
        return false;
    return box.width >= 0 && box.height >= 0;
  }

  bool refuse(const Row& row, std::string text) {
    problems_.add({"bad-detection", Severity::error,
                   input_.path + ":[" + std::to_string(row.index) + "]", std::move(text)});
    return false;
  }

  LabelInput input_;
  std::vector<Image> images_;
  std::size_t position_ = 0;
  ClassMap classes_;
  ProblemList problems_;
};

/// A list whose first object has what a detection has; an empty list is a model that found nothing.
bool sniff(const LabelInput& input) {
  if (!input.source)
    return false;
  std::string_view head = trim(input.head);
  if (head.starts_with("\xEF\xBB\xBF"))
    head.remove_prefix(3);
  if (!head.starts_with("["))
    return false;
  const std::string_view rest = trim(head.substr(1));
  const std::string_view first = rest.substr(0, rest.find('}'));
  return rest == "]" ||
         (rest.starts_with("{") && first.find("\"category_id\"") != std::string_view::npos &&
          first.find("\"image_id\"") != std::string_view::npos);
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  if (!options.allow_ids_only)
    throw Error(Fault::input,
                input.path +
                    ": is a list of COCO results, which know images and classes by id only",
                "use it with 'bench score --predictions'");
  if (!input.source)
    throw Error(Fault::input, input.path + ": is a folder, a file of COCO results was expected");
  return std::make_unique<CocoResultsReader>(std::move(input));
}

} // namespace

extern const LabelFormat coco_results;
const LabelFormat coco_results{
    "coco_results",
    "Detections for COCO's evaluation, by id (read only, for 'bench score')",
    {".json"},
    Needs::whole,
    {.image_size = false,
     .class_ids = true,
     .score = true,
     .crowd = false,
     .difficult = false,
     .truncated = false,
     .unlabelled = false,
     .split = false,
     .unknown_fields = false,
     .fractions = true},
    sniff,
    open,
    nullptr,
};

} // namespace mlopsctl::formats
