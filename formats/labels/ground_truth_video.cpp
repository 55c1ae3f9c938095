// SPDX-License-Identifier: Apache-2.0
// ground_truth_video: frames of videos as Ground Truth labels them. A line of the manifest points
// to a sequence file (where the frames are) and to SeqLabel.json (the boxes in them); every frame
// is a sample. A SeqLabel.json alone is read too.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/ground_truth_detail.hpp"
#include "formats/labels/ground_truth_video_write.hpp"
#include "formats/labels/image_files.hpp"
#include "formats/labels/line_blocks.hpp"
#include "formats/labels/losses.hpp"
#include "formats/labels/video_sequence.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace mlopsctl::formats {
namespace {

using dataset::ClassMap;
using dataset::Sample;
using ground_truth_detail::element;
using ground_truth_detail::is_metadata_key;
using ground_truth_detail::k_metadata;
using ground_truth_detail::object;
using ground_truth_detail::text_of;

constexpr std::uint64_t k_max_file_bytes = std::uint64_t{256} << 20;
constexpr std::string_view k_video_type = "groundtruth/video-";

/// A line of the manifest.
struct VideoLine {
  std::string source_ref;
  std::string label_ref; ///< empty: not labelled
  std::string label_name;
  std::map<std::int64_t, std::string> names; ///< class-map
  dataset::Fields metadata;
  dataset::Fields extra; ///< other members
};

class VideoReader final : public dataset::SampleReader {
public:
  VideoReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options), losses_({}) {
    if (input_.folder) {
      if (!input_.folder->contains(k_video_manifest))
        throw Error(Fault::input,
                    input_.path + ": has no " + k_video_manifest + ", the manifest of the videos",
                    "name the manifest or the SeqLabel.json itself");
      input_.source = input_.folder->open(k_video_manifest);
      place_ = input_.path + "/" + k_video_manifest;
    } else {
      place_ = input_.path;
    }
    is_bare_ = looks_like_video_labels(input_.head);
    lines_ = std::make_unique<LineBlocks>(*input_.source);
  }

  bool next(Sample& sample) override {
    while (position_ >= samples_.size())
      if (!load_next())
        return false;
    check_interrupt();
    sample = std::move(samples_[position_++]);
    return true;
  }
  void rewind() override {
    lines_->rewind();
    block_.reset();
    rest_ = {};
    line_ = 0;
    samples_.clear();
    position_ = 0;
    sequences_ = 0;
    left_out_ = 0;
    has_read_bare_ = false;
    label_files_.clear();
    names_.clear();
    classes_ = {};
    losses_.clear();
    problems_.clear();
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
  const dataset::Losses& losses() const override { return losses_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  bool load_next() {
    check_interrupt();
    samples_.clear();
    position_ = 0;
    if (is_bare_)
      return load_bare();
    std::string_view text;
    do {
      if (!next_line(text))
        return false;
    } while (trim(text).empty());
    const std::string place = place_ + ":" + std::to_string(line_);
    try {
      if (const auto line = read_line(text, place))
        load_line(*line, place);
      else
        ++left_out_;
    } catch (const Error& error) { // of a file that the line points to
      report(place, "bad-sequence", Severity::error, error.what());
      ++left_out_;
    }
    return true;
  }

  bool next_line(std::string_view& text) {
    while (rest_.empty()) {
      block_ = lines_->next();
      if (!block_)
        return false;
      rest_ = block_->text;
    }
    const auto end = std::min(rest_.find('\n'), rest_.size());
    text = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_;
    return true;
  }

  void report(const std::string& place, std::string rule, Severity severity, std::string text) {
    problems_.add({std::move(rule), severity, place, std::move(text)});
  }
  std::nullopt_t refuse(const std::string& place, std::string rule, std::string text) {
    report(place, std::move(rule), Severity::error, std::move(text));
    return std::nullopt;
  }

  std::optional<VideoLine> read_line(std::string_view text, const std::string& place) {
    element document;
    object root;
    if (const auto error = parser_.parse(text.data(), text.size()).get(document))
      return refuse(place, "not-json",
                    std::string("not valid JSON: ") + simdjson::error_message(error));
    if (document.get(root) != simdjson::SUCCESS)
      return refuse(place, "not-an-object", "the line is JSON, but not an object");
    std::string_view twice;
    if (ground_truth_detail::has_duplicate_key(root, twice))
      return refuse(place, "duplicate-key", "'" + std::string(twice) + "' stands twice");
    VideoLine line;
    line.source_ref = text_of(document, "source-ref");
    if (line.source_ref.empty())
      return refuse(place, "missing-source-ref", "no 'source-ref' in the line");
    const auto metadata = choose(root);
    line.label_name =
        metadata.substr(0, metadata.size() - std::min(metadata.size(), k_metadata.size()));
    for (const auto member : root) {
      if (member.key == "source-ref")
        continue;
      std::string_view reference;
      if (!metadata.empty() && member.key == line.label_name &&
          member.value.get(reference) == simdjson::SUCCESS)
        line.label_ref = reference;
      else if (member.key == metadata && !metadata.empty()) {
        if (!read_metadata(member.value, line, place))
          return std::nullopt;
      } else
        line.extra.emplace_back(member.key, raw(member.value));
    }
    if (!metadata.empty() && line.label_ref.empty())
      report(place, "label-failed", Severity::warning,
             "'" + line.label_name +
                 "' has metadata but no label; the frames count as not labelled");
    return line;
  }

  /// The key of the metadata of the label that is meant: named, or the newest of a video.
  std::string_view choose(const object& root) const {
    std::string_view best;
    std::string_view best_date;
    const std::string& wanted = options_.label_attribute;
    for (const auto member : root) {
      if (!is_metadata_key(member.key) || !text_of(member.value, "type").starts_with(k_video_type))
        continue;
      const auto name = member.key.substr(0, member.key.size() - k_metadata.size());
      const auto date = text_of(member.value, "creation-date");
      if (!wanted.empty() ? name != wanted && name != wanted + "-ref"
                          : !best.empty() && date <= best_date)
        continue;
      best = member.key;
      best_date = date;
    }
    return best;
  }

  bool read_metadata(const element& value, VideoLine& line, const std::string& place) {
    object members;
    if (value.get(members) != simdjson::SUCCESS)
      return true;
    for (const auto member : members) {
      object map;
      if (member.key == "class-map" && member.value.get(map) == simdjson::SUCCESS) {
        for (const auto entry : map)
          if (!learn_class(entry.key, entry.value, line, place))
            return false;
      } else if (member.key != "type") {
        line.metadata.emplace_back(member.key, raw(member.value));
      }
    }
    return true;
  }

  bool learn_class(std::string_view key, const element& value, VideoLine& line,
                   const std::string& place) {
    const auto id = parse_int(key);
    std::string_view name;
    if (!id || *id < 0 || value.get(name) != simdjson::SUCCESS || name.empty()) {
      refuse(place, "bad-class-map",
             "class-map: '" + std::string(key) + "' is not an id with a name");
      return false;
    }
    const auto [entry, is_new] = names_.emplace(*id, name);
    if (entry->second != name) {
      refuse(place, "class-map-conflict",
             "class id " + std::to_string(*id) + " is '" + std::string(name) + "' here and '" +
                 entry->second + "' in an earlier line");
      return false;
    }
    line.names.emplace(*id, name);
    return true;
  }

  /// \throws Error(input) if it is not there.
  std::unique_ptr<ByteSource> open_ref(const std::string& ref, const char* what) const {
    if (input_.folder && name_fault(ref).empty() && input_.folder->contains(ref))
      return input_.folder->open(ref);
    auto source = options_.open_ref ? options_.open_ref(ref) : nullptr;
    if (!source)
      throw Error(Fault::input, std::string(what) + " '" + ref +
                                    "' was not found; --uri-map s3://bucket/prefix=DIR or --images "
                                    "DIR says where it is");
    return source;
  }

  void load_line(const VideoLine& line, const std::string& place) {
    const auto source = open_ref(line.source_ref, "the sequence file");
    if (++sequences_ == k_guide_sequences + 1)
      report(place, "too-many-sequences", Severity::warning,
             "more than " + std::to_string(k_guide_sequences) +
                 " sequences; Ground Truth takes no more in a manifest");
    const auto warn = [&](std::string rule, Severity severity, std::string text) {
      report(place, std::move(rule), severity, source->name() + ": " + text);
    };
    const auto sequence =
        parse_video_sequence(read_all(*source, k_max_file_bytes), source->name(), warn);
    VideoLabels labels;
    std::string labels_name;
    if (!line.label_ref.empty()) {
      const auto file = open_ref(line.label_ref, "the labels");
      labels_name = file->name();
      const auto [entry, is_new] = label_files_.emplace(labels_name, line.label_ref);
      if (!is_new && entry->second != line.label_ref)
        throw Error(Fault::input, "'" + line.label_ref + "' and '" + entry->second +
                                      "' were both found as " + labels_name +
                                      "; --uri-map says where each is");
      labels = parse_video_labels(read_all(*file, k_max_file_bytes), labels_name);
    }
    add_frames(line, sequence, labels, labels_name.empty() ? place : labels_name);
  }

  void add_frames(const VideoLine& line, const VideoSequence& sequence, const VideoLabels& labels,
                  const std::string& place) {
    std::unordered_map<std::string_view, const LabelledFrame*> labelled;
    for (const auto& frame : labels.frames)
      if (!labelled.emplace(frame.name, &frame).second)
        throw Error(Fault::input, place + ": frame '" + frame.name + "' stands twice");
    std::set<std::string_view> known;
    std::optional<double> start;
    for (const auto& frame : sequence.frames) {
      if (!known.insert(frame.name).second)
        throw Error(Fault::input,
                    "'" + line.source_ref + "': frame '" + frame.name + "' stands twice");
      Sample sample;
      sample.ref = sequence.prefix + frame.name;
      sample.group = line.source_ref;
      if (!start)
        start = frame.unix_timestamp;
      if (frame.unix_timestamp)
        sample.time_s = *frame.unix_timestamp - *start;
      if (!frame.number.empty())
        sample.extra.emplace_back("frame-no", frame.number);
      sample.extra.insert(sample.extra.end(), frame.extra.begin(), frame.extra.end());
      for (const auto& [key, value] : sequence.extra)
        sample.extra.emplace_back("sequence:" + key, value);
      for (const auto& [key, value] : line.extra)
        sample.extra.emplace_back("manifest:" + key, value);
      const auto entry = labelled.find(frame.name);
      add(std::move(sample), entry == labelled.end() ? nullptr : entry->second, line, labels,
          place);
    }
    for (const auto& frame : labels.frames)
      if (!known.contains(frame.name))
        report(place, "unknown-frame", Severity::error,
               "frame '" + frame.name + "' is not in the sequence '" + line.source_ref + "'");
  }

  void add(Sample sample, const LabelledFrame* frame, const VideoLine& line,
           const VideoLabels& labels, const std::string& place) {
    check_interrupt();
    sample.place = place + ": frame " + sample.ref;
    sample.is_labelled = frame && (frame->has_annotations || frame->shapes.empty());
    if (frame) {
      sample.label_attribute = line.label_name.ends_with("-ref")
                                   ? line.label_name.substr(0, line.label_name.size() - 4)
                                   : line.label_name;
      sample.label_metadata = line.metadata;
      if (labels.is_tracking)
        sample.extra.emplace_back(k_tracking_member, "true");
      for (const auto& member : frame->extra)
        if (member != dataset::Fields::value_type{"frame-attributes", "{}"})
          sample.extra.push_back(member);
      for (const auto& [shape, count] : frame->shapes)
        losses_.note(sample, shape + " of video frames", count);
      sample.annotations = frame->annotations;
      if (!frame->fault.empty() || !name_classes(sample, line)) {
        if (!frame->fault.empty())
          report(sample.place, "bad-box", Severity::error, frame->fault);
        ++left_out_;
        return;
      }
    }
    const bool is_good =
        check_sample(sample, options_, [&](std::string rule, Severity severity, std::string text) {
          report(sample.place, std::move(rule), severity, std::move(text));
        });
    if (is_good)
      samples_.push_back(std::move(sample));
    else
      ++left_out_;
  }

  bool name_classes(Sample& sample, const VideoLine& line) {
    for (std::size_t i = 0; i < sample.annotations.size(); ++i) {
      auto& annotation = sample.annotations[i];
      const auto named = line.names.find(annotation.source_id);
      if (named != line.names.end()) {
        annotation.label = named->second;
      } else if (is_bare_) {
        annotation.label = "class_" + std::to_string(annotation.source_id);
        names_.emplace(annotation.source_id, annotation.label);
      } else {
        report(sample.place, "class-id-not-in-class-map", Severity::error,
               box_name(i) + ": class-id " + std::to_string(annotation.source_id) +
                   " is not in the line's class-map");
        return false;
      }
    }
    return true;
  }

  /// Nothing says where the frames are, nor what the classes are called.
  bool load_bare() {
    if (has_read_bare_)
      return false;
    has_read_bare_ = true;
    const auto labels = parse_video_labels(read_all(*input_.source, k_max_file_bytes), input_.path);
    input_.source->rewind();
    VideoLine line;
    line.source_ref = without_extension(base_name(input_.path));
    VideoSequence sequence;
    for (const auto& frame : labels.frames) {
      if (frame.name.empty())
        throw Error(Fault::input, input_.path + ": an entry has no 'frame'");
      sequence.frames.push_back({frame.name, frame.number, {}, {}});
    }
    add_frames(line, sequence, labels, input_.path);
    if (!names_.empty())
      report(
          input_.path, "class-names-unknown", Severity::warning,
          "only a manifest has the names of the classes; they are called by their ids, such as " +
              names_.begin()->second);
    return true;
  }

  LabelInput input_;
  ReadOptions options_;
  std::string place_; ///< of the manifest
  bool is_bare_ = false;
  bool has_read_bare_ = false;
  std::unique_ptr<LineBlocks> lines_;
  std::optional<LineBlock> block_;
  std::string_view rest_; ///< of block_
  std::int64_t line_ = 0;
  simdjson::dom::parser parser_;
  std::vector<Sample> samples_; ///< of one sequence
  std::size_t position_ = 0;
  std::size_t sequences_ = 0;
  std::int64_t left_out_ = 0;
  std::map<std::string, std::string> label_files_; ///< name of the file: the reference to it
  std::map<std::int64_t, std::string> names_;
  mutable ClassMap classes_;
  LossCounter losses_;
  ProblemList problems_;
};

bool sniff(const LabelInput& input) {
  if (input.folder) {
    if (!input.folder->contains(k_video_manifest))
      return false;
    const auto files = input.folder->list();
    return std::any_of(files.begin(), files.end(), [](const auto& file) {
      return file.name.starts_with(k_video_sequences) && file.name.ends_with(".json");
    });
  }
  if (!input.source)
    return false;
  if (input.head.find("\"source-ref\"") != std::string::npos)
    return input.head.find("\"groundtruth/video-") != std::string::npos;
  return looks_like_video_labels(input.head);
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  return std::make_unique<VideoReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat ground_truth_video;
const LabelFormat ground_truth_video{
    "ground_truth_video",
    "SageMaker Ground Truth video frames: manifest, sequence files and SeqLabel.json",
    {},
    Needs::index,
    k_video_holds,
    sniff,
    open,
    create_ground_truth_video,
};

} // namespace mlopsctl::formats
