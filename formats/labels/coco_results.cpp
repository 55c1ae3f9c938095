// SPDX-License-Identifier: Apache-2.0
// coco_results: the list of detections that COCO's evaluation takes. It knows images and classes
// only by the ids of the COCO file it was made for; they go through as Sample's extra "image_id"
// and Annotation::source_id, with empty names, for 'bench score' to look up.
#include "core/interrupt.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/json_elements.hpp"
#include "formats/labels/json_items.hpp"

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
  std::int64_t image_id = 0;
  std::int64_t category_id = 0;
  double score = 0;
  dataset::Box box;
  std::uint32_t index = 0; ///< in its slice, then in the file
};

struct Refusal {
  std::uint32_t index = 0;
  std::string_view text;
};

/// A part of the list, as read by one thread.
struct Slice {
  bool is_valid = true; ///< false: not JSON elements; perhaps only cut at the wrong place
  const char* end = nullptr;
  std::uint32_t count = 0; ///< of elements, bad ones included
  std::vector<Row> rows;
  std::vector<Refusal> refusals;
};

bool read_box(const element& value, dataset::Box& box) {
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

/// \return what is wrong with it; empty: nothing.
std::string_view read_row(const element& item, Row& row) {
  object record;
  if (item.get(record) != simdjson::SUCCESS)
    return "is not an object";
  bool has_image = false;
  bool has_category = false;
  bool has_score = false;
  bool has_box = false;
  for (const auto [key, value] : record) { // one pass: look-ups by key would each start again
    if (key == "image_id") {
      const auto id = id_of(value);
      has_image = id.has_value();
      row.image_id = id.value_or(0);
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
    return "image_id is missing or not a whole number";
  if (!has_category)
    return "category_id is missing or not a whole number from 0 on";
  if (!has_score)
    return "score is missing or not a number";
  if (!has_box)
    return "bbox is missing or not four numbers [left, top, width, height] with width and height "
           "from 0 on";
  return {};
}

Slice read_list(const array& items) {
  Slice out;
  for (const auto item : items) {
    Row row;
    row.index = out.count++;
    if (const auto wrong = read_row(item, row); wrong.empty())
      out.rows.push_back(row);
    else
      out.refusals.push_back({row.index, wrong});
  }
  return out;
}

/// \param elements of the list, without its brackets. Any thread.
Slice parse_slice(std::string_view elements) {
  check_interrupt();
  array items;
  if (ElementsParser::of_this_thread().parse(elements, items)) {
    Slice bad;
    bad.is_valid = false;
    return bad;
  }
  Slice out = read_list(items);
  out.end = elements.data() + elements.size();
  return out;
}

/// Cuts the elements of a list where "}, {" stands. That may be inside a text or an inner list;
/// then one of the two sides is no valid JSON, because what comes before a cut is valid only if it
/// ends with a whole element.
class Cutter {
public:
  explicit Cutter(std::string_view elements) : rest_(elements) {}

  std::optional<std::string_view> next() {
    if (rest_.empty())
      return std::nullopt;
    for (auto at = rest_.find('}', k_slice_bytes); at != std::string_view::npos;
         at = rest_.find('}', at + 1)) {
      const auto comma = rest_.find_first_not_of(" \t\r\n", at + 1);
      if (comma == std::string_view::npos || rest_[comma] != ',')
        continue;
      const auto brace = rest_.find_first_not_of(" \t\r\n", comma + 1);
      if (brace == std::string_view::npos || rest_[brace] != '{')
        continue;
      const auto slice = rest_.substr(0, at + 1);
      rest_.remove_prefix(brace);
      return slice;
    }
    return std::exchange(rest_, {});
  }

private:
  static constexpr std::size_t k_slice_bytes = std::size_t{1} << 20;
  std::string_view rest_;
};

class CocoResultsReader final : public dataset::SampleReader {
public:
  CocoResultsReader(LabelInput input, int jobs)
      : input_(std::move(input)), jobs_(jobs > 0 ? jobs : default_jobs()) {
    load();
    input_.source.reset(); // every number is here; the pages of the file may go
  }

  bool next(Sample& sample) override {
    if (position_ + 1 >= first_.size())
      return false;
    check_interrupt();
    const std::size_t begin = first_[position_];
    const std::size_t count = first_[++position_] - begin;
    auto annotations = std::move(sample.annotations); // for their memory
    sample.clear();
    sample.annotations = std::move(annotations);
    sample.place = place_of(rows_[begin]->index);
    sample.extra.emplace_back("image_id", std::to_string(rows_[begin]->image_id));
    sample.annotations.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Row& row = *rows_[begin + i];
      Annotation& annotation = sample.annotations[i];
      annotation.label.clear();
      annotation.extra.clear();
      annotation.is_crowd = annotation.is_difficult = annotation.is_truncated = false;
      annotation.source_id = row.category_id;
      annotation.score = row.score;
      annotation.box = row.box;
    }
    return true;
  }
  void rewind() override { position_ = 0; }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }

private:
  std::string place_of(std::uint32_t index) const {
    return input_.path + ":[" + std::to_string(index) + "]";
  }

  void load() {
    const auto size = input_.source->size_bytes();
    if (size.value_or(0) > k_max_bytes)
      throw Error(Fault::input,
                  input_.path + ": is " + bytes_for_people(*size) + ", results up to " +
                      bytes_for_people(k_max_bytes) + " are read",
                  "give several files, each with some of the images");
    std::string held;
    auto text = input_.source->mapped();
    mapped_ = text ? text->data() : nullptr;
    if (!text) {
      held = read_all(*input_.source, k_max_bytes);
      text = held;
    }
    text = without_byte_order_mark(*text);
    if (!read_in_slices(*text))
      read_whole(*text);
    group_by_image();
  }

  /// \return false if a slice was no JSON: the document is bad, or was cut at a wrong place.
  bool read_in_slices(std::string_view text) {
    const std::string_view list = trim(text);
    if (list.size() < 2 || list.front() != '[' || list.back() != ']')
      return false;
    Cutter cutter(list.substr(1, list.size() - 2));
    bool is_valid = true;
    ordered_parallel<std::string_view, Slice>(
        jobs_,
        [&]() -> std::optional<std::string_view> {
          return is_valid ? cutter.next() : std::nullopt;
        },
        [](std::string_view&& elements) { return parse_slice(elements); },
        [&](Slice&& slice) {
          is_valid = is_valid && slice.is_valid;
          if (is_valid)
            take(std::move(slice));
        });
    if (!is_valid)
      slices_.clear();
    return is_valid;
  }

  /// With the parser's own words for what is wrong.
  void read_whole(std::string_view text) {
    count_ = 0;
    problems_.clear();
    simdjson::dom::parser parser;
    element document;
    array items;
    if (const auto error = parser.parse(text.data(), text.size()).get(document)) {
      find_bad_element();
      throw Error(Fault::input,
                  input_.path + ": not valid JSON: " + simdjson::error_message(error));
    }
    if (document.get(items) != simdjson::SUCCESS)
      throw Error(Fault::input, input_.path + ": is JSON, but not a list of detections");
    take(read_list(items));
  }

  /// \throws Error(input) with the place of the first element that is no JSON, if there is one.
  void find_bad_element() {
    input_.source->rewind();
    JsonItems items(*input_.source);
    simdjson::dom::parser parser;
    while (const auto item = items.next()) {
      check_interrupt();
      if (!parser.parse(item->data(), item->size()).error())
        continue;
      constexpr std::size_t k_shown_bytes = 120;
      const bool is_cut = item->size() > k_shown_bytes;
      const bool is_no_number = item->find("NaN") != std::string_view::npos ||
                                item->find("Infinity") != std::string_view::npos;
      throw Error(Fault::input,
                  place_of(static_cast<std::uint32_t>(items.index())) + ": not valid JSON: " +
                      printable(std::string(item->substr(0, k_shown_bytes))) +
                      (is_cut ? " ..." : ""),
                  is_no_number ? "JSON has no NaN or Infinity: leave such detections out" : "");
    }
  }

  /// In the order of the file.
  void take(Slice&& slice) {
    for (auto& row : slice.rows)
      row.index += count_;
    for (const auto& refusal : slice.refusals)
      problems_.add({"bad-detection", Severity::error, place_of(refusal.index + count_),
                     std::string(refusal.text)});
    count_ += slice.count;
    slices_.push_back(std::move(slice.rows));
    if (mapped_ != nullptr && slice.end != nullptr)
      input_.source->drop_before(static_cast<std::uint64_t>(slice.end - mapped_));
  }

  /// A counting sort: images in the order in which they come first, rows in that of the file.
  void group_by_image() {
    std::unordered_map<std::int64_t, std::uint32_t> position_of;
    std::vector<std::uint32_t> images;
    images.reserve(count_);
    first_.assign(1, 0);
    for (const auto& rows : slices_)
      for (const auto& row : rows) {
        const auto [entry, is_new] =
            position_of.try_emplace(row.image_id, static_cast<std::uint32_t>(position_of.size()));
        if (is_new)
          first_.push_back(0);
        ++first_[entry->second + 1];
        images.push_back(entry->second);
      }
    for (std::size_t i = 1; i < first_.size(); ++i)
      first_[i] += first_[i - 1];
    auto next = first_;
    rows_.resize(images.size());
    std::size_t i = 0;
    for (const auto& rows : slices_)
      for (const auto& row : rows)
        rows_[next[images[i++]]++] = &row;
  }

  LabelInput input_;
  int jobs_;
  const char* mapped_ = nullptr; ///< the first byte of the file, while it is open
  std::vector<std::vector<Row>> slices_;
  std::uint32_t count_ = 0;          ///< elements of the list
  std::vector<const Row*> rows_;     ///< by image
  std::vector<std::uint32_t> first_; ///< image i has rows first_[i] .. first_[i + 1]
  std::size_t position_ = 0;
  ClassMap classes_;
  ProblemList problems_;
};

constexpr std::size_t k_first_bytes = 4096;

/// A list whose first object has what a detection has; an empty list is a model that found nothing.
bool sniff(const LabelInput& input) {
  if (!input.source)
    return false;
  const std::string_view head = trim(without_byte_order_mark(input.head));
  if (!head.starts_with("["))
    return false;
  const std::string_view rest = trim(head.substr(1));
  const std::string_view first = rest.substr(0, k_first_bytes); // an inner object may come before
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
  expect_file(input, "a file of COCO results");
  return std::make_unique<CocoResultsReader>(std::move(input), options.jobs);
}

} // namespace

extern const LabelFormat coco_results;
const LabelFormat coco_results{
    "coco_results",
    "Detections for COCO's evaluation, by id (read only, for 'bench score')",
    {".json"},
    Needs::whole,
    {.boxes = true, .class_ids = true, .score = true, .fractions = true},
    sniff,
    open,
    nullptr,
};

} // namespace mlopsctl::formats
