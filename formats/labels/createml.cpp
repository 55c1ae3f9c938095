// SPDX-License-Identifier: Apache-2.0
// createml: Apple's Create ML (one JSON list of images). x and y are the CENTRE of a box, in pixels
// from the top left corner; see MLObjectDetector.AnnotationType.boundingBox(units:origin:anchor:),
// whose page has the older names "imagefilename" and "annotation". Plain texts in place of boxes
// are classes of the whole image.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/createml_write.hpp"
#include "formats/labels/json_items.hpp"

#include <simdjson.h>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::ClassMap;
using dataset::Sample;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

class CreatemlReader final : public dataset::SampleReader {
public:
  CreatemlReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options), items_(*input_.source) {}

  bool next(Sample& sample) override {
    while (const auto text = items_.next()) {
      check_interrupt();
      if (read_image(*text, sample)) {
        for (const auto& annotation : sample.annotations)
          classes_.add(annotation.label);
        for (const auto& image_class : sample.classes)
          classes_.add(image_class.label);
        return true;
      }
      ++left_out_;
    }
    return false;
  }
  void rewind() override {
    items_.rewind();
    classes_ = {};
    problems_.clear();
    left_out_ = 0;
  }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  bool refuse(const Sample& sample, const char* rule, std::string text) {
    problems_.add({rule, Severity::error, sample.place, std::move(text)});
    return false;
  }

  bool read_image(std::string_view text, Sample& sample) {
    sample.clear();
    sample.place = input_.path + ":[" + std::to_string(items_.index()) + "]";
    element document;
    object root;
    if (const auto error = parser_.parse(text.data(), text.size()).get(document))
      return refuse(sample, "not-json",
                    std::string("not valid JSON: ") + simdjson::error_message(error));
    if (document.get(root) != simdjson::SUCCESS)
      return refuse(sample, "bad-image", "is JSON, but not an object");
    bool has_labels = false;
    bool is_good = true;
    for (const auto [key, value] : root) {
      std::string_view name;
      array items;
      const bool is_text = value.get(name) == simdjson::SUCCESS;
      if ((key == "image" || key == "imagefilename" || key == "filename") && is_text)
        sample.ref = name;
      else if (key == "annotation" && is_text && !name.empty()) {
        has_labels = true;
        sample.classes.push_back({std::string(name), -1, std::nullopt});
      } else if ((key == "annotations" || key == "annotation") &&
                 value.get(items) == simdjson::SUCCESS) {
        has_labels = true;
        is_good = read_annotations(items, sample) && is_good;
      } else
        sample.extra.emplace_back(key, simdjson::to_string(value));
    }
    if (sample.ref.empty())
      return refuse(sample, "missing-image", "no 'image' with the name of a file");
    sample.is_labelled = has_labels;
    return is_good &&
           check_sample(
               sample, options_, [&](std::string rule, Severity severity, std::string message) {
                 problems_.add({std::move(rule), severity, sample.place, std::move(message)});
               });
  }

  bool read_annotations(const array& items, Sample& sample) {
    bool is_good = true;
    for (const auto item : items) {
      std::string_view name;
      if (item.get(name) != simdjson::SUCCESS) {
        is_good = read_box(item, sample) && is_good;
        continue;
      }
      if (name.empty())
        return refuse(sample, "bad-class-name", "a class of the image is empty");
      sample.classes.push_back({std::string(name), -1, std::nullopt});
      sample.is_multilabel = true;
    }
    return is_good;
  }

  bool read_box(const element& item, Sample& sample) {
    auto& annotation = sample.annotations.emplace_back();
    const std::string name = box_name(sample.annotations.size() - 1);
    object box;
    if (item.get(box) != simdjson::SUCCESS)
      return refuse(sample, "bad-box", name + ": is not an object");
    bool has_place = false;
    for (const auto [key, value] : box) {
      std::string_view label;
      object place;
      if (key == "label" && value.get(label) == simdjson::SUCCESS)
        annotation.label = label;
      else if (key == "coordinates" && value.get(place) == simdjson::SUCCESS)
        has_place = read_place(place, annotation.box);
      else
        annotation.extra.emplace_back(key, simdjson::to_string(value));
    }
    if (annotation.label.empty())
      return refuse(sample, "bad-class-name", name + ": label is missing or empty");
    if (!has_place)
      return refuse(sample, "bad-box",
                    name + ": coordinates are not numbers x, y, width and height");
    return true;
  }

  static bool read_place(const object& place, dataset::Box& box) {
    double x = 0;
    double y = 0;
    if (place["x"].get(x) != simdjson::SUCCESS || place["y"].get(y) != simdjson::SUCCESS ||
        place["width"].get(box.width) != simdjson::SUCCESS ||
        place["height"].get(box.height) != simdjson::SUCCESS)
      return false;
    box.left = x - box.width / 2;
    box.top = y - box.height / 2;
    return true;
  }

  LabelInput input_;
  ReadOptions options_;
  JsonItems items_;
  simdjson::dom::parser parser_;
  ClassMap classes_;
  ProblemList problems_;
  std::int64_t left_out_ = 0;
};

/// A list whose first object names an image and annotations, and nothing of Label Studio or COCO.
bool sniff(const LabelInput& input) {
  if (!input.source || !is_list_of_objects(input.head))
    return false;
  const auto has = [&](const char* key) { return input.head.find(key) != std::string::npos; };
  return (has("\"image\"") || has("\"imagefilename\"") || has("\"filename\"")) &&
         (has("\"annotations\"") || has("\"annotation\"")) && !has("\"category_id\"");
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  expect_file(input, "a Create ML file", "name the .json file inside it");
  return std::make_unique<CreatemlReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat createml;
const LabelFormat createml{
    "createml",
    "Create ML object detection (a JSON list of images)",
    {".json"},
    Needs::streaming,
    k_createml_holds,
    sniff,
    open,
    create_createml,
};

} // namespace mlopsctl::formats
