// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/csv_write.hpp"

#include "dataset/blocks.hpp"
#include "formats/labels/csv_rows.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/losses.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;

enum class CsvLayout { unknown, boxes, classes };

struct CsvPiece final : dataset::BlockWriter::Piece {
  CsvLayout layout = CsvLayout::unknown;
  std::string text;
};

void append_box(std::string& out, const Sample& sample, const Annotation& annotation, int base) {
  const auto& box = annotation.box;
  append_csv_field(out, sample.ref);
  for (const int side : {sample.width, sample.height}) {
    out += ',';
    if (side > 0)
      append_int(out, side);
  }
  out += ',';
  append_csv_field(out, annotation.label);
  NumbersText edges;
  edges << "," << box.left + base << "," << box.top + base << "," << box.left + box.width << ","
        << box.top + box.height << "\n";
  out += edges.text();
}

/// filename,width,height,class,xmin,ymin,xmax,ymax, as TensorFlow's tutorials made it common; a set
/// of classes of whole images: filename,class. The first labelled image decides.
class CsvWriter final : public dataset::SampleWriterInBlocks {
public:
  CsvWriter(const std::string& path, const WriteOptions& options)
      : sink_(create_sink(path, options.existing)), losses_(k_csv_holds), base_(options.voc_base) {}

  std::unique_ptr<BlockWriter::Piece> reserve(const std::vector<Sample>& samples) override {
    auto piece = std::make_unique<CsvPiece>();
    for (const auto& sample : samples)
      count(sample, piece->text);
    piece->layout = layout_;
    return piece;
  }

  void format(const std::vector<Sample>& samples, BlockWriter::Piece& base) const override {
    auto& piece = static_cast<CsvPiece&>(base);
    for (const auto& sample : samples) {
      if (!losses_.takes(sample))
        continue;
      if (piece.layout == CsvLayout::boxes)
        for (const auto& annotation : sample.annotations)
          append_box(piece.text, sample, annotation, base_);
      else
        for (const auto& image_class : sample.classes) {
          append_csv_field(piece.text, sample.ref);
          piece.text += ',';
          append_csv_field(piece.text, image_class.label);
          piece.text += '\n';
        }
    }
  }

  void append(BlockWriter::Piece& base) override {
    sink_->write(static_cast<CsvPiece&>(base).text);
  }

  dataset::Written finish() override {
    if (layout_ == CsvLayout::unknown) // nothing to write: still a table
      sink_->write(k_boxes_header);
    sink_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  static constexpr const char* k_boxes_header = "filename,width,height,class,xmin,ymin,xmax,ymax\n";

  /// The first image with labels decides the columns, whose names go to \p header.
  void count(const Sample& sample, std::string& header) {
    losses_.note(sample);
    if (!losses_.takes(sample))
      return;
    if (sample.annotations.empty() && sample.classes.empty())
      return losses_.note(sample, "images without objects, left out (a table has no row for them)");
    if (layout_ == CsvLayout::unknown) {
      layout_ = sample.annotations.empty() ? CsvLayout::classes : CsvLayout::boxes;
      header = layout_ == CsvLayout::boxes ? k_boxes_header : "filename,class\n";
    }
    const auto boxes = static_cast<std::int64_t>(sample.annotations.size());
    const auto classes = static_cast<std::int64_t>(sample.classes.size());
    const bool has_boxes = layout_ == CsvLayout::boxes;
    losses_.note(sample, has_boxes ? "classes of whole images" : "boxes",
                 has_boxes ? classes : boxes);
    if (!has_boxes)
      losses_.note(sample, "score",
                   std::count_if(sample.classes.begin(), sample.classes.end(),
                                 [](const auto& image_class) { return image_class.score; }));
    written_.images += (has_boxes ? boxes : classes) > 0 ? 1 : 0;
    written_.annotations += has_boxes ? boxes : 0;
  }

  std::unique_ptr<ByteSink> sink_;
  LossCounter losses_;
  int base_;
  CsvLayout layout_ = CsvLayout::unknown;
  dataset::Written written_;
};

class OpenImagesWriter final : public dataset::SampleWriter {
public:
  OpenImagesWriter(const std::string& path, const WriteOptions& options)
      : sink_(create_sink(path, options.existing)), losses_(k_open_images_holds) {
    sink_->write("ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,"
                 "IsGroupOf,IsDepiction,IsInside\n");
  }

  void write(const Sample& sample) override {
    losses_.note(sample);
    if (!losses_.takes(sample))
      return;
    if (sample.annotations.empty())
      return losses_.note(sample, "images without objects, left out (a table has no row for them)");
    if (sample.width <= 0 || sample.height <= 0)
      throw Error(Fault::input,
                  sample.place + ": '" + sample.ref +
                      "' has no size, and Open Images boxes are fractions of it",
                  "pass --images DIR");
    std::string rows;
    for (const auto& annotation : sample.annotations)
      append_row(rows, sample, annotation);
    written_.images += rows.empty() ? 0 : 1;
    sink_->write(rows);
  }
  dataset::Written finish() override {
    sink_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  void append_row(std::string& out, const Sample& sample, const Annotation& annotation) {
    const auto& box = annotation.box;
    append_csv_field(out, sample.ref);
    out += ",,";
    append_csv_field(out, annotation.label);
    out += ',';
    if (annotation.score)
      append_number(out, *annotation.score);
    for (const double fraction : {box.left / sample.width, box.right() / sample.width,
                                  box.top / sample.height, box.bottom() / sample.height}) {
      if (fraction < 0 || fraction > 1)
        losses_.note(sample, "boxes cut at the edge of the image");
      out += ',';
      append_number(out, std::clamp(fraction, 0.0, 1.0));
    }
    out += ",,";
    out += annotation.is_truncated ? "1," : "0,";
    out += annotation.is_crowd ? "1,,\n" : "0,,\n";
    ++written_.annotations;
  }

  std::unique_ptr<ByteSink> sink_;
  LossCounter losses_;
  dataset::Written written_;
};

} // namespace

const CanHold k_csv_holds{.boxes = true,
                          .image_classes = true,
                          .multilabel = true,
                          .image_size = true,
                          .fractions = true};
const CanHold k_open_images_holds{
    .boxes = true, .score = true, .crowd = true, .truncated = true, .fractions = true};

std::unique_ptr<dataset::SampleWriter> create_csv(const std::string& path,
                                                  const WriteOptions& options) {
  return std::make_unique<CsvWriter>(path, options);
}
std::unique_ptr<dataset::SampleWriter> create_open_images(const std::string& path,
                                                          const WriteOptions& options) {
  return std::make_unique<OpenImagesWriter>(path, options);
}

} // namespace mlopsctl::formats
