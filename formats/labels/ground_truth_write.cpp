// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/ground_truth_write.hpp"

#include "formats/labels/class_ids.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/losses.hpp"
#include "formats/labels/own_members.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;

constexpr std::string_view k_object_prefix = "objects:"; ///< see read_objects
constexpr std::string_view k_label_prefix = "label:";    ///< see keep_label_members
constexpr std::string_view k_id_as_text = "label:id-as-text";

/// The kinds of labels, in the order in which a line has them. The first that a sample has is the
/// one whose name and metadata it brings along.
enum Kind : std::size_t { boxes, image_class, multilabel, mask, kind_count };
constexpr std::array<std::string_view, kind_count> k_types{
    "groundtruth/object-detection", "groundtruth/image-classification",
    "groundtruth/image-classification-multilabel", "groundtruth/semantic-segmentation"};
constexpr std::array<const char*, kind_count> k_default_names{"bounding-box", "category",
                                                              "categories", "segmentation-ref"};
/// Names of the labels in the whole file, by kind; empty: not used so far.
using LabelNames = std::array<std::string, kind_count>;

/// One bit a kind: what a line of \p sample says.
unsigned kinds_of(const Sample& sample) {
  if (!sample.is_labelled)
    return 0;
  const bool has_classes = !sample.classes.empty() || sample.is_multilabel;
  const bool has_mask = !sample.mask_ref.empty();
  const bool has_boxes = !sample.annotations.empty() || (!has_classes && !has_mask);
  return (has_boxes ? 1U << boxes : 0U) |
         (has_classes ? 1U << (sample.is_multilabel ? multilabel : image_class) : 0U) |
         (has_mask ? 1U << mask : 0U);
}

bool has(unsigned kinds, std::size_t kind) {
  return ((kinds >> kind) & 1U) != 0;
}

struct LinesPiece final : dataset::BlockWriter::Piece {
  std::string text;
  std::vector<std::int64_t> ids; ///< one for each box, then each class that is written, in order
  LabelNames names;
  std::int64_t images = 0;
  std::int64_t boxes = 0;
};

/// How many classes of the whole image a line of that sample gets.
std::size_t class_count(const Sample& sample) {
  return !sample.is_labelled    ? 0
         : sample.is_multilabel ? sample.classes.size()
                                : std::min<std::size_t>(sample.classes.size(), 1);
}

/// Of known length: this is the hot part of writing a million lines.
inline void put(std::string& out, std::string_view text) {
  out.append(text.data(), text.size());
}

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
  put(out, "{\"class_id\":");
  append_int(out, id);
  put(out, ",\"left\":");
  append_number(out, annotation.box.left);
  put(out, ",\"top\":");
  append_number(out, annotation.box.top);
  put(out, ",\"width\":");
  append_number(out, annotation.box.width);
  put(out, ",\"height\":");
  append_number(out, annotation.box.height);
  if (annotation.is_crowd)
    put(out, ",\"iscrowd\":1");
  if (annotation.is_difficult)
    put(out, ",\"difficult\":1");
  if (annotation.is_truncated)
    put(out, ",\"truncated\":1");
  for (const auto& [key, raw] : annotation.extra)
    if (!key.starts_with(k_object_prefix))
      append_member(out, key, raw);
  out += '}';
}

void append_object(std::string& out, const Annotation& annotation) {
  put(out, "{\"confidence\":");
  append_number(out, annotation.score.value_or(0));
  for (const auto& [key, raw] : annotation.extra)
    if (key.starts_with(k_object_prefix))
      append_member(out, std::string_view(key).substr(k_object_prefix.size()), raw);
  out += '}';
}

void append_boxes(std::string& out, const Sample& sample, const std::string& label,
                  const std::int64_t* ids) {
  out += ',';
  append_key(out, label);
  put(out, "{\"image_size\":[{\"width\":");
  append_int(out, sample.width);
  put(out, ",\"height\":");
  append_int(out, sample.height);
  put(out, ",\"depth\":");
  append_int(out, sample.depth > 0 ? sample.depth : 3);
  put(out, "}],\"annotations\":[");
  for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
    if (i > 0)
      out += ',';
    append_box(out, sample.annotations[i], ids[i]);
  }
  out += ']';
  for (const auto& [key, raw] : sample.label_metadata)
    if (key.starts_with(k_label_prefix) && key != k_id_as_text)
      append_member(out, std::string_view(key).substr(k_label_prefix.size()), raw);
  out += '}';
}

void append_class_map(std::string& out,
                      std::vector<std::pair<std::int64_t, std::string_view>> classes) {
  std::sort(classes.begin(), classes.end());
  classes.erase(std::unique(classes.begin(), classes.end()), classes.end());
  put(out, "\"class-map\":{");
  for (std::size_t i = 0; i < classes.size(); ++i) {
    out += i > 0 ? ",\"" : "\"";
    append_int(out, classes[i].first);
    put(out, "\":");
    append_quoted(out, classes[i].second);
  }
  out += '}';
}

/// Only the classes of this line, by rising id.
template <class List>
void append_class_map(std::string& out, const List& labelled, const std::int64_t* ids) {
  std::vector<std::pair<std::int64_t, std::string_view>> classes;
  for (std::size_t i = 0; i < labelled.size(); ++i)
    classes.emplace_back(ids[i], labelled[i].label);
  append_class_map(out, std::move(classes));
}

/// "type" and what follows; the sample's own metadata goes with the first of its labels.
void append_rest_of_metadata(std::string& out, const Sample& sample, std::size_t kind,
                             bool is_first) {
  put(out, "\"type\":\"");
  put(out, k_types[kind]);
  out += '"';
  const auto has_member = [&](std::string_view key) {
    return is_first && std::any_of(sample.label_metadata.begin(), sample.label_metadata.end(),
                                   [&](const auto& member) { return member.first == key; });
  };
  if (!has_member("human-annotated"))
    put(out, ",\"human-annotated\":\"yes\"");
  if (!has_member("job-name"))
    put(out, ",\"job-name\":\"labeling-job/mlopsctl\"");
  if (is_first)
    for (const auto& [key, raw] : sample.label_metadata)
      if (!key.starts_with(k_label_prefix))
        append_member(out, key, raw);
  out += '}';
}

void append_boxes_metadata(std::string& out, const Sample& sample, const std::int64_t* ids) {
  put(out, "\"objects\":[");
  for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
    if (i > 0)
      out += ',';
    append_object(out, sample.annotations[i]);
  }
  put(out, "],");
  append_class_map(out, sample.annotations, ids);
  out += ',';
}

void append_image_class(std::string& out, const Sample& sample, std::int64_t id) {
  const bool is_text = std::any_of(sample.label_metadata.begin(), sample.label_metadata.end(),
                                   [](const auto& member) { return member.first == k_id_as_text; });
  out += is_text ? "\"" : "";
  append_int(out, id);
  out += is_text ? "\"" : "";
}

void append_image_class_metadata(std::string& out, const dataset::ImageClass& image_class) {
  put(out, "\"class-name\":");
  append_quoted(out, image_class.label);
  put(out, ",\"confidence\":");
  append_number(out, image_class.score.value_or(0));
  out += ',';
}

void append_multilabel(std::string& out, const Sample& sample, const std::int64_t* ids) {
  out += '[';
  for (std::size_t i = 0; i < sample.classes.size(); ++i) {
    if (i > 0)
      out += ',';
    append_int(out, ids[i]);
  }
  out += ']';
}

void append_multilabel_metadata(std::string& out, const Sample& sample, const std::int64_t* ids) {
  append_class_map(out, sample.classes, ids);
  put(out, ",\"confidence-map\":{");
  for (std::size_t i = 0; i < sample.classes.size(); ++i) {
    if (std::find(ids, ids + i, ids[i]) != ids + i)
      continue; // a class that stands twice
    out += out.back() == '{' ? "\"" : ",\"";
    append_int(out, ids[i]);
    put(out, "\":");
    append_number(out, sample.classes[i].score.value_or(0));
  }
  put(out, "},");
}

/// \param ids of the boxes, then of the classes.
void append_label(std::string& out, const Sample& sample, std::size_t kind, const std::string& name,
                  const std::int64_t* ids, bool is_first) {
  const std::int64_t* const class_ids = ids + sample.annotations.size();
  if (kind == boxes) {
    append_boxes(out, sample, name, ids);
  } else {
    out += ',';
    append_key(out, name);
    if (kind == image_class)
      append_image_class(out, sample, *class_ids);
    else if (kind == multilabel)
      append_multilabel(out, sample, class_ids);
    else
      append_quoted(out, sample.mask_ref);
  }
  out += ',';
  append_quoted(out, name);
  out.pop_back();
  put(out, "-metadata\":{");
  if (kind == boxes)
    append_boxes_metadata(out, sample, ids);
  else if (kind == image_class)
    append_image_class_metadata(out, sample.classes.front());
  else if (kind == multilabel)
    append_multilabel_metadata(out, sample, class_ids);
  append_rest_of_metadata(out, sample, kind, is_first);
}

/// A member of the source that has the name of a label that is written now.
bool is_replaced(unsigned kinds, const LabelNames& names, std::string_view key) {
  for (std::size_t kind = 0; kind < kind_count; ++kind)
    if (has(kinds, kind) && key.starts_with(names[kind]) &&
        (key.size() == names[kind].size() || key.substr(names[kind].size()) == "-metadata"))
      return true;
  return false;
}

void append_sample(std::string& out, const Sample& sample, const LabelNames& names,
                   const std::int64_t* ids) {
  const unsigned kinds = kinds_of(sample);
  put(out, "{\"source-ref\":");
  append_quoted(out, sample.ref);
  append_own_members(out, sample);
  for (const auto& [key, raw] : sample.extra)
    if (!is_replaced(kinds, names, key))
      append_member(out, key, raw);
  bool is_first = true;
  for (std::size_t kind = 0; kind < kind_count; ++kind)
    if (has(kinds, kind)) {
      append_label(out, sample, kind, names[kind], ids, is_first);
      is_first = false;
    }
  put(out, "}\n");
}

class GroundTruthWriter final : public dataset::SampleWriter, public dataset::BlockWriter {
public:
  GroundTruthWriter(std::unique_ptr<ByteSink> sink, const WriteOptions& options)
      : sink_(std::move(sink)), wanted_name_(options.label_attribute), classes_(options),
        losses_({}) {
    if (wanted_name_.ends_with("-metadata") || wanted_name_.starts_with("$"))
      refuse_name();
  }

  void write(const Sample& sample) override {
    LinesPiece piece;
    take_ids(sample, piece);
    append_sample(piece.text, sample, names_, piece.ids.data());
    append(piece);
  }

  dataset::Written finish() override {
    sink_->finish();
    return written_;
  }

  const dataset::Losses& losses() const override { return losses_.all(); }
  dataset::BlockWriter* blocks() override { return this; }

  std::unique_ptr<BlockWriter::Piece> reserve(const std::vector<Sample>& samples) override {
    auto piece = std::make_unique<LinesPiece>();
    for (const auto& sample : samples)
      take_ids(sample, *piece);
    piece->names = names_;
    return piece;
  }

  void format(const std::vector<Sample>& samples, BlockWriter::Piece& base) const override {
    auto& piece = static_cast<LinesPiece&>(base);
    const std::int64_t* ids = piece.ids.data();
    for (const auto& sample : samples) {
      append_sample(piece.text, sample, piece.names, ids);
      ids += sample.annotations.size() + class_count(sample);
    }
  }

  void append(BlockWriter::Piece& base) override {
    auto& piece = static_cast<LinesPiece&>(base);
    sink_->write(piece.text);
    written_.images += piece.images;
    written_.annotations += piece.boxes;
  }

private:
  [[noreturn]] void refuse_name() const {
    throw Error(Fault::usage, "label attribute '" + wanted_name_ +
                                  "': Ground Truth takes no name that "
                                  "ends with -metadata or -ref or starts with $");
  }

  /// One attribute name for the whole file: a line that lacks it would break a training job.
  void name_label(const Sample& sample, std::size_t kind, bool is_first) {
    const auto is_usable = [&](const std::string& name) { // a mask ends with -ref, others never do
      return is_first && !name.empty() && name.ends_with("-ref") == (kind == mask) &&
             std::find(names_.begin(), names_.end(), name) == names_.end();
    };
    if (wanted_name_.ends_with("-ref") && kind != mask)
      refuse_name();
    if (kind == mask && !wanted_name_.empty() && is_first && !wanted_name_.ends_with("-ref"))
      throw Error(Fault::usage, "label attribute '" + wanted_name_ +
                                    "': Ground Truth wants the name of a mask to end with -ref");
    std::string name = is_usable(wanted_name_)             ? wanted_name_
                       : is_usable(sample.label_attribute) ? sample.label_attribute
                                                           : k_default_names[kind];
    while (std::find(names_.begin(), names_.end(), name) != names_.end())
      name += "-label";
    names_[kind] = name;
  }

  void take_ids(const Sample& sample, LinesPiece& piece) {
    ++piece.images;
    piece.boxes += static_cast<std::int64_t>(sample.annotations.size());
    const unsigned kinds = kinds_of(sample);
    bool is_first = true;
    for (std::size_t kind = 0; kind < kind_count; ++kind)
      if (has(kinds, kind)) {
        if (names_[kind].empty())
          name_label(sample, kind, is_first);
        is_first = false;
      }
    for (const auto& annotation : sample.annotations) {
      classes_.learn(annotation);
      piece.ids.push_back(classes_.id(annotation));
    }
    const std::size_t classes = class_count(sample);
    for (std::size_t i = 0; i < classes; ++i) {
      classes_.learn(sample.classes[i].label, sample.classes[i].source_id);
      piece.ids.push_back(classes_.id(sample.classes[i].label, sample.classes[i].source_id));
    }
    if (classes < sample.classes.size())
      losses_.note(sample, "classes after the first of an image",
                   static_cast<std::int64_t>(sample.classes.size() - classes));
  }

  std::unique_ptr<ByteSink> sink_;
  std::string wanted_name_;
  LabelNames names_;
  ClassIds classes_;
  LossCounter losses_;
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
