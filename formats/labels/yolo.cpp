// SPDX-License-Identifier: Apache-2.0
// yolo: one text file an image, "class cx cy w h" as fractions of the image, whose size is not
// there: it is asked for through ReadOptions::image_size.
#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/losses.hpp"
#include "formats/labels/yolo_layout.hpp"
#include "formats/labels/yolo_write.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <set>

namespace mlopsctl::formats {
namespace {

using dataset::Annotation;
using dataset::ClassMap;
using dataset::Sample;

// A little outside is noise of the tool that wrote it; far outside these are no fractions.
constexpr double k_lowest_fraction = -1;
constexpr double k_highest_fraction = 2;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t i = 0; i < line.size();) {
    const auto begin = line.find_first_not_of(" \t\r", i);
    if (begin == std::string_view::npos)
      break;
    i = std::min(line.find_first_of(" \t\r", begin), line.size());
    words.push_back(line.substr(begin, i - begin));
  }
  return words;
}

class YoloReader final : public dataset::SampleReader {
public:
  YoloReader(std::unique_ptr<Folder> folder, const std::string& description, std::string path,
             const ReadOptions& options)
      : folder_(std::move(folder)), path_(std::move(path)), options_(options),
        layout_(find_yolo_layout(*folder_, description)), classes_(layout_.names) {
    rewind();
  }

  bool next(Sample& sample) override {
    while (position_ < layout_.entries.size()) {
      check_interrupt();
      if (read_entry(layout_.entries[position_++], sample))
        return true;
      ++left_out_;
    }
    return false;
  }
  void rewind() override {
    position_ = 0;
    left_out_ = 0;
    problems_.clear();
    for (const auto& problem : layout_.problems)
      problems_.add(problem);
    losses_.clear();
  }
  const ClassMap& classes() const override { return classes_; }
  const dataset::Losses& losses() const override { return losses_.all(); }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  bool read_entry(const YoloEntry& entry, Sample& sample) {
    sample.clear();
    sample.ref = entry.ref;
    sample.split = entry.split;
    sample.place = folder_->name() + "/" + (entry.label.empty() ? entry.ref : entry.label);
    if (options_.image_size)
      if (const auto size = options_.image_size(entry.ref)) {
        sample.width = size->width;
        sample.height = size->height;
        sample.depth = size->depth;
      }
    const std::string text =
        entry.label.empty() ? ""
                            : read_all(*folder_->open(entry.label), limit(Limit::label_file_bytes));
    if (!trim(text).empty() && sample.width <= 0) {
      problems_.add(
          {"missing-image-size", Severity::error, sample.place,
           "the image '" + entry.ref + "' was not found, and its size is needed for its boxes"});
      return false;
    }
    if (!read_rows(text, sample))
      return false;
    const auto report = [&](std::string rule, Severity severity, std::string message) {
      problems_.add({std::move(rule), severity, sample.place, std::move(message)});
    };
    return check_sample(sample, options_, report);
  }

  bool read_rows(std::string_view text, Sample& sample) {
    bool is_good = true;
    std::size_t outlines = 0;
    std::set<std::string_view> seen;
    std::size_t number = 0;
    text = without_byte_order_mark(text);
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      const std::string_view line = trim(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      ++number;
      if (line.empty())
        continue;
      const std::string where = sample.place + ":" + std::to_string(number);
      if (!seen.insert(line).second) {
        problems_.add({"duplicate-box", Severity::warning, where,
                       "the same box stands above; it counts once"});
        continue;
      }
      is_good = read_row(line, where, sample, outlines) && is_good;
    }
    losses_.note(sample, "outlines and turned boxes, of which the boxes around them are read",
                 static_cast<std::int64_t>(outlines));
    if (outlines > 0)
      problems_.add(
          {"outline-to-box", Severity::warning, sample.place,
           std::to_string(outlines) + " outlines or turned boxes became the boxes around them"});
    return is_good;
  }

  bool read_row(std::string_view line, const std::string& where, Sample& sample,
                std::size_t& outlines) {
    const auto refuse = [&](const char* rule, const std::string& text) {
      problems_.add({rule, Severity::error, where, text});
      return false;
    };
    const auto words = words_of(line);
    const bool is_outline = words.size() >= 7 && words.size() % 2 == 1;
    if (words.size() != 5 && words.size() != 6 && !is_outline)
      return refuse("bad-row", std::to_string(words.size()) +
                                   " values; a box has 5 (class cx cy w h), or 6 with a score");
    std::vector<double> values;
    for (const auto word : words) {
      const auto value = parse_double(word);
      if (!value)
        return refuse("bad-row", "'" + std::string(word) + "' is not a number");
      values.push_back(*value);
    }
    const double id = values[0];
    if (id < 0 || std::trunc(id) != id)
      return refuse("bad-class-id", "class '" + std::string(words[0]) + "' is not a whole number");
    if (id >= static_cast<double>(layout_.names.size()))
      return refuse("class-id-not-in-names", "class " + std::string(words[0]) + ", but names has " +
                                                 std::to_string(layout_.names.size()) + " entries");
    for (std::size_t i = 1; i < values.size(); ++i)
      if (values[i] < k_lowest_fraction || values[i] > k_highest_fraction)
        return refuse("not-a-fraction",
                      "'" + std::string(words[i]) + "' is not a fraction of the image");
    Annotation& annotation = sample.annotations.emplace_back();
    annotation.source_id = static_cast<std::int64_t>(id);
    annotation.label = layout_.names[static_cast<std::size_t>(id)];
    if (values.size() == 6)
      annotation.score = values[5];
    outlines += is_outline ? 1 : 0;
    annotation.box = is_outline ? around(values, sample) : centred(values, sample);
    return true;
  }

  static dataset::Box centred(const std::vector<double>& values, const Sample& sample) {
    return {(values[1] - values[3] / 2) * sample.width, (values[2] - values[4] / 2) * sample.height,
            values[3] * sample.width, values[4] * sample.height};
  }

  static dataset::Box around(const std::vector<double>& values, const Sample& sample) {
    double left = values[1], right = values[1], top = values[2], bottom = values[2];
    for (std::size_t i = 1; i + 1 < values.size(); i += 2) {
      left = std::min(left, values[i]);
      right = std::max(right, values[i]);
      top = std::min(top, values[i + 1]);
      bottom = std::max(bottom, values[i + 1]);
    }
    return {left * sample.width, top * sample.height, (right - left) * sample.width,
            (bottom - top) * sample.height};
  }

  std::unique_ptr<Folder> folder_;
  std::string path_;
  ReadOptions options_;
  YoloLayout layout_;
  ClassMap classes_;
  std::size_t position_ = 0;
  std::int64_t left_out_ = 0;
  LossCounter losses_{k_yolo_holds};
  ProblemList problems_;
};

bool sniff(const LabelInput& input) {
  if (input.source) {
    const std::string path = lower(input.path);
    return ((path.ends_with(".yaml") || path.ends_with(".yml")) &&
            input.head.find("names") != std::string::npos) ||
           (path.ends_with(".data") && input.head.find("names") != std::string::npos);
  }
  for (const char* name : {"data.yaml", "data.yml", "dataset.yaml", "obj.data", "classes.txt",
                           "obj.names", "labels/classes.txt"})
    if (input.folder->contains(name))
      return true;
  return false;
}

std::unique_ptr<dataset::SampleReader> open(LabelInput input, const ReadOptions& options) {
  if (input.folder)
    return std::make_unique<YoloReader>(std::move(input.folder), "", input.path, options);
  const std::filesystem::path file(input.path);
  const std::string parent = file.has_parent_path() ? file.parent_path().string() : ".";
  return std::make_unique<YoloReader>(open_folder(parent), file.filename().string(), input.path,
                                      options);
}

} // namespace

extern const LabelFormat yolo;
const LabelFormat yolo{
    "yolo",       "YOLO (Ultralytics data.yaml, Darknet obj.data, or classes.txt with labels)",
    {},           Needs::index,
    k_yolo_holds, sniff,
    open,         create_yolo,
};

} // namespace mlopsctl::formats
