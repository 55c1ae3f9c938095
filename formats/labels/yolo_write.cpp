// SPDX-License-Identifier: Apache-2.0
// data.yaml, labels/*.txt and the lists of images. The images are not copied: put or link them into
// images/, where the lists name them.
#include "formats/labels/yolo_write.hpp"

#include "core/value.hpp"
#include "dataset/blocks.hpp"
#include "formats/labels/class_ids.hpp"
#include "formats/labels/image_files.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/losses.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

namespace mlopsctl::formats {
namespace {

using dataset::Sample;

/// Below images/: what follows the last images/ of the reference; a bare name for absolute paths.
std::string name_below_images(const std::string& ref) {
  std::string name = ref;
  if (name.starts_with("s3://"))
    name.erase(0, std::min(name.find('/', 5), name.size() - 1) + 1);
  const auto inner = name.rfind("/images/");
  if (inner != std::string::npos)
    return name.substr(inner + 8);
  if (name.starts_with("images/"))
    return name.substr(7);
  return name.starts_with("/") || name.find("..") != std::string::npos
             ? std::string(base_name(name))
             : name;
}

/// Shortest digits that read back as the same number, never an exponent: 0.283.
void append_fraction(std::string& out, double value) {
  std::array<char, 400> buffer;
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed);
  out += ' ';
  out.append(buffer.data(), result.ptr);
}

/// Trainers refuse a whole file for one coordinate outside 0..1: boxes are cut at the edges.
struct Cut {
  double left, top, right, bottom;

  Cut(const dataset::Box& box, const Sample& sample)
      : left(std::clamp(box.left, 0.0, double(sample.width))),
        top(std::clamp(box.top, 0.0, double(sample.height))),
        right(std::clamp(box.right(), 0.0, double(sample.width))),
        bottom(std::clamp(box.bottom(), 0.0, double(sample.height))) {}
  bool is_empty() const { return right <= left || bottom <= top; }
  bool is_cut(const dataset::Box& box) const {
    return left != box.left || top != box.top || right != box.right() || bottom != box.bottom();
  }
};

struct YoloPiece final : dataset::BlockWriter::Piece {
  std::vector<std::string> files; ///< one a sample; empty: it is left out
  std::vector<std::int64_t> ids;  ///< one a box of the samples with a file; -1: it is left out
};

class YoloWriter final : public dataset::SampleWriterInBlocks {
public:
  YoloWriter(const std::string& path, const WriteOptions& options)
      : folder_(create_folder(path, options.existing)), classes_(options), losses_(k_yolo_holds) {}

  std::unique_ptr<BlockWriter::Piece> reserve(const std::vector<Sample>& samples) override {
    auto piece = std::make_unique<YoloPiece>();
    for (const auto& sample : samples) {
      losses_.note(sample);
      piece->files.push_back(losses_.takes(sample) ? reserve_file(sample) : std::string());
      if (!piece->files.back().empty())
        for (const auto& annotation : sample.annotations)
          piece->ids.push_back(reserve_box(annotation, sample));
    }
    return piece;
  }

  /// Making the files is most of the work: any thread.
  void format(const std::vector<Sample>& samples, BlockWriter::Piece& base) const override {
    auto& piece = static_cast<YoloPiece&>(base);
    const std::int64_t* id = piece.ids.data();
    std::string rows;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      if (piece.files[i].empty())
        continue;
      rows.clear();
      for (const auto& annotation : samples[i].annotations)
        if (const auto mine = *id++; mine >= 0)
          append_row(rows, mine, Cut(annotation.box, samples[i]), samples[i]);
      folder_->write(piece.files[i], rows);
    }
  }

  void append(BlockWriter::Piece& /*piece*/) override {} // the files are written

  dataset::Written finish() override {
    static constexpr std::array<const char*, 4> k_lists{"all.txt", "train.txt", "val.txt",
                                                        "test.txt"};
    static constexpr std::array<const char*, 4> k_keys{"train", "train", "val", "test"};
    const bool has_splits = std::any_of(lists_.begin() + 1, lists_.end(),
                                        [](const auto& list) { return !list.empty(); });
    if (has_splits) // trainers and readers go by the lists that data.yaml names
      losses_.note(first_without_split_,
                   "images of no split, left out of data.yaml (all.txt has them)", without_split_);
    std::string yaml = "path: .\n";
    if (!has_splits)
      yaml += "# no val: this data set is not split ('mlopsctl manifest split')\n";
    for (std::size_t i = 0; i < lists_.size(); ++i)
      if (!lists_[i].empty()) {
        folder_->write(k_lists[i], lists_[i]);
        yaml += (i == 0 && has_splits ? "# not in a split: " : std::string(k_keys[i]) + ": ") +
                std::string(k_lists[i]) + "\n";
      }
    yaml += classes_.all().empty() ? "names: {}\n" : "names:\n";
    for (const auto& [id, name] : classes_.all()) {
      yaml += "  " + std::to_string(id) + ": ";
      append_quoted(yaml, name); // a JSON string is a YAML string
      yaml += "\n";
    }
    folder_->write("data.yaml", yaml);
    folder_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  std::string reserve_file(const Sample& sample) {
    if (!sample.annotations.empty() && (sample.width <= 0 || sample.height <= 0))
      throw Error(Fault::input,
                  sample.place + ": '" + sample.ref +
                      "' has no size, and YOLO boxes are fractions of it",
                  "pass --images DIR");
    const std::string name = name_below_images(sample.ref);
    if (std::any_of(name.begin(), name.end(), [](unsigned char c) { return c < ' ' || c == 127; }))
      throw Error(Fault::input,
                  sample.place + ": '" + sample.ref +
                      "' has a line break or control character, and YOLO lists images by line",
                  "rename the image, or write a format that keeps such names (coco, ground_truth)");
    const std::string label = "labels/" + std::string(without_extension(name)) + ".txt";
    if (!labels_.insert(label).second)
      throw Error(Fault::input,
                  sample.place + ": '" + sample.ref + "' would share the file '" + label +
                      "' with another image",
                  "rename one of them, or write a format that keeps whole paths (coco, "
                  "ground_truth)");
    if (name != sample.ref && "images/" + name != sample.ref)
      losses_.note(sample, "references that became images/<name>");
    lists_[static_cast<std::size_t>(sample.split)] += "./images/" + name + "\n";
    ++written_.images;
    if (sample.split == dataset::Split::none && ++without_split_ == 1)
      first_without_split_.ref = sample.place.empty() ? sample.ref : sample.place;
    return label;
  }

  std::int64_t reserve_box(const dataset::Annotation& annotation, const Sample& sample) {
    const Cut cut(annotation.box, sample);
    if (cut.is_empty()) {
      losses_.note(sample, "boxes outside the image, left out");
      return -1;
    }
    if (cut.is_cut(annotation.box))
      losses_.note(sample, "boxes cut at the edge of the image");
    classes_.learn(annotation);
    ++written_.annotations;
    return classes_.id(annotation);
  }

  static void append_row(std::string& out, std::int64_t id, const Cut& cut, const Sample& sample) {
    append_int(out, id);
    append_fraction(out, (cut.left + cut.right) / 2 / sample.width);
    append_fraction(out, (cut.top + cut.bottom) / 2 / sample.height);
    append_fraction(out, (cut.right - cut.left) / sample.width);
    append_fraction(out, (cut.bottom - cut.top) / sample.height);
    out += '\n';
  }

  std::unique_ptr<FolderSink> folder_;
  ClassIds classes_;
  LossCounter losses_;
  std::set<std::string> labels_;
  std::array<std::string, 4> lists_; ///< by Split
  std::int64_t without_split_ = 0;
  Sample first_without_split_; ///< only its reference
  dataset::Written written_;
};

} // namespace

const CanHold k_yolo_holds{.boxes = true, .class_ids = true, .split = true, .fractions = true};

std::unique_ptr<dataset::SampleWriter> create_yolo(const std::string& path,
                                                   const WriteOptions& options) {
  return std::make_unique<YoloWriter>(path, options);
}

} // namespace mlopsctl::formats
