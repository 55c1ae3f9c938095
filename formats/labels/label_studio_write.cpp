// SPDX-License-Identifier: Apache-2.0
// What a machine found goes out as a prediction, for people to correct; what people drew goes out
// as their annotation. What a Sample knows and Label Studio does not goes into the task's data,
// which comes back with every export.
#include "formats/labels/label_studio_write.hpp"

#include "formats/labels/json_text.hpp"
#include "formats/labels/label_studio_config.hpp"
#include "formats/labels/label_studio_image.hpp"
#include "formats/labels/label_studio_task.hpp"
#include "formats/labels/losses.hpp"
#include "formats/labels/own_members.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;

void append_member(std::string& out, std::string_view key, std::string_view raw) {
  out += ',';
  append_quoted(out, key);
  (out += ':').append(raw);
}

void append_text(std::string& out, std::string_view key, std::string_view text) {
  out += ',';
  append_quoted(out, key);
  out += ':';
  append_quoted(out, text);
}

std::string_view metadata_of(const Sample& sample, std::string_view key) {
  for (const auto& [known, raw] : sample.label_metadata)
    if (known == key)
      return raw;
  return {};
}

/// By what the source says of itself, else by the scores: people give none.
bool is_from_machine(const Sample& sample) {
  const auto human = metadata_of(sample, "human-annotated");
  if (!human.empty())
    return human == "\"no\"";
  const auto has_score = [](const auto& entry) { return entry.score.has_value(); };
  return std::any_of(sample.annotations.begin(), sample.annotations.end(), has_score) ||
         std::any_of(sample.classes.begin(), sample.classes.end(), has_score);
}

bool is_ours(std::string_view key) {
  using namespace studio_data;
  return key == k_image || key == k_ref || key == k_width || key == k_height || key == k_depth ||
         key == k_attribute || key == k_metadata || key == k_mask || key == k_multilabel ||
         key == "split" || key == "group" || key == "time_s";
}

void append_percent(std::string& out, const char* key, double pixels, int side) {
  out += key;
  append_number(out, pixels / side * 100);
}

void append_size(std::string& out, const Sample& sample) {
  out += "\"original_width\":";
  append_int(out, sample.width);
  out += ",\"original_height\":";
  append_int(out, sample.height);
}

/// Members that Label Studio keeps with a region without looking at them.
void append_meta(std::string& out, const Annotation& annotation) {
  std::string meta;
  if (annotation.is_crowd)
    meta += ",\"crowd\":true";
  if (annotation.is_difficult)
    meta += ",\"difficult\":true";
  if (annotation.is_truncated)
    meta += ",\"truncated\":true";
  for (const auto& [key, raw] : annotation.extra)
    append_member(meta, key, raw);
  if (meta.empty())
    return;
  meta[0] = '{';
  (out += ",\"meta\":").append(meta) += '}';
}

void append_region(std::string& out, const Sample& sample, std::size_t index) {
  const auto& annotation = sample.annotations[index];
  out += "{\"id\":\"box";
  append_int(out, static_cast<std::int64_t>(index + 1));
  out += "\",\"type\":\"rectanglelabels\",\"from_name\":\"label\",\"to_name\":\"image\",";
  append_size(out, sample);
  out += ",\"image_rotation\":0,\"value\":{";
  append_percent(out, "\"x\":", annotation.box.left, sample.width);
  append_percent(out, ",\"y\":", annotation.box.top, sample.height);
  append_percent(out, ",\"width\":", annotation.box.width, sample.width);
  append_percent(out, ",\"height\":", annotation.box.height, sample.height);
  out += ",\"rotation\":0,\"rectanglelabels\":[";
  append_quoted(out, annotation.label);
  out += "]}";
  if (annotation.score) {
    out += ",\"score\":";
    append_number(out, *annotation.score);
  }
  append_meta(out, annotation);
  out += '}';
}

void append_choices(std::string& out, const Sample& sample) {
  out += "{\"id\":\"image1\",\"type\":\"choices\",\"from_name\":\"choice\",\"to_name\":\"image\",";
  out += "\"value\":{\"choices\":[";
  const std::size_t count = sample.is_multilabel ? sample.classes.size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    out += i > 0 ? "," : "";
    append_quoted(out, sample.classes[i].label);
  }
  out += "]}";
  if (count == 1 && sample.classes[0].score) {
    out += ",\"score\":";
    append_number(out, *sample.classes[0].score);
  }
  out += '}';
}

void append_results(std::string& out, const Sample& sample) {
  out += "\"result\":[";
  for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
    out += i > 0 ? "," : "";
    append_region(out, sample, i);
  }
  if (!sample.classes.empty()) {
    out += sample.annotations.empty() ? "" : ",";
    append_choices(out, sample);
  }
  out += ']';
}

/// The lowest score of all: Label Studio can show the tasks first of which a model is least sure.
void append_prediction(std::string& out, const Sample& sample) {
  const auto version = metadata_of(sample, "model-version");
  out += ",\"predictions\":[{\"model_version\":";
  if (version.empty())
    append_quoted(out, studio_data::k_no_version);
  else
    out += version;
  std::optional<double> lowest;
  const auto look_at = [&](const std::optional<double>& score) {
    if (score && (!lowest || *score < *lowest))
      lowest = score;
  };
  for (const auto& annotation : sample.annotations)
    look_at(annotation.score);
  for (const auto& image_class : sample.classes)
    look_at(image_class.score);
  if (lowest) {
    out += ",\"score\":";
    append_number(out, *lowest);
  }
  out += ',';
  append_results(out, sample);
  out += "}]";
}

class StudioWriter final : public dataset::SampleWriter {
public:
  StudioWriter(const std::string& path, const WriteOptions& options)
      : sink_(create_sink(path, options.existing)), options_(options),
        losses_(k_label_studio_holds), box_classes_(options.classes) {
    sink_->write("[");
  }

  void write(const Sample& sample) override {
    losses_.note(sample);
    std::string text = written_.images > 0 ? ",\n" : "\n";
    append_task(text, sample);
    sink_->write(text);
    ++written_.images;
    written_.annotations += static_cast<std::int64_t>(sample.annotations.size());
  }

  dataset::Written finish() override {
    if (!options_.labeling_config.empty())
      write_file(options_.labeling_config, configuration(), options_.existing);
    sink_->write("\n]\n");
    sink_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  void append_task(std::string& out, const Sample& sample) {
    out += "{\"data\":{\"image\":";
    append_data(out, sample);
    out += '}';
    learn(sample);
    if (sample.is_labelled && !sample.annotations.empty() &&
        (sample.width <= 0 || sample.height <= 0))
      throw Error(Fault::input,
                  sample.place + ": no size for '" + sample.ref +
                      "', and Label Studio wants boxes in percent of it",
                  "pass --images DIR with the images");
    if (sample.is_labelled && is_from_machine(sample)) {
      append_prediction(out, sample);
    } else if (sample.is_labelled) {
      out += ",\"annotations\":[{";
      append_results(out, sample);
      out += "}]";
    }
    out += '}';
  }

  void append_data(std::string& out, const Sample& sample) {
    using namespace studio_data;
    const std::string image = studio_image_of_ref(sample.ref, options_.image_url);
    append_quoted(out, image);
    if (!is_studio_address(image))
      losses_.note(sample, "addresses that Label Studio can open (--image-url makes them)");
    if (ref_of_studio_image(image) != sample.ref)
      append_text(out, k_ref, sample.ref);
    for (const auto& [key, value] :
         {std::pair{k_width, sample.width}, std::pair{k_height, sample.height},
          std::pair{k_depth, sample.depth}})
      if (value > 0)
        append_member(out, key, std::to_string(value));
    append_own_members(out, sample);
    for (const auto& [key, raw] : sample.extra)
      if (is_ours(key))
        losses_.note(sample, "members of the image with a name that is taken: " + key);
      else
        append_member(out, key, raw);
    if (!sample.mask_ref.empty())
      append_text(out, k_mask, sample.mask_ref);
    if (sample.is_multilabel)
      append_member(out, k_multilabel, "true");
    if (!sample.label_attribute.empty())
      append_text(out, k_attribute, sample.label_attribute);
    append_metadata(out, sample);
  }

  static void append_metadata(std::string& out, const Sample& sample) {
    std::string members;
    for (const auto& [key, raw] : sample.label_metadata)
      append_member(members, key, raw);
    if (members.empty())
      return;
    members[0] = '{';
    append_member(out, studio_data::k_metadata, members + "}");
  }

  void learn(const Sample& sample) {
    for (const auto& annotation : sample.annotations)
      box_classes_.add(annotation.label);
    for (const auto& image_class : sample.classes)
      image_classes_.add(image_class.label);
    is_multilabel_ = is_multilabel_ || sample.is_multilabel;
    if (!sample.is_multilabel && sample.classes.size() > 1)
      losses_.note(sample, "guesses after the best of a model",
                   static_cast<std::int64_t>(sample.classes.size()) - 1);
    if (sample.is_multilabel && sample.classes.size() > 1)
      losses_.note(sample, "scores of classes of whole images",
                   std::count_if(sample.classes.begin(), sample.classes.end(),
                                 [](const auto& entry) { return entry.score.has_value(); }));
  }

  /// A data set of whole images has no boxes: its classes are choices only.
  std::string configuration() const {
    StudioConfig config{box_classes_.names(), image_classes_.names(), is_multilabel_};
    if (written_.annotations == 0 && image_classes_.size() > 0)
      config.box_classes.clear();
    if (config.box_classes.empty() && config.image_classes.empty())
      throw Error(Fault::input,
                  options_.labeling_config + ": a configuration needs classes, and the labels "
                                             "have none",
                  "name them with --classes");
    return to_xml(config);
  }

  std::unique_ptr<ByteSink> sink_;
  WriteOptions options_;
  LossCounter losses_;
  dataset::ClassMap box_classes_;
  dataset::ClassMap image_classes_;
  bool is_multilabel_ = false;
  dataset::Written written_;
};

} // namespace

const CanHold k_label_studio_holds{.boxes = true,
                                   .image_classes = true,
                                   .multilabel = true,
                                   .mask = true,
                                   .image_size = true,
                                   .score = true,
                                   .crowd = true,
                                   .difficult = true,
                                   .truncated = true,
                                   .unlabelled = true,
                                   .split = true,
                                   .unknown_fields = true,
                                   .label_metadata = true,
                                   .fractions = true};

std::unique_ptr<dataset::SampleWriter> create_label_studio(const std::string& path,
                                                           const WriteOptions& options) {
  return std::make_unique<StudioWriter>(path, options);
}

} // namespace mlopsctl::formats
