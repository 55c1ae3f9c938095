// SPDX-License-Identifier: Apache-2.0
// One XML an image. <path> is never written: it would tell where the data lay on the machine of
// whoever labelled it.
#include "formats/labels/voc_write.hpp"

#include "core/text.hpp"
#include "formats/labels/image_files.hpp"
#include "formats/labels/losses.hpp"
#include "formats/labels/xml_text.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::Sample;

void append_element(std::string& out, const char* indent, std::string_view name,
                    std::string_view text) {
  ((out += indent) += '<').append(name) += '>';
  append_xml_text(out, text);
  (out += "</").append(name) += ">\n";
}

void append_element(std::string& out, const char* indent, std::string_view name,
                    std::int64_t value) {
  append_element(out, indent, name, std::to_string(value));
}

bool is_element_name(std::string_view name) {
  return !name.empty() && std::isalpha(static_cast<unsigned char>(name[0])) != 0 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
         });
}

/// Texts without escapes become elements; other JSON has no place in this format.
std::size_t append_extra(std::string& out, const char* indent, const dataset::Fields& extra,
                         std::initializer_list<std::string_view> left_out) {
  std::size_t lost = 0;
  for (const auto& [key, raw] : extra) {
    if (std::find(left_out.begin(), left_out.end(), key) != left_out.end())
      continue;
    if (is_element_name(key) && raw.size() >= 2 && raw.front() == '"' &&
        raw.find('\\') == std::string::npos)
      append_element(out, indent, key, std::string_view(raw).substr(1, raw.size() - 2));
    else
      ++lost;
  }
  return lost;
}

struct Range {
  std::int64_t low;
  std::int64_t high;
};

constexpr double k_largest_side_px = 1 << 24;

/// Both EDGES cut at the image and rounded half away from zero (not edge and length), at least one
/// pixel apart. \param size 0: not known.
Range whole_pixels(double low, double high, int size) {
  const double lowest = size > 0 ? 0 : -k_largest_side_px;
  const double highest = size > 0 ? size : k_largest_side_px;
  Range range{std::llround(std::clamp(low, lowest, highest)),
              std::llround(std::clamp(high, lowest, highest))};
  if (range.high <= range.low) {
    range.high = range.low + 1;
    if (size > 0 && range.high > size)
      range = {size - 1, size};
  }
  return range;
}

bool is_inside(const dataset::Box& box, const Sample& sample) {
  return box.left >= 0 && box.top >= 0 && box.right() <= sample.width &&
         box.bottom() <= sample.height;
}

class VocWriter final : public dataset::SampleWriter {
public:
  VocWriter(const std::string& path, const WriteOptions& options)
      : folder_(create_folder(path, options.existing)), base_(options.voc_base),
        losses_(k_voc_holds) {}

  void write(const Sample& sample) override {
    losses_.note(sample);
    losses_.note(sample, "group", sample.group.empty() ? 0 : 1);
    losses_.note(sample, "time_s", sample.time_s ? 1 : 0);
    if (!losses_.takes(sample))
      return;
    const std::string file(base_name(sample.ref));
    const std::string stem(without_extension(file));
    if (stem.empty() || !stems_.insert(stem).second)
      throw Error(Fault::input,
                  sample.place + ": '" + sample.ref + "' would share the file '" + stem +
                      ".xml' with another image",
                  "rename one of them, or write a format that keeps whole paths (coco, "
                  "ground_truth)");
    folder_->write(stem + ".xml", document(sample, file));
    if (sample.split != dataset::Split::none)
      lists_[static_cast<std::size_t>(sample.split)] += stem + "\n";
    ++written_.images;
    written_.annotations += static_cast<std::int64_t>(sample.annotations.size());
  }

  dataset::Written finish() override {
    static constexpr std::array<const char*, 4> k_names{"", "train", "val", "test"};
    for (std::size_t i = 1; i < lists_.size(); ++i)
      if (!lists_[i].empty())
        folder_->write(std::string("ImageSets/Main/") + k_names[i] + ".txt", lists_[i]);
    folder_->finish();
    return written_;
  }
  const dataset::Losses& losses() const override { return losses_.all(); }

private:
  std::string document(const Sample& sample, const std::string& file) {
    std::string out = "<annotation>\n";
    const std::string folder =
        sample.ref.substr(0, sample.ref.size() - std::min(sample.ref.size(), file.size() + 1));
    if (!folder.empty())
      append_element(out, "\t", "folder", folder);
    const char* const replaced = folder.empty() ? "filename" : "folder"; // else that of the source
    append_element(out, "\t", "filename", file);
    out += "\t<size>\n";
    append_element(out, "\t\t", "width", sample.width);
    append_element(out, "\t\t", "height", sample.height);
    append_element(out, "\t\t", "depth", sample.depth > 0 ? sample.depth : 3);
    out += "\t</size>\n";
    const auto lost = append_extra(out, "\t", sample.extra,
                                   {replaced, "filename", "path", "size", "object", "image_id"});
    losses_.note(sample, "other members of the image", static_cast<std::int64_t>(lost));
    losses_.note(sample, "metadata of the label",
                 static_cast<std::int64_t>(sample.label_metadata.size()));
    for (const auto& annotation : sample.annotations)
      append_object(out, annotation, sample);
    return out + "</annotation>\n";
  }

  void append_object(std::string& out, const Annotation& annotation, const Sample& sample) {
    out += "\t<object>\n";
    append_element(out, "\t\t", "name", annotation.label);
    append_element(out, "\t\t", "truncated", annotation.is_truncated ? 1 : 0);
    append_element(out, "\t\t", "difficult", annotation.is_difficult ? 1 : 0);
    const auto lost =
        append_extra(out, "\t\t", annotation.extra, {"name", "truncated", "difficult", "bndbox"});
    losses_.note(sample, "other members of the box", static_cast<std::int64_t>(lost));
    if (sample.width > 0 && !is_inside(annotation.box, sample))
      losses_.note(sample, "boxes cut at the edge of the image");
    const Range x = whole_pixels(annotation.box.left, annotation.box.right(), sample.width);
    const Range y = whole_pixels(annotation.box.top, annotation.box.bottom(), sample.height);
    out += "\t\t<bndbox>\n";
    append_element(out, "\t\t\t", "xmin", x.low + base_);
    append_element(out, "\t\t\t", "ymin", y.low + base_);
    append_element(out, "\t\t\t", "xmax", x.high);
    append_element(out, "\t\t\t", "ymax", y.high);
    out += "\t\t</bndbox>\n\t</object>\n";
  }

  std::unique_ptr<FolderSink> folder_;
  int base_;
  LossCounter losses_;
  std::set<std::string> stems_;
  std::array<std::string, 4> lists_; ///< stems by Split
  dataset::Written written_;
};

} // namespace

const CanHold k_voc_holds{
    .boxes = true,
    .image_size = true,
    .difficult = true,
    .truncated = true,
    .split = true,
    .unknown_fields = true // texts; the others are counted where written
};

std::unique_ptr<dataset::SampleWriter> create_voc(const std::string& path,
                                                  const WriteOptions& options) {
  return std::make_unique<VocWriter>(path, options);
}

} // namespace mlopsctl::formats
