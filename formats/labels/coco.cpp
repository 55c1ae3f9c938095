// SPDX-License-Identifier: Apache-2.0
// coco: COCO instances (one JSON document: images, annotations, categories). Ids have gaps, are
// sometimes texts, and mean nothing outside the file: everything is joined here and classes go by
// name.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/coco_write.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/own_members.hpp"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>
#include <unordered_set>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::ClassMap;
using dataset::Sample;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

constexpr std::uint64_t k_max_bytes = std::uint64_t{2} << 30;
constexpr std::uint32_t k_no_image = UINT32_MAX;

/// An id as text, so that 42 and "42" are the same; nothing for fractions and other kinds.
std::optional<std::string> id_text(const object& record, const char* key) {
  element value;
  std::int64_t integer = 0;
  std::string_view text;
  double real = 0;
  if (record[key].get(value) != simdjson::SUCCESS)
    return std::nullopt;
  if (value.get(integer) == simdjson::SUCCESS)
    return std::to_string(integer);
  if (value.get(text) == simdjson::SUCCESS && !text.empty())
    return std::string(text);
  if (value.get(real) == simdjson::SUCCESS && std::trunc(real) == real && std::abs(real) < 1e15)
    return std::to_string(static_cast<std::int64_t>(real));
  return std::nullopt;
}

bool flag(const object& record, const char* key) {
  std::int64_t integer = 0;
  bool boolean = false;
  return (record[key].get(integer) == simdjson::SUCCESS && integer == 1) ||
         (record[key].get(boolean) == simdjson::SUCCESS && boolean);
}

int image_side(const object& record, const char* key) {
  double value = 0;
  const bool is_good = record[key].get(value) == simdjson::SUCCESS && value > 0 &&
                       value <= 1 << 24 && std::trunc(value) == value;
  return is_good ? static_cast<int>(value) : 0;
}

template <std::size_t N>
void keep_others(const object& record, const char* const (&known)[N], dataset::Fields& extra) {
  for (const auto member : record)
    if (std::find(std::begin(known), std::end(known), member.key) == std::end(known))
      extra.emplace_back(member.key, simdjson::to_string(member.value));
}

class CocoReader final : public dataset::SampleReader {
public:
  CocoReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options) {
    load();
  }

  bool next(Sample& sample) override {
    while (position_ < images_.size()) {
      check_interrupt();
      if (read_image(static_cast<std::uint32_t>(position_++), sample))
        return true;
      ++left_out_;
    }
    return false;
  }
  void rewind() override {
    position_ = 0;
    left_out_ = load_left_out_;
    problems_.clear();
    for (const auto& problem : load_problems_.all())
      problems_.add(problem);
  }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  void load() {
    const std::string& name = input_.path;
    if (input_.source->size_bytes().value_or(0) > k_max_bytes)
      throw Error(Fault::input,
                  name + ": is " + bytes_for_people(*input_.source->size_bytes()) +
                      ", COCO files up to " + bytes_for_people(k_max_bytes) + " are read",
                  "split it, or convert it to a Ground Truth manifest where it was made");
    std::string held;
    auto text = input_.source->mapped();
    if (!text) {
      held = read_all(*input_.source, k_max_bytes);
      text = held;
    }
    if (text->starts_with("\xEF\xBB\xBF"))
      text->remove_prefix(3);
    element document;
    if (const auto error = parser_.parse(text->data(), text->size()).get(document))
      throw Error(Fault::input, name + ": not valid JSON: " + simdjson::error_message(error));
    object root;
    if (document.get(root) != simdjson::SUCCESS)
      throw Error(Fault::input, name + ": is JSON, but not an object with images and annotations",
                  "a list of detections without image names is COCO results: use it with 'bench "
                  "score --predictions'");
    load_categories(list(root, "categories"));
    load_images(list(root, "images"));
    array annotations;
    if (root["annotations"].get(annotations) == simdjson::SUCCESS)
      load_annotations(annotations);
    rewind();
  }

  array list(const object& root, const char* key) const {
    array items;
    if (root[key].get(items) != simdjson::SUCCESS)
      throw Error(Fault::input, input_.path + ": has no list '" + key + "'",
                  "is it a COCO instances file? name its format with --from if it is another");
    return items;
  }

  void load_categories(const array& items) {
    std::size_t index = 0;
    std::vector<std::pair<std::int64_t, std::string>> by_id;
    for (const auto item : items) {
      const std::string place = "categories[" + std::to_string(index++) + "]";
      object record;
      std::string_view name;
      const auto id = item.get(record) == simdjson::SUCCESS ? id_text(record, "id") : std::nullopt;
      if (!id || record["name"].get(name) != simdjson::SUCCESS || name.empty()) {
        report_load("bad-category", place, "id or name is missing");
        continue;
      }
      const auto [entry, is_new] = categories_.emplace(*id, name);
      if (!is_new && entry->second != name)
        report_load("duplicate-category", place,
                    "id " + *id + " is '" + std::string(name) + "' here and '" + entry->second +
                        "' before");
      by_id.emplace_back(parse_int(*id).value_or(static_cast<std::int64_t>(index)), name);
    }
    std::stable_sort(by_id.begin(), by_id.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    for (const auto& [id, name] : by_id)
      classes_.add(name);
  }

  void load_images(const array& items) {
    std::size_t index = 0;
    for (const auto item : items) {
      const std::string place = "images[" + std::to_string(index++) + "]";
      object record;
      if (item.get(record) != simdjson::SUCCESS) {
        report_load("bad-image", place, "is not an object");
        continue;
      }
      const auto id = id_text(record, "id");
      std::string_view name;
      if (!id || record["file_name"].get(name) != simdjson::SUCCESS || name.empty()) {
        report_load("bad-image", place, "id or file_name is missing");
        continue;
      }
      if (!image_by_id_.emplace(*id, static_cast<std::uint32_t>(images_.size())).second) {
        report_load("duplicate-image-id", place, "id " + *id + " stands in an earlier image");
        continue;
      }
      images_.push_back(record);
    }
    load_left_out_ = static_cast<std::int64_t>(index - images_.size());
  }

  void load_annotations(const array& items) {
    std::vector<object> records;
    std::vector<std::uint32_t> image_of;
    std::unordered_set<std::string> ids;
    for (const auto item : items) {
      object record;
      const std::size_t index = image_of.size();
      const bool is_object = item.get(record) == simdjson::SUCCESS;
      const auto image = is_object ? find_image(record) : k_no_image;
      if (image == k_no_image)
        report_load("unknown-image", annotation_place(index, record, is_object),
                    is_object ? "image_id " + id_text(record, "image_id").value_or("(missing)") +
                                    " is not among the images"
                              : "is not an object");
      else if (const auto id = id_text(record, "id"); id && !ids.insert(*id).second)
        report_load("duplicate-annotation-id", annotation_place(index, record, true),
                    "id " + *id + " stands in an earlier annotation; ids are given anew",
                    Severity::warning);
      records.push_back(record);
      image_of.push_back(image);
    }
    group(records, image_of);
  }

  std::uint32_t find_image(const object& record) const {
    const auto id = id_text(record, "image_id");
    const auto found = id ? image_by_id_.find(*id) : image_by_id_.end();
    return found == image_by_id_.end() ? k_no_image : found->second;
  }

  /// Counting sort by image: annotations of one image in the order of the file.
  void group(const std::vector<object>& records, const std::vector<std::uint32_t>& image_of) {
    first_.assign(images_.size() + 1, 0);
    for (const auto image : image_of)
      if (image != k_no_image)
        ++first_[image + 1];
    for (std::size_t i = 1; i < first_.size(); ++i)
      first_[i] += first_[i - 1];
    auto position = first_;
    annotations_.resize(first_.back());
    numbers_.resize(first_.back());
    for (std::size_t i = 0; i < records.size(); ++i)
      if (image_of[i] != k_no_image) {
        const std::size_t target = position[image_of[i]]++;
        annotations_[target] = records[i];
        numbers_[target] = static_cast<std::uint32_t>(i);
      }
  }

  static std::string annotation_place(std::size_t index, const object& record, bool is_object) {
    const auto id = is_object ? id_text(record, "id") : std::nullopt;
    return "annotations[" + std::to_string(index) + "]" + (id ? " (id " + *id + ")" : "");
  }

  void report_load(const char* rule, const std::string& place, const std::string& text,
                   Severity severity = Severity::error) {
    load_problems_.add({rule, severity, input_.path + ": " + place, text});
  }

  bool read_image(std::uint32_t index, Sample& sample) {
    static constexpr const char* k_known[] = {"file_name", "width", "height", "id"};
    const object& record = images_[index];
    sample.clear();
    std::string_view name;
    if (record["file_name"].get(name) != simdjson::SUCCESS)
      return false;
    sample.ref = name;
    sample.width = image_side(record, "width");
    sample.height = image_side(record, "height");
    sample.place = input_.path + ": images[" + std::to_string(index) + "]";
    sample.extra.emplace_back("image_id", simdjson::to_string(element(record["id"])));
    keep_others(record, k_known, sample.extra);
    take_own_members(sample);
    bool is_good = true;
    for (std::size_t i = first_.empty() ? 0 : first_[index];
         !first_.empty() && i < first_[index + 1]; ++i)
      is_good = read_annotation(i, sample.annotations.emplace_back()) && is_good;
    const auto report = [&](std::string rule, Severity severity, std::string text) {
      problems_.add(
          {std::move(rule), severity, sample.place, "'" + sample.ref + "': " + std::move(text)});
    };
    report_bad_side(record, "width", sample.width, report);
    report_bad_side(record, "height", sample.height, report);
    return is_good && check_sample(sample, options_, report);
  }

  static void report_bad_side(const object& record, const char* key, int side,
                              const Report& report) {
    element value;
    if (side == 0 && record[key].get(value) == simdjson::SUCCESS && !value.is_null())
      report("bad-image-size", Severity::warning,
             std::string(key) + " " + simdjson::to_string(value) +
                 " is not a whole number of 1 to 16777216, so the size counts as unknown");
  }

  bool read_annotation(std::size_t position, Annotation& annotation) {
    static constexpr const char* k_known[] = {"id",      "image_id",  "category_id", "bbox",
                                              "iscrowd", "difficult", "truncated",   "score"};
    const object& record = annotations_[position];
    const auto fail = [&](const char* rule, const std::string& text) {
      problems_.add({rule, Severity::error,
                     input_.path + ": " + annotation_place(numbers_[position], record, true),
                     text});
      return false;
    };
    const auto category = id_text(record, "category_id");
    const auto named = category ? categories_.find(*category) : categories_.end();
    if (named == categories_.end())
      return fail("unknown-category",
                  "category_id " + category.value_or("(missing)") + " is not among the categories");
    annotation.label = named->second;
    annotation.source_id = parse_int(*category).value_or(-1);
    array box;
    double* const targets[] = {&annotation.box.left, &annotation.box.top, &annotation.box.width,
                               &annotation.box.height};
    if (record["bbox"].get(box) != simdjson::SUCCESS || box.size() != 4)
      return fail("bad-box", "bbox is not a list of four numbers");
    std::size_t i = 0;
    for (const auto value : box)
      if (value.get(*targets[i++]) != simdjson::SUCCESS)
        return fail("bad-box", "bbox is not a list of four numbers");
    annotation.is_crowd = flag(record, "iscrowd");
    annotation.is_difficult = flag(record, "difficult");
    annotation.is_truncated = flag(record, "truncated");
    double score = 0;
    if (record["score"].get(score) == simdjson::SUCCESS)
      annotation.score = score;
    keep_others(record, k_known, annotation.extra);
    drop_area_of_box(record, annotation);
    return true;
  }

  /// "area" says something only where it is that of a segmentation.
  static void drop_area_of_box(const object& record, Annotation& annotation) {
    double area = 0;
    if (record["area"].get(area) == simdjson::SUCCESS &&
        std::abs(area - annotation.box.area()) > 1e-6 * std::abs(area))
      return;
    std::erase_if(annotation.extra, [](const auto& member) { return member.first == "area"; });
  }

  LabelInput input_;
  ReadOptions options_;
  simdjson::dom::parser parser_; ///< owns what the records below point to
  std::vector<object> images_;
  std::vector<object> annotations_;    ///< grouped by image
  std::vector<std::uint32_t> numbers_; ///< their places in the file
  std::vector<std::uint32_t> first_;   ///< of each image, and the end
  std::unordered_map<std::string, std::uint32_t> image_by_id_;
  std::map<std::string, std::string> categories_;
  ClassMap classes_;
  std::size_t position_ = 0;
  std::int64_t load_left_out_ = 0; ///< images that have no place in images_
  std::int64_t left_out_ = 0;
  ProblemList load_problems_;
  ProblemList problems_;
};

bool sniff(const LabelInput& input) {
  if (!input.source || input.head.find("\"source-ref\"") != std::string::npos)
    return false;
  const std::string_view head = trim(input.head);
  const auto has = [&](const char* key) { return head.find(key) != std::string_view::npos; };
  return (head.starts_with("{") || head.starts_with("\xEF\xBB\xBF{")) &&
         (has("\"images\"") || has("\"annotations\"") || has("\"categories\"")) &&
         !has("\"detections\"");
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  if (!input.source)
    throw Error(Fault::input, input.path + ": is a folder, a COCO file was expected",
                "name the .json file inside it");
  return std::make_unique<CocoReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat coco;
const LabelFormat coco{
    "coco",       "COCO instances (images, annotations, categories in one JSON file)",
    {".json"},    Needs::index,
    k_coco_holds, sniff,
    open,         create_coco,
};

} // namespace mlopsctl::formats
