// SPDX-License-Identifier: Apache-2.0
// Images go to the output as they come; annotations are put aside in a temporary file and follow
// them at the end: memory does not grow with the data set.
#include "formats/labels/coco_write.hpp"

#include "dataset/blocks.hpp"
#include "formats/labels/class_ids.hpp"
#include "formats/labels/coco_put_aside.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/losses.hpp"
#include "formats/labels/own_members.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;

struct CocoPiece final : dataset::BlockWriter::Piece {
  std::int64_t first_image = 0;         ///< id of the first image of the piece
  std::vector<std::int64_t> categories; ///< one for each annotation
  std::int64_t images = 0;
  std::string image_text;
  std::string annotations; ///< put aside
};

void append_extra(std::string& out, const dataset::Fields& extra,
                  std::initializer_list<std::string_view> left_out) {
  for (const auto& [key, raw] : extra) {
    if (std::find(left_out.begin(), left_out.end(), key) != left_out.end())
      continue;
    out += ',';
    append_quoted(out, key);
    out += ':';
    out += raw;
  }
}

void append_image(std::string& out, const Sample& sample, std::int64_t id) {
  out += id > 1 ? ",\n{\"id\":" : "\n{\"id\":";
  append_int(out, id);
  out += ",\"file_name\":";
  append_quoted(out, sample.ref);
  out += ",\"width\":";
  append_int(out, sample.width);
  out += ",\"height\":";
  append_int(out, sample.height);
  append_own_members(out, sample);
  append_extra(out, sample.extra, {"image_id", "id", "file_name", "width", "height"});
  out += '}';
}

class CocoWriter final : public dataset::SampleWriterInBlocks {
public:
  CocoWriter(const std::string& path, const WriteOptions& options)
      : sink_(create_sink(path, options.existing)), jobs_(options.jobs), classes_(options),
        losses_(k_coco_holds) {
    std::string text = "{";
    for (const auto& [key, json] : options.document) {
      append_quoted(text, key);
      ((text += ':') += json) += ",\n";
    }
    sink_->write(text + "\"images\":[");
  }

  std::unique_ptr<BlockWriter::Piece> reserve(const std::vector<Sample>& samples) override {
    auto piece = std::make_unique<CocoPiece>();
    piece->first_image = written_.images + 1;
    for (const auto& sample : samples) {
      losses_.note(sample);
      losses_.note(sample, "metadata of the label",
                   static_cast<std::int64_t>(sample.label_metadata.size()));
      piece->images += losses_.takes(sample) ? 1 : 0;
      for (const auto& annotation : sample.annotations) {
        classes_.learn(annotation);
        piece->categories.push_back(classes_.id(annotation) + 1);
      }
    }
    written_.images += piece->images;
    written_.annotations += static_cast<std::int64_t>(piece->categories.size());
    return piece;
  }

  void format(const std::vector<Sample>& samples, BlockWriter::Piece& base) const override {
    auto& piece = static_cast<CocoPiece&>(base);
    constexpr std::size_t k_usual_image_bytes = 200, k_usual_annotation_bytes = 24;
    piece.image_text.reserve(samples.size() * k_usual_image_bytes);
    piece.annotations.reserve(piece.categories.size() * k_usual_annotation_bytes);
    std::int64_t image = piece.first_image;
    std::size_t index = 0;
    for (const auto& sample : samples) {
      if (!losses_.takes(sample))
        continue;
      append_image(piece.image_text, sample, image);
      for (const auto& annotation : sample.annotations)
        put_aside(piece.annotations, annotation, image, piece.categories[index++]);
      ++image;
    }
  }

  void append(BlockWriter::Piece& base) override {
    auto& piece = static_cast<CocoPiece&>(base);
    sink_->write(piece.image_text);
    annotations_.add(piece.annotations, static_cast<std::int64_t>(piece.categories.size()));
  }

  dataset::Written finish() override {
    sink_->write("\n],\"annotations\":[");
    annotations_.write_to(*sink_, jobs_);
    std::string text = "\n],\"categories\":[";
    const char* separator = "\n";
    for (const auto& [id, name] : classes_.all()) {
      text += separator;
      text += "{\"id\":";
      append_int(text, id + 1);
      text += ",\"name\":";
      append_quoted(text, name);
      text += ",\"supercategory\":\"\"}";
      separator = ",\n";
    }
    sink_->write(text + "\n]}\n");
    sink_->finish();
    return written_;
  }

  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  std::unique_ptr<ByteSink> sink_;
  CocoPutAside annotations_;
  int jobs_;
  ClassIds classes_;
  LossCounter losses_;
  dataset::Written written_;
};

} // namespace

const CanHold k_coco_holds{.boxes = true,
                           .image_size = true,
                           .class_ids = true,
                           .score = true,
                           .crowd = true,
                           .difficult = true,
                           .truncated = true,
                           .split = true,
                           .unknown_fields = true,
                           .fractions = true};

std::unique_ptr<dataset::SampleWriter> create_coco(const std::string& path,
                                                   const WriteOptions& options) {
  return std::make_unique<CocoWriter>(path, options);
}

} // namespace mlopsctl::formats
