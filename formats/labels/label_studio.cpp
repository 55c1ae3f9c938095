// SPDX-License-Identifier: Apache-2.0
// label_studio: exports of Label Studio, JSON and JSON-MIN. Of several annotations of a task the
// one marked as ground truth is read, else the last that was not cancelled; the predictions of a
// machine where nobody annotated.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/json_items.hpp"
#include "formats/labels/label_studio_task.hpp"
#include "formats/labels/label_studio_write.hpp"

namespace mlopsctl::formats {
namespace {

using dataset::ClassMap;
using dataset::Sample;

class StudioReader final : public dataset::SampleReader {
public:
  StudioReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options), losses_(k_label_studio_holds),
        items_(*input_.source) {
    start();
  }

  bool next(Sample& sample) override {
    for (;;) {
      check_interrupt();
      const auto text = items_.next();
      if (!text)
        return finish(sample);
      Sample current;
      const auto outcome = parse(*text, current);
      if (held_ && outcome.is_min && outcome.task_id == held_id_) {
        losses_.note(current, "annotations of other people or before the last");
        held_.reset(); // a JSON-MIN export has one record an annotation
      }
      if (!outcome.is_good) {
        ++left_out_;
        continue;
      }
      if (outcome.is_min && !outcome.task_id.empty()) {
        const bool has_one = held_.has_value();
        if (has_one)
          sample = std::move(*held_);
        held_ = std::move(current);
        held_id_ = outcome.task_id;
        if (has_one)
          return hand_out(sample);
        continue;
      }
      sample = std::move(current);
      return hand_out(sample);
    }
  }
  void rewind() override {
    items_.rewind();
    start();
  }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  void start() {
    parser_ = std::make_unique<StudioTaskParser>(options_, losses_);
    held_.reset();
    losses_.clear();
    problems_.clear();
    classes_ = {};
    left_out_ = 0;
    predicted_ = 0;
    has_told_ = false;
  }

  StudioTaskParser::Outcome parse(std::string_view text, Sample& sample) {
    const std::string place = input_.path + ":[" + std::to_string(items_.index()) + "]";
    const auto outcome = parser_->parse(
        text, place, sample, [&](std::string rule, Severity severity, std::string message) {
          problems_.add({std::move(rule), severity, sample.place, std::move(message)});
        });
    if (outcome.is_good && outcome.is_prediction && predicted_++ == 0)
      first_predicted_ = sample.place;
    return outcome;
  }

  bool hand_out(const Sample& sample) {
    for (const auto& annotation : sample.annotations)
      classes_.add(annotation.label);
    for (const auto& image_class : sample.classes)
      classes_.add(image_class.label);
    return true;
  }

  bool finish(Sample& sample) {
    if (held_) {
      sample = std::move(*held_);
      held_.reset();
      return hand_out(sample);
    }
    if (predicted_ > 0 && !has_told_)
      problems_.add({"nobody-annotated", Severity::warning, first_predicted_,
                     std::to_string(predicted_) +
                         " images that nobody annotated have the labels of a machine "
                         "(human-annotated: no); --label-attribute annotations reads them as not "
                         "labelled"});
    has_told_ = true;
    return false;
  }

  LabelInput input_;
  ReadOptions options_;
  LossCounter losses_;
  JsonItems items_;
  std::unique_ptr<StudioTaskParser> parser_;
  std::optional<Sample> held_; ///< JSON-MIN: a later record of the same task may replace it
  std::string held_id_;
  ClassMap classes_;
  ProblemList problems_;
  std::int64_t left_out_ = 0;
  std::int64_t predicted_ = 0;
  std::string first_predicted_;
  bool has_told_ = false;
};

/// A list of objects with what only Label Studio writes.
bool sniff(const LabelInput& input) {
  if (!input.source || !is_list_of_objects(input.head))
    return false;
  const auto has = [&](const char* key) { return input.head.find(key) != std::string::npos; };
  const bool is_task = has("\"data\"") && !has("\"coordinates\"");
  const bool is_min = has("\"annotation_id\"") && has("\"annotator\"");
  return is_task || is_min || has("\"original_width\"");
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  expect_file(input, "an export of Label Studio",
              "name the .json file of a JSON or JSON-MIN export");
  const std::string& only = options.label_attribute;
  if (!only.empty() && only != "annotations" && only != "predictions")
    throw Error(Fault::usage,
                "--label-attribute " + only +
                    ": Label Studio has annotations "
                    "(of people) and predictions (of machines)",
                "leave it out, or name one of the two");
  return std::make_unique<StudioReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat label_studio;
const LabelFormat label_studio{
    "label_studio",
    "Label Studio tasks (JSON and JSON-MIN exports; to import and correct)",
    {".json"},
    Needs::streaming,
    k_label_studio_holds,
    sniff,
    open,
    create_label_studio,
};

} // namespace mlopsctl::formats
