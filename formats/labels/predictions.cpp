// SPDX-License-Identifier: Apache-2.0
// predictions: what `mlopsctl infer` writes, one JSON object an image with its detections. Only
// read: the labels of a machine become labels again by way of a manifest.
#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/line_blocks.hpp"

#include <simdjson.h>

#include <algorithm>
#include <map>

namespace mlopsctl::formats {
namespace {

using dataset::ClassMap;
using dataset::Sample;
using simdjson::dom::array;
using simdjson::dom::element;
using simdjson::dom::object;

class PredictionsReader final : public dataset::SampleReader {
public:
  PredictionsReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options), lines_(*input_.source) {}

  bool next(Sample& sample) override {
    for (;;) {
      while (rest_.empty()) {
        check_interrupt();
        if (!next_block())
          return false;
      }
      const auto end = std::min(rest_.find('\n'), rest_.size());
      const std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      ++line_;
      if (trim(line).empty())
        continue;
      if (read_line(line, sample))
        return true;
      ++left_out_;
    }
  }
  void rewind() override {
    lines_.rewind();
    rest_ = {};
    line_ = 0;
    left_out_ = 0;
    classes_.clear();
    problems_.clear();
  }
  const ClassMap& classes() const override {
    std::vector<std::string> names;
    for (const auto& [id, name] : classes_)
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
    listed_ = ClassMap(std::move(names));
    return listed_;
  }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  bool next_block() {
    auto block = lines_.next();
    if (!block)
      return false;
    input_.source->drop_before(block->end_offset - block->text.size());
    block_ = std::move(*block);
    rest_ = block_.text;
    return true;
  }

  bool refuse(const char* rule, std::string text, Severity severity = Severity::error) {
    problems_.add({rule, severity, input_.path + ":" + std::to_string(line_), std::move(text)});
    return false;
  }

  bool read_line(std::string_view text, Sample& sample) {
    if (text.size() > limit(Limit::line_bytes))
      return refuse("line-too-long", std::to_string(text.size()) + " bytes, at most " +
                                         std::to_string(limit(Limit::line_bytes)) + " are read; " +
                                         limit_hint(Limit::line_bytes));
    sample.clear();
    element document;
    object root;
    if (const auto error = parser_.parse(text.data(), text.size()).get(document))
      return refuse("not-json", std::string("not valid JSON: ") + simdjson::error_message(error));
    std::string_view image;
    array detections;
    if (document.get(root) != simdjson::SUCCESS || root["image"].get(image) != simdjson::SUCCESS ||
        image.empty())
      return refuse("missing-image", "no 'image' in the line");
    sample.ref = image;
    sample.place = input_.path + ":" + std::to_string(line_);
    std::int64_t side = 0;
    if (root["width"].get(side) == simdjson::SUCCESS && side > 0 && side <= 1 << 24)
      sample.width = static_cast<int>(side);
    if (root["height"].get(side) == simdjson::SUCCESS && side > 0 && side <= 1 << 24)
      sample.height = static_cast<int>(side);
    if (std::string_view group; root["group"].get(group) == simdjson::SUCCESS)
      sample.group = group;
    if (double time_s = 0; root["time_s"].get(time_s) == simdjson::SUCCESS)
      sample.time_s = time_s;
    sample.label_metadata.emplace_back("human-annotated", "\"no\"");
    if (array classes; root["classes"].get(classes) == simdjson::SUCCESS)
      return read_classes(classes, sample);
    if (root["detections"].get(detections) != simdjson::SUCCESS) {
      sample.is_labelled = false;
      refuse("label-without-boxes", "the line has no list of detections or classes",
             Severity::warning);
      return true;
    }
    bool is_good = true;
    for (const auto item : detections) {
      auto& annotation = sample.annotations.emplace_back();
      is_good = read_detection(item, annotation, sample.annotations.size() - 1) && is_good;
    }
    return is_good &&
           check_sample(sample, options_,
                        [this](std::string rule, Severity severity, std::string message) {
                          refuse(rule.c_str(), std::move(message), severity);
                        });
  }

  bool read_classes(const array& classes, Sample& sample) {
    for (const auto item : classes) {
      object record;
      std::string_view label;
      auto& guess = sample.classes.emplace_back();
      const std::string name = "class " + std::to_string(sample.classes.size());
      if (item.get(record) != simdjson::SUCCESS ||
          record["label"].get(label) != simdjson::SUCCESS || label.empty())
        return refuse("bad-class", name + ": label is missing");
      double score = 0;
      if (record["score"].get(score) != simdjson::SUCCESS || score < 0 || score > 1)
        return refuse("bad-class", name + ": score is not a number from 0 to 1");
      guess.label = label;
      guess.score = score;
      const auto id = record["class_id"].get_int64();
      if (id.error() || id.value_unsafe() < 0)
        continue;
      guess.source_id = id.value_unsafe();
      if (!learn_class(guess.source_id, guess.label))
        return false;
    }
    std::stable_sort(sample.classes.begin(), sample.classes.end(),
                     [](const auto& a, const auto& b) { return *a.score > *b.score; });
    return true;
  }

  bool learn_class(std::int64_t id, const std::string& label) {
    const auto [entry, is_new] = classes_.emplace(id, label);
    if (!is_new && entry->second != label)
      return refuse("class-map-conflict", "class id " + std::to_string(id) + " is '" + label +
                                              "' here and '" + entry->second +
                                              "' in an earlier line");
    return true;
  }

  bool read_detection(const element& item, dataset::Annotation& annotation, std::size_t index) {
    object record;
    std::string_view label;
    double score = 0;
    if (item.get(record) != simdjson::SUCCESS || record["label"].get(label) != simdjson::SUCCESS ||
        label.empty())
      return refuse("bad-detection", box_name(index) + ": label is missing");
    if (record["score"].get(score) != simdjson::SUCCESS || score < 0 || score > 1)
      return refuse("bad-detection", box_name(index) + ": score is not a number from 0 to 1");
    dataset::Box& box = annotation.box;
    if (record["left"].get(box.left) != simdjson::SUCCESS ||
        record["top"].get(box.top) != simdjson::SUCCESS ||
        record["width"].get(box.width) != simdjson::SUCCESS ||
        record["height"].get(box.height) != simdjson::SUCCESS)
      return refuse("bad-box", box_name(index) + ": left, top, width or height is not a number");
    annotation.label = label;
    annotation.score = score;
    std::int64_t id = 0;
    if (record["class_id"].get(id) != simdjson::SUCCESS || id < 0)
      return true;
    annotation.source_id = id;
    return learn_class(id, annotation.label);
  }

  LabelInput input_;
  ReadOptions options_;
  LineBlocks lines_;
  LineBlock block_;
  std::string_view rest_;
  std::int64_t line_ = 0;
  std::int64_t left_out_ = 0;
  simdjson::dom::parser parser_;
  std::map<std::int64_t, std::string> classes_;
  mutable ClassMap listed_;
  ProblemList problems_;
};

bool sniff(const LabelInput& input) {
  return input.source && !trim(input.head).starts_with("[") && // lists are other tools'
         input.head.find("\"image\"") != std::string::npos &&
         (input.head.find("\"detections\"") != std::string::npos ||
          input.head.find("\"timing_ms\"") != std::string::npos ||
          (input.head.find("\"classes\"") != std::string::npos &&
           input.head.find("\"class_id\"") != std::string::npos));
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  expect_file(input, "a file of predictions");
  return std::make_unique<PredictionsReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat predictions;
const LabelFormat predictions{
    "predictions",
    "Detections of 'mlopsctl infer' (JSON Lines; read only)",
    {".jsonl"},
    Needs::streaming,
    {.boxes = true,
     .image_classes = true,
     .image_size = true,
     .class_ids = true,
     .score = true,
     .fractions = true},
    sniff,
    open,
    nullptr,
};

} // namespace mlopsctl::formats
