// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/ground_truth_write.hpp"

#include "formats/labels/class_ids.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/own_members.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;

constexpr std::string_view k_object_prefix = "objects:"; ///< see read_objects

struct LinesPiece final : dataset::BlockWriter::Piece {
  std::string text;
  std::vector<std::int64_t> ids; ///< one for each annotation of the block, in order
  std::string label;             ///< name of the attribute
  std::int64_t images = 0;
};

void append_key(std::string& out, std::string_view key) {
  append_quoted(out, key);
  out += ':';
}

void append_member(std::string& out, std::string_view key, std::string_view raw) {
  out += ',';
  append_key(out, key);
  out += raw;
}

void append_box(std::string& out, const Annotation& annotation, std::int64_t id) {
  out += "{\"class_id\":";
  append_int(out, id);
  out += ",\"left\":";
  append_number(out, annotation.box.left);
  out += ",\"top\":";
  append_number(out, annotation.box.top);
  out += ",\"width\":";
  append_number(out, annotation.box.width);
  out += ",\"height\":";
  append_number(out, annotation.box.height);
  if (annotation.is_crowd)
    out += ",\"iscrowd\":1";
  if (annotation.is_difficult)
    out += ",\"difficult\":1";
  if (annotation.is_truncated)
    out += ",\"truncated\":1";
  for (const auto& [key, raw] : annotation.extra)
    if (!key.starts_with(k_object_prefix))
      append_member(out, key, raw);
  out += '}';
}

void append_object(std::string& out, const Annotation& annotation) {
  out += "{\"confidence\":";
  append_number(out, annotation.score.value_or(0));
  for (const auto& [key, raw] : annotation.extra)
    if (key.starts_with(k_object_prefix))
      append_member(out, std::string_view(key).substr(k_object_prefix.size()), raw);
  out += '}';
}

void append_label(std::string& out, const Sample& sample, const std::string& label,
                  const std::int64_t* ids) {
  out += ',';
  append_key(out, label);
  out += "{\"image_size\":[{\"width\":";
  append_int(out, sample.width);
  out += ",\"height\":";
  append_int(out, sample.height);
  out += ",\"depth\":";
  append_int(out, sample.depth > 0 ? sample.depth : 3);
  out += "}],\"annotations\":[";
  for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
    out += i > 0 ? "," : "";
    append_box(out, sample.annotations[i], ids[i]);
  }
  out += "]}";
}

/// Only the classes of this line, by rising id.
void append_class_map(std::string& out, const Sample& sample, const std::int64_t* ids) {
  std::vector<std::pair<std::int64_t, std::string_view>> classes;
  for (std::size_t i = 0; i < sample.annotations.size(); ++i)
    classes.emplace_back(ids[i], sample.annotations[i].label);
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  out += "\"class-map\":{";
  for (std::size_t i = 0; i < classes.size(); ++i) {
    out += i > 0 ? ",\"" : "\"";
    append_int(out, classes[i].first);
    out += "\":";
    append_quoted(out, classes[i].second);
  }
  out += '}';
}

void append_metadata(std::string& out, const Sample& sample, const std::string& label,
                     const std::int64_t* ids) {
  out += ',';
  append_key(out, label + "-metadata");
  out += "{\"objects\":[";
  for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
    out += i > 0 ? "," : "";
    append_object(out, sample.annotations[i]);
  }
  out += "],";
  append_class_map(out, sample, ids);
  out += ",\"type\":\"groundtruth/object-detection\"";
  const auto has = [&](std::string_view key) {
    return std::any_of(sample.label_metadata.begin(), sample.label_metadata.end(),
                       [&](const auto& member) { return member.first == key; });
  };
  if (!has("human-annotated"))
    out += ",\"human-annotated\":\"yes\"";
  if (!has("job-name"))
    out += ",\"job-name\":\"labeling-job/mlopsctl\"";
  for (const auto& [key, raw] : sample.label_metadata)
    append_member(out, key, raw);
  out += '}';
}

void append_sample(std::string& out, const Sample& sample, const std::string& label,
                   const std::int64_t* ids) {
  out += "{\"source-ref\":";
  append_quoted(out, sample.ref);
  append_own_members(out, sample);
  for (const auto& [key, raw] : sample.extra)
    if (!sample.is_labelled || (key != label && key != label + "-metadata"))
      append_member(out, key, raw);
  if (sample.is_labelled) {
    append_label(out, sample, label, ids);
    append_metadata(out, sample, label, ids);
  }
  out += "}\n";
}

class GroundTruthWriter final : public dataset::SampleWriter, public dataset::BlockWriter {
public:
  GroundTruthWriter(std::unique_ptr<ByteSink> sink, const WriteOptions& options)
      : sink_(std::move(sink)), label_(options.label_attribute), classes_(options) {
    if (label_.ends_with("-metadata") || label_.ends_with("-ref") || label_.starts_with("$"))
      throw Error(Fault::usage, "label attribute '" + label_ +
                                    "': Ground Truth takes no name that "
                                    "ends with -metadata or -ref or starts with $");
  }

  void write(const Sample& sample) override {
    LinesPiece piece;
    take_ids(sample, piece);
    append_sample(piece.text, sample, piece.label, piece.ids.data());
    append(piece);
  }

  dataset::Written finish() override {
    sink_->finish();
    return written_;
  }

  const dataset::Losses& losses() const override { return losses_; }
  dataset::BlockWriter* blocks() override { return this; }

  std::unique_ptr<BlockWriter::Piece> reserve(const std::vector<Sample>& samples) override {
    auto piece = std::make_unique<LinesPiece>();
    for (const auto& sample : samples)
      take_ids(sample, *piece);
    return piece;
  }

  void format(const std::vector<Sample>& samples, BlockWriter::Piece& base) const override {
    auto& piece = static_cast<LinesPiece&>(base);
    const std::int64_t* ids = piece.ids.data();
    for (const auto& sample : samples) {
      append_sample(piece.text, sample, piece.label, ids);
      ids += sample.annotations.size();
    }
  }

  void append(BlockWriter::Piece& base) override {
    auto& piece = static_cast<LinesPiece&>(base);
    sink_->write(piece.text);
    written_.images += piece.images;
    written_.annotations += static_cast<std::int64_t>(piece.ids.size());
  }

private:
  /// One attribute name for the whole file: a line that lacks it would break a training job.
  void take_ids(const Sample& sample, LinesPiece& piece) {
    if (label_.empty() && sample.is_labelled)
      label_ = sample.label_attribute.empty() ? "bounding-box" : sample.label_attribute;
    piece.label = label_;
    ++piece.images;
    for (const auto& annotation : sample.annotations) {
      classes_.learn(annotation);
      piece.ids.push_back(classes_.id(annotation));
    }
  }

  std::unique_ptr<ByteSink> sink_;
  std::string label_;
  ClassIds classes_;
  dataset::Losses losses_;
  dataset::Written written_;
};

} // namespace

std::unique_ptr<dataset::SampleWriter> create_ground_truth(const std::string& path,
                                                           const WriteOptions& options) {
  return create_manifest(create_sink(path, options.existing), options);
}

std::unique_ptr<dataset::SampleWriter> create_manifest(std::unique_ptr<ByteSink> sink,
                                                       const WriteOptions& options) {
  return std::make_unique<GroundTruthWriter>(std::move(sink), options);
}

} // namespace mlopsctl::formats
