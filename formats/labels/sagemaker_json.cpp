// SPDX-License-Identifier: Apache-2.0
// sagemaker_json: what SageMaker's built-in object detection takes beside manifests, one JSON an
// image of the same name. Developer guide, "Object Detection - MXNet", "Train with the Image
// Format"; its channels are folders such as train_annotation/.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/ground_truth_detail.hpp"
#include "formats/labels/sagemaker_json_write.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::ClassMap;
using dataset::Sample;
using ground_truth_detail::array;
using ground_truth_detail::element;
using ground_truth_detail::get_id;
using ground_truth_detail::object;

constexpr std::uint64_t k_max_bytes = 16 * 1024 * 1024;
constexpr std::uint64_t k_head_bytes = 64 * 1024;
constexpr std::int64_t k_max_side_px = 1 << 24;

bool looks_like_it(std::string_view head) {
  head = without_byte_order_mark(head);
  const auto has = [&](const char* key) { return head.find(key) != std::string_view::npos; };
  return trim(head).starts_with("{") && has("\"file\"") && has("\"image_size\"") &&
         has("\"annotations\"") && !has("\"source-ref\"") && !has("\"images\"");
}

dataset::Split split_of(const std::string& file) {
  const auto end = file.find("_annotation/");
  return end == std::string::npos
             ? dataset::Split::none
             : dataset::split_from_name(file.substr(0, end)).value_or(dataset::Split::none);
}

class SageMakerJsonReader final : public dataset::SampleReader {
public:
  SageMakerJsonReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options) {
    if (input_.source) {
      files_.push_back(input_.path);
      return;
    }
    for (auto& entry : input_.folder->list())
      if (lower(entry.name).ends_with(".json"))
        files_.push_back(std::move(entry.name));
  }

  bool next(Sample& sample) override {
    while (position_ < files_.size()) {
      check_interrupt();
      const std::string& file = files_[position_++];
      if (read_file_of(file, sample))
        return true;
      ++left_out_;
    }
    return false;
  }
  void rewind() override {
    position_ = 0;
    left_out_ = 0;
    names_.clear();
    problems_.clear();
    if (input_.source)
      input_.source->rewind();
  }
  const ClassMap& classes() const override {
    std::vector<std::string> names;
    for (const auto& [id, name] : names_)
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
    classes_ = ClassMap(std::move(names));
    return classes_;
  }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  bool refuse(std::string rule, std::string text) {
    problems_.add({std::move(rule), Severity::error, place_, std::move(text)});
    return false;
  }

  bool read_file_of(const std::string& file, Sample& sample) {
    place_ = input_.folder ? input_.path + "/" + file : file;
    sample.clear();
    sample.place = place_;
    sample.split = input_.folder ? split_of(file) : dataset::Split::none;
    const auto opened = input_.folder ? input_.folder->open(file) : nullptr;
    ByteSource& source = opened ? *opened : *input_.source;
    if (source.size_bytes().value_or(0) > k_max_bytes)
      return refuse("too-large", "is larger than " + bytes_for_people(k_max_bytes) +
                                     ", too large for the labels of one image");
    const std::string held = read_all(source, k_max_bytes);
    const auto text = without_byte_order_mark(held);
    element document;
    object root;
    if (const auto error = parser_.parse(text.data(), text.size()).get(document))
      return refuse("not-json", std::string("not valid JSON: ") + simdjson::error_message(error));
    if (document.get(root) != simdjson::SUCCESS)
      return refuse("not-an-object", "is JSON, but not an object");
    return read_document(root, sample);
  }

  bool read_document(const object& root, Sample& sample) {
    std::string_view twice;
    if (ground_truth_detail::has_duplicate_key(root, twice))
      return refuse("duplicate-key", "'" + std::string(twice) + "' stands twice");
    std::map<std::int64_t, std::string> names;
    array boxes;
    bool has_boxes = false;
    for (const auto member : root) {
      std::string_view text;
      if (member.key == "file" && member.value.get(text) == simdjson::SUCCESS)
        sample.ref = text;
      else if (member.key == "image_size")
        read_size(member.value, sample);
      else if (member.key == "annotations")
        has_boxes = member.value.get(boxes) == simdjson::SUCCESS;
      else if (member.key != "categories")
        sample.extra.emplace_back(member.key, raw(member.value));
      else if (!read_categories(member.value, names))
        return false;
    }
    if (sample.ref.empty())
      return refuse("missing-image", "no 'file', the name of the image");
    if (!has_boxes)
      return refuse("bad-label", "no list of 'annotations'");
    for (const auto item : boxes)
      if (!read_box(item, names, sample))
        return false;
    return check_sample(sample, options_,
                        [this](std::string rule, Severity severity, std::string text) {
                          problems_.add({std::move(rule), severity, place_, std::move(text)});
                        });
  }

  static void read_size(const element& value, Sample& sample) {
    array sizes;
    object size;
    if (value.get(size) != simdjson::SUCCESS &&
        (value.get(sizes) != simdjson::SUCCESS || sizes.size() == 0 ||
         sizes.at(0).get(size) != simdjson::SUCCESS))
      return;
    const auto side = [&](const char* key) {
      std::int64_t pixels = 0;
      return size[key].get(pixels) == simdjson::SUCCESS && pixels > 0 && pixels <= k_max_side_px
                 ? static_cast<int>(pixels)
                 : 0;
    };
    sample.width = side("width");
    sample.height = side("height");
    sample.depth = side("depth");
    if (sample.width == 0 || sample.height == 0)
      sample.width = sample.height = 0;
  }

  bool read_categories(const element& value, std::map<std::int64_t, std::string>& names) {
    array categories;
    if (value.get(categories) != simdjson::SUCCESS)
      return refuse("bad-class-map", "'categories' is not a list");
    for (const auto item : categories) {
      std::int64_t id = 0;
      std::string_view name;
      element id_value;
      if (item["class_id"].get(id_value) != simdjson::SUCCESS || !get_id(id_value, id) || id < 0 ||
          item["name"].get(name) != simdjson::SUCCESS || name.empty())
        return refuse("bad-class-map",
                      "categories: " + raw(item) + " is not a class_id and a name");
      const auto [entry, is_new] = names_.emplace(id, name);
      if (entry->second != name)
        return refuse("class-map-conflict", "class id " + std::to_string(id) + " is '" +
                                                std::string(name) + "' here and '" + entry->second +
                                                "' in an earlier file");
      names.emplace(id, name);
    }
    return true;
  }

  bool read_box(const element& item, const std::map<std::int64_t, std::string>& names,
                Sample& sample) {
    auto& annotation = sample.annotations.emplace_back();
    const std::string box = box_name(sample.annotations.size() - 1) + ": ";
    object members;
    std::string_view twice;
    if (item.get(members) != simdjson::SUCCESS)
      return refuse("bad-box", box + "is not an object");
    if (ground_truth_detail::has_duplicate_key(members, twice))
      return refuse("duplicate-key", box + "'" + std::string(twice) + "' stands twice");
    const std::array<std::pair<const char*, double*>, 4> sides{
        {{"left", &annotation.box.left},
         {"top", &annotation.box.top},
         {"width", &annotation.box.width},
         {"height", &annotation.box.height}}};
    for (const auto& [key, target] : sides)
      if (members[key].get(*target) != simdjson::SUCCESS)
        return refuse("bad-box", box + key + " is missing or not a number");
    element id;
    if (members["class_id"].get(id) != simdjson::SUCCESS || !get_id(id, annotation.source_id))
      return refuse("bad-class-id", box + "class_id is missing or not a whole number");
    const auto name = names.find(annotation.source_id);
    if (name == names.end())
      return refuse("class-id-not-in-class-map", box + "class_id " +
                                                     std::to_string(annotation.source_id) +
                                                     " is not among the categories");
    annotation.label = name->second;
    for (const auto member : members)
      if (member.key != "class_id" &&
          std::none_of(sides.begin(), sides.end(),
                       [&](const auto& side) { return member.key == side.first; }))
        annotation.extra.emplace_back(member.key, raw(member.value));
    return true;
  }

  LabelInput input_;
  ReadOptions options_;
  std::vector<std::string> files_;
  std::size_t position_ = 0;
  std::int64_t left_out_ = 0;
  std::string place_; ///< of the file at hand
  simdjson::dom::parser parser_;
  std::map<std::int64_t, std::string> names_;
  mutable ClassMap classes_;
  ProblemList problems_;
};

/// A folder whose first JSON file looks like it.
bool sniff(const LabelInput& input) {
  if (input.source)
    return looks_like_it(input.head);
  for (const auto& entry : input.folder->list())
    if (lower(entry.name).ends_with(".json")) {
      std::string head(std::min(entry.size_bytes, k_head_bytes), '\0');
      const auto source = input.folder->open(entry.name);
      head.resize(source->read({head.data(), head.size()}));
      return looks_like_it(head);
    }
  return false;
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  return std::make_unique<SageMakerJsonReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat sagemaker_json;
const LabelFormat sagemaker_json{
    "sagemaker_json",
    "SageMaker's built-in object detection, image format (a folder with one JSON an image)",
    {},
    Needs::streaming,
    k_sagemaker_json_holds,
    sniff,
    open,
    create_sagemaker_json,
};

} // namespace mlopsctl::formats
