// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/ground_truth_video_write.hpp"

#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/class_ids.hpp"
#include "formats/labels/image_files.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/losses.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;

constexpr std::string_view k_sequence_prefix = "sequence:";
constexpr std::string_view k_manifest_prefix = "manifest:";

void append_member(std::string& out, std::string_view key, std::string_view raw) {
  if (!out.empty() && out.back() != '{')
    out += ',';
  append_quoted(out, key);
  (out += ':') += raw;
}

std::string json_string(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

std::string number_text(double value) {
  std::string out;
  append_number(out, value);
  return out;
}

const std::string* find(const dataset::Fields& fields, std::string_view key) {
  for (const auto& [name, raw] : fields)
    if (name == key)
      return &raw;
  return nullptr;
}

/// What Ground Truth keeps in SeqLabel.json; the sequence file has what is known before labelling.
bool is_of_labels(std::string_view key) {
  return key == "frame-attributes";
}

/// A name for files, from that of a group.
std::string file_stem(std::string_view name) {
  std::string stem(base_name(name));
  if (stem.ends_with(".json"))
    stem.resize(stem.size() - 5);
  for (auto& c : stem)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '_' && c != '.')
      c = '_';
  while (stem.starts_with("."))
    stem.erase(0, 1);
  return stem.empty() ? "sequence" : stem.substr(0, 100);
}

struct Sequence {
  std::string group;
  std::string prefix;
  std::string number;   ///< seq-no, if the source had one
  std::string members;  ///< of the sequence file, what is not known here
  std::string manifest; ///< other members of the line
  std::string frames;
  std::string labels; ///< entries of SeqLabel.json
  std::int64_t count = 0;
  bool is_tracking = false;
  bool is_labelled = false;
  dataset::Fields metadata; ///< of the first labelled frame
  std::map<std::int64_t, std::string> classes;
  std::unordered_set<std::string> names; ///< of the frames
};

class VideoWriter final : public dataset::SampleWriter {
public:
  VideoWriter(const std::string& path, const WriteOptions& options)
      : folder_(create_folder(path, options.existing)), label_(options.label_attribute),
        classes_(options), losses_(k_video_holds) {
    if (label_.ends_with("-metadata") || label_.starts_with("$"))
      throw Error(Fault::usage, "label attribute '" + label_ +
                                    "': Ground Truth takes no name that ends with -metadata or "
                                    "starts with $");
  }

  void write(const Sample& sample) override {
    check_interrupt();
    losses_.note(sample);
    if (!losses_.takes(sample))
      return;
    const auto slash = sample.ref.rfind('/');
    const std::size_t cut = slash == std::string::npos ? 0 : slash + 1;
    Sequence& sequence = sequence_of(sample, sample.ref.substr(0, cut));
    const std::string name = sample.ref.substr(cut);
    if (name.empty() || !sequence.names.insert(name).second)
      throw Error(Fault::input,
                  sample.place + ": the picture '" + sample.ref + "' stands twice in one sequence");
    const std::string* given = find(sample.extra, "frame-no");
    const std::string number = given && parse_int(*given) ? *given : std::to_string(sequence.count);
    append_frame(sequence, sample, name, number);
    if (sample.is_labelled)
      append_labels(sequence, sample, name, number);
    ++sequence.count;
    ++written_.images;
    written_.annotations += static_cast<std::int64_t>(sample.annotations.size());
  }

  dataset::Written finish() override {
    std::string manifest;
    std::set<std::string> stems;
    for (const auto& sequence : sequences_) {
      std::string stem = file_stem(sequence.group.empty() && !sequence.prefix.empty()
                                       ? sequence.prefix.substr(0, sequence.prefix.size() - 1)
                                       : sequence.group);
      for (int i = 2; !stems.insert(lower(stem)).second; ++i)
        stem = stem.substr(0, stem.find("--")) + "--" + std::to_string(i);
      folder_->write(k_video_sequences + stem + ".json", sequence_file(sequence));
      if (sequence.is_labelled)
        folder_->write(k_video_labels + stem + "/SeqLabel.json", label_file(sequence));
      manifest += line_of(sequence, stem);
    }
    folder_->write(k_video_manifest, manifest);
    folder_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  /// Frames of one clip in two folders are two sequences: a sequence has one prefix.
  Sequence& sequence_of(const Sample& sample, const std::string& prefix) {
    const auto [entry, is_new] =
        index_.try_emplace(sample.group + '\n' + prefix, sequences_.size());
    if (is_new) {
      Sequence& sequence = sequences_.emplace_back();
      sequence.group = sample.group;
      sequence.prefix = prefix;
      for (const auto& [key, raw] : sample.extra) {
        if (key == "sequence:seq-no")
          sequence.number = raw;
        else if (key.starts_with(k_sequence_prefix))
          append_member(sequence.members, key.substr(k_sequence_prefix.size()), raw);
        if (key.starts_with(k_manifest_prefix))
          append_member(sequence.manifest, key.substr(k_manifest_prefix.size()), raw);
      }
    }
    return sequences_[entry->second];
  }

  static void append_frame(Sequence& sequence, const Sample& sample, const std::string& name,
                           const std::string& number) {
    std::string out = "{";
    append_member(out, "frame-no", number);
    append_member(out, "frame", json_string(name));
    for (const auto& [key, raw] : sample.extra)
      if (key != "frame-no" && key != k_tracking_member && !is_of_labels(key) && key != "frame" &&
          !key.starts_with(k_sequence_prefix) && !key.starts_with(k_manifest_prefix))
        append_member(out, key, raw);
    if (sample.time_s && !find(sample.extra, "unix-timestamp"))
      append_member(out, "unix-timestamp", number_text(*sample.time_s));
    sequence.frames += sequence.frames.empty() ? "" : ",";
    sequence.frames += out + '}';
  }

  void append_labels(Sequence& sequence, const Sample& sample, const std::string& name,
                     const std::string& number) {
    if (!sequence.is_labelled)
      sequence.metadata = sample.label_metadata;
    else if (sample.label_metadata != sequence.metadata)
      losses_.note(sample, "metadata of labels that differs within a sequence");
    sequence.is_labelled = true;
    if (label_.empty() && !sample.label_attribute.empty())
      label_ = sample.label_attribute;
    sequence.is_tracking = sequence.is_tracking || find(sample.extra, k_tracking_member);
    std::string out = "{";
    append_member(out, "frame-no", json_string(number)); // a text, as Ground Truth itself writes it
    append_member(out, "frame", json_string(name));
    const std::string* attributes = find(sample.extra, "frame-attributes");
    append_member(out, "frame-attributes", attributes ? *attributes : "{}");
    std::string boxes;
    for (const auto& annotation : sample.annotations) {
      boxes += boxes.empty() ? "" : ",";
      append_box(boxes, annotation, sequence);
    }
    append_member(out, "annotations", "[" + boxes + "]");
    sequence.labels += sequence.labels.empty() ? "" : ",";
    sequence.labels += out + '}';
  }

  void append_box(std::string& out, const Annotation& annotation, Sequence& sequence) {
    classes_.learn(annotation);
    const auto id = classes_.id(annotation);
    sequence.classes.emplace(id, annotation.label);
    std::string box = "{";
    append_member(box, "class-id", '"' + std::to_string(id) + '"');
    append_member(box, "left", number_text(annotation.box.left));
    append_member(box, "top", number_text(annotation.box.top));
    append_member(box, "width", number_text(annotation.box.width));
    append_member(box, "height", number_text(annotation.box.height));
    for (const auto& [key, raw] : annotation.extra) {
      sequence.is_tracking = sequence.is_tracking || key == "object-id" || key == "object-name";
      append_member(box, key, raw);
    }
    if (!find(annotation.extra, "label-category-attributes"))
      append_member(box, "label-category-attributes", "{}");
    out += box + '}';
  }

  std::string sequence_file(const Sequence& sequence) {
    std::string out = "{";
    ++numbered_;
    append_member(out, "seq-no",
                  sequence.number.empty() ? std::to_string(numbered_) : sequence.number);
    append_member(out, "prefix", json_string(sequence.prefix.empty() ? "./" : sequence.prefix));
    append_member(out, "number-of-frames", std::to_string(sequence.count));
    if (!sequence.members.empty())
      out += ',' + sequence.members;
    append_member(out, "frames", "[" + sequence.frames + "]");
    return out + "}\n";
  }

  static std::string label_file(const Sequence& sequence) {
    return std::string(sequence.is_tracking ? "{\"tracking-annotations\":["
                                            : "{\"detection-annotations\":[") +
           sequence.labels + "]}\n";
  }

  std::string line_of(const Sequence& sequence, const std::string& stem) const {
    std::string out = "{";
    append_member(out, "source-ref", json_string(k_video_sequences + stem + ".json"));
    if (!sequence.manifest.empty())
      out += ',' + sequence.manifest;
    if (!sequence.is_labelled)
      return out + "}\n";
    std::string label = label_.empty() ? "video-labels" : label_;
    label += label.ends_with("-ref") ? "" : "-ref";
    append_member(out, label, json_string(k_video_labels + stem + "/SeqLabel.json"));
    std::string map = "{";
    for (const auto& [id, name] : sequence.classes)
      append_member(map, std::to_string(id), json_string(name));
    std::string metadata = "{";
    append_member(metadata, "class-map", map + "}");
    append_member(metadata, "type",
                  sequence.is_tracking ? "\"groundtruth/video-object-tracking\""
                                       : "\"groundtruth/video-object-detection\"");
    if (!find(sequence.metadata, "human-annotated"))
      append_member(metadata, "human-annotated", "\"yes\"");
    if (!find(sequence.metadata, "job-name"))
      append_member(metadata, "job-name", "\"labeling-job/mlopsctl\"");
    for (const auto& [key, raw] : sequence.metadata)
      append_member(metadata, key, raw);
    append_member(out, label + "-metadata", metadata + "}");
    return out + "}\n";
  }

  std::unique_ptr<FolderSink> folder_;
  std::string label_;
  ClassIds classes_;
  LossCounter losses_;
  std::vector<Sequence> sequences_; ///< in the order in which they begin
  std::unordered_map<std::string, std::size_t> index_;
  std::int64_t numbered_ = 0;
  dataset::Written written_;
};

} // namespace

std::unique_ptr<dataset::SampleWriter> create_ground_truth_video(const std::string& path,
                                                                 const WriteOptions& options) {
  return std::make_unique<VideoWriter>(path, options);
}

} // namespace mlopsctl::formats
