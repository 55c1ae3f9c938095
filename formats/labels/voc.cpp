// SPDX-License-Identifier: Apache-2.0
// voc: Pascal VOC XML, one file an image; a folder of them (with or without Annotations/,
// JPEGImages/, ImageSets/) or a single one. Children may stand in any order, numbers may have
// fractions, <filename> may be wrong.
#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/image_files.hpp"
#include "formats/labels/json_text.hpp"
#include "formats/labels/voc_write.hpp"

#include <pugixml.hpp>

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::ClassMap;
using dataset::Sample;
using dataset::Split;

constexpr std::uint64_t k_max_list_bytes = 256 * 1024 * 1024;

std::string child_text(const pugi::xml_node& node, const char* name) {
  return std::string(trim(node.child_value(name)));
}

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(out, text);
  return out;
}

bool has_element_children(const pugi::xml_node& node) {
  for (const auto& child : node.children())
    if (child.type() == pugi::node_element)
      return true;
  return false;
}

/// Text elements that are not known, as JSON strings.
template <std::size_t N>
void keep_others(const pugi::xml_node& node, const char* const (&known)[N],
                 dataset::Fields& extra) {
  for (const auto& child : node.children()) {
    const std::string_view name = child.name();
    const bool is_known = std::find(std::begin(known), std::end(known), name) != std::end(known);
    if (child.type() == pugi::node_element && !is_known && !has_element_children(child))
      extra.emplace_back(name, quoted(trim(child.child_value())));
  }
}

int whole(const std::string& text) {
  const auto value = parse_double(text);
  return value && *value > 0 && *value <= 1 << 24 ? static_cast<int>(std::lround(*value)) : 0;
}

class VocReader final : public dataset::SampleReader {
public:
  VocReader(LabelInput input, const ReadOptions& options)
      : input_(std::move(input)), options_(options) {
    if (input_.folder)
      list_folder();
  }

  bool next(Sample& sample) override {
    check_interrupt();
    if (input_.source) {
      if (position_++ > 0)
        return false;
      const bool is_good = read_document(*input_.source, input_.path, sample);
      left_out_ += is_good ? 0 : 1;
      return is_good;
    }
    while (position_ < files_.size()) {
      check_interrupt();
      const std::string& file = files_[position_++];
      if (read_document(*input_.folder->open(file), file, sample))
        return true;
      ++left_out_;
    }
    return false;
  }
  void rewind() override {
    position_ = 0;
    left_out_ = 0;
    classes_ = {};
    problems_.clear();
    for (const auto& problem : list_problems_)
      problems_.add(problem);
    if (input_.source)
      input_.source->rewind();
  }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  void list_folder() {
    std::unordered_set<std::string> stems;
    std::vector<std::string> lists;
    for (auto& entry : input_.folder->list()) {
      if (lower(entry.name).ends_with(".xml")) {
        stems.emplace(without_extension(base_name(entry.name)));
        files_.push_back(std::move(entry.name));
      } else if (has_image_extension(entry.name)) {
        images_.emplace(base_name(entry.name));
      } else if (is_list(entry.name)) {
        lists.push_back(std::move(entry.name));
      }
    }
    for (const auto& list : lists)
      read_list(list, stems);
    report_images_without_xml(stems);
    rewind();
  }

  /// ImageSets/Main/train.txt, or the same names beside the XML files.
  static bool is_list(const std::string& name) {
    const auto base = base_name(name);
    const bool is_named =
        base == "train.txt" || base == "val.txt" || base == "trainval.txt" || base == "test.txt";
    return is_named && (name.find("ImageSets/Main/") != std::string::npos ||
                        name.find("ImageSets/") == std::string::npos);
  }

  /// Lists of one class have a mark behind the stem: "2007_000032 -1". Names may hold spaces.
  static std::string_view stem_of_row(std::string_view row,
                                      const std::unordered_set<std::string>& stems) {
    const auto space = row.find_last_of(" \t");
    if (space == std::string_view::npos || stems.count(std::string(row)) > 0)
      return row;
    const auto mark = row.substr(space + 1);
    return mark == "1" || mark == "-1" || mark == "0" ? trim(row.substr(0, space)) : row;
  }

  void read_list(const std::string& list, const std::unordered_set<std::string>& stems) {
    const auto split =
        dataset::split_from_name(without_extension(base_name(list))).value_or(Split::none);
    std::size_t missing = 0;
    std::string first_missing;
    for (const auto& line :
         mlopsctl::split(read_all(*input_.folder->open(list), k_max_list_bytes), '\n')) {
      const std::string stem(stem_of_row(trim(line), stems));
      if (stem.empty())
        continue;
      if (stems.count(stem) == 0 && missing++ == 0)
        first_missing = stem;
      if (split != Split::none)
        splits_.emplace(stem, split);
    }
    if (missing > 0)
      list_problems_.push_back(
          {"listed-image-missing", Severity::warning, place(list),
           std::to_string(missing) + " names have no XML here, first '" + first_missing + "'"});
  }

  void report_images_without_xml(const std::unordered_set<std::string>& stems) {
    std::vector<std::string> without;
    for (const auto& image : images_)
      if (stems.count(std::string(without_extension(image))) == 0)
        without.push_back(image);
    if (without.empty())
      return;
    list_problems_.push_back({"image-without-annotation", Severity::warning, input_.path,
                              std::to_string(without.size()) +
                                  " images have no XML and are left out, first '" +
                                  *std::min_element(without.begin(), without.end()) + "'"});
  }

  std::string place(const std::string& file) const {
    return input_.folder ? (input_.path.ends_with('/') ? input_.path : input_.path + "/") + file
                         : file;
  }

  bool refuse(const std::string& where, const char* rule, std::string text,
              Severity severity = Severity::error) {
    problems_.add({rule, severity, where, std::move(text)});
    return false;
  }

  bool read_document(ByteSource& source, const std::string& file, Sample& sample) {
    sample.clear();
    sample.place = place(file);
    if (source.size_bytes().value_or(0) > limit(Limit::label_file_bytes))
      return refuse(sample.place, "too-large",
                    bytes_for_people(*source.size_bytes()) + ", at most " +
                        bytes_for_people(limit(Limit::label_file_bytes)) + " are read; " +
                        limit_hint(Limit::label_file_bytes));
    const std::string text = read_all(source, limit(Limit::label_file_bytes));
    pugi::xml_document document;
    const auto result =
        document.load_buffer(text.data(), text.size(), pugi::parse_default | pugi::parse_doctype);
    if (!result) {
      const auto end = text.begin() + std::min<std::ptrdiff_t>(
                                          result.offset, static_cast<std::ptrdiff_t>(text.size()));
      return refuse(sample.place + ":" + std::to_string(1 + std::count(text.begin(), end, '\n')),
                    "not-xml", std::string("not valid XML: ") + result.description());
    }
    for (const auto& node : document.children())
      if (node.type() == pugi::node_doctype)
        return refuse(sample.place, "doctype",
                      "holds a DOCTYPE, which label files do not need and this reader refuses");
    const auto root = document.child("annotation");
    if (!root)
      return refuse(sample.place, "not-voc", "has no <annotation>");
    return read_annotation(root, file, text, sample);
  }

  bool read_annotation(const pugi::xml_node& root, const std::string& file, const std::string& text,
                       Sample& sample) {
    static constexpr const char* k_known[] = {"filename", "path", "size", "object", "source"};
    read_reference(root, file, sample);
    const auto size = root.child("size");
    sample.width = whole(child_text(size, "width"));
    sample.height = whole(child_text(size, "height"));
    sample.depth = whole(child_text(size, "depth"));
    keep_others(root, k_known, sample.extra);
    const auto listed = splits_.find(std::string(without_extension(base_name(file))));
    if (listed != splits_.end())
      sample.split = listed->second;
    bool is_good = true;
    for (const auto& object : root.children("object"))
      is_good = read_object(object, text, sample) && is_good;
    const auto report = [&](std::string rule, Severity severity, std::string message) {
      refuse(sample.place, rule.c_str(), std::move(message), severity);
    };
    return is_good && check_sample(sample, options_, report);
  }

  /// <filename>, then the XML's own stem with the extension of an image that is there.
  void read_reference(const pugi::xml_node& root, const std::string& file, Sample& sample) {
    const std::string named = child_text(root, "filename");
    const std::string folder = child_text(root, "folder");
    const std::string stem(without_extension(base_name(file)));
    sample.ref = folder.starts_with("s3://") ? folder + "/" + named : named;
    const bool is_there = images_.count(std::string(base_name(named))) > 0;
    if (!named.empty() && (is_there || (images_.empty() && has_image_extension(named))))
      return;
    for (const std::string& base : {std::string(base_name(named)), stem})
      for (const char* extension : {".jpg", ".jpeg", ".png"})
        if (!base.empty() && images_.count(base + extension) > 0) {
          sample.ref = base + extension;
          refuse(sample.place, "filename-mismatch",
                 "<filename> is '" + named + "', the image here is '" + sample.ref + "'",
                 Severity::warning);
          return;
        }
    if (named.empty()) {
      sample.ref = stem + ".jpg";
      refuse(sample.place, "filename-missing",
             "no <filename>; '" + sample.ref + "' is taken from the name of the file",
             Severity::warning);
    }
  }

  bool read_object(const pugi::xml_node& object, const std::string& text, Sample& sample) {
    static constexpr const char* k_known[] = {"name", "truncated", "difficult", "bndbox", "part"};
    static constexpr const char* k_corners[] = {"xmin", "ymin", "xmax", "ymax"};
    const auto offset = std::min<std::ptrdiff_t>(std::max<std::ptrdiff_t>(object.offset_debug(), 0),
                                                 static_cast<std::ptrdiff_t>(text.size()));
    const std::string where =
        sample.place + ":" +
        std::to_string(1 + std::count(text.begin(), text.begin() + offset, '\n'));
    Annotation& annotation = sample.annotations.emplace_back();
    const std::string name = box_name(sample.annotations.size() - 1);
    annotation.label = child_text(object, "name");
    if (annotation.label.empty() || !is_valid_utf8(annotation.label))
      return refuse(where, "bad-class-name", name + ": <name> is empty or not UTF-8");
    const auto corners = object.child("bndbox");
    double values[4] = {};
    for (std::size_t i = 0; i < 4; ++i) {
      const auto value = parse_double(child_text(corners, k_corners[i]));
      if (!value)
        return refuse(where, "bad-box",
                      name + ": <" + k_corners[i] + "> '" + child_text(corners, k_corners[i]) +
                          "' is missing or not a number");
      values[i] = *value;
    }
    const double base = options_.voc_base; // 1: the upper corners are inclusive, so they stay
    annotation.box = {values[0] - base, values[1] - base, values[2] - values[0] + base,
                      values[3] - values[1] + base};
    annotation.is_truncated = child_text(object, "truncated") == "1";
    annotation.is_difficult = child_text(object, "difficult") == "1";
    keep_others(object, k_known, annotation.extra);
    classes_.add(annotation.label);
    return true;
  }

  LabelInput input_;
  ReadOptions options_;
  std::vector<std::string> files_;
  std::unordered_set<std::string> images_; ///< bare names of the images in the folder
  std::unordered_map<std::string, Split> splits_;
  std::size_t position_ = 0;
  std::int64_t left_out_ = 0;
  ClassMap classes_;
  Problems list_problems_;
  ProblemList problems_;
};

bool sniff(const LabelInput& input) {
  if (input.source)
    return lower(input.path).ends_with(".xml") ||
           input.head.find("<annotation") != std::string::npos;
  for (const auto& entry : input.folder->list())
    if (lower(entry.name).ends_with(".xml"))
      return true;
  return false;
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  return std::make_unique<VocReader>(std::move(input), options);
}

} // namespace

extern const LabelFormat voc;
const LabelFormat voc{
    "voc",       "Pascal VOC (a folder with one XML an image, or one XML)",
    {},          Needs::index,
    k_voc_holds, sniff,
    open,        create_voc,
};

} // namespace mlopsctl::formats
