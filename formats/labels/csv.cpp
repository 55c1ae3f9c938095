// SPDX-License-Identifier: Apache-2.0
// csv and open_images: tables with a box, or a class, a row. The rows of one image may stand
// anywhere, so their numbers are kept in memory, about 80 bytes a row.
#include "core/interrupt.hpp"
#include "core/text.hpp"
#include "formats/labels/checks.hpp"
#include "formats/labels/csv_columns.hpp"
#include "formats/labels/csv_rows.hpp"
#include "formats/labels/csv_write.hpp"
#include "formats/labels/format.hpp"
#include "formats/labels/json_text.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

namespace mlopsctl::formats {
namespace {

using dataset::ClassMap;
using dataset::Sample;

constexpr std::uint64_t k_max_held_bytes = std::uint64_t{2} << 30;
constexpr double k_none = std::numeric_limits<double>::quiet_NaN();
constexpr int k_no_class = -1;

struct TableRow {
  std::array<double, 4> box{k_none, k_none, k_none, k_none};
  double score = k_none;
  std::int64_t line = 0;
  int label = k_no_class;
  bool is_truncated = false;
  bool is_crowd = false;
  std::uint32_t others = 0; ///< index + 1 into the texts of other columns; 0: none
};

struct TableImage {
  std::string ref;
  int width = 0;
  int height = 0;
  dataset::Split split = dataset::Split::none;
  std::vector<TableRow> rows;
  bool is_bad = false;
};

class CsvReader final : public dataset::SampleReader {
public:
  CsvReader(LabelInput input, const ReadOptions& options, std::string_view format)
      : input_(std::move(input)), options_(options) {
    load(format);
    rewind();
  }

  bool next(Sample& sample) override {
    while (position_ < images_.size()) {
      check_interrupt();
      const auto& image = images_[position_++];
      if (!image.is_bad && read_image(image, sample))
        return true;
      ++left_out_;
    }
    return false;
  }
  void rewind() override {
    position_ = 0;
    left_out_ = 0;
    problems_ = load_problems_;
  }
  const ClassMap& classes() const override { return classes_; }
  const Problems& problems() const override { return problems_.all(); }
  std::int64_t left_out() const override { return left_out_; }

private:
  void load(std::string_view format) {
    std::string held;
    auto text = input_.source->mapped();
    if (!text) {
      held = read_all(*input_.source, k_max_held_bytes);
      text = held;
    }
    CsvRows rows(*text, input_.path);
    std::vector<std::string> fields;
    if (!rows.next(fields))
      return;
    const auto columns = recognise_columns(fields);
    if (!columns || (format == "open_images" && !columns->is_open_images))
      throw Error(
          Fault::input,
          input_.path + ":1: the header '" + printable(join(fields, ",")).substr(0, 200) +
              "' has no column for " +
              (format == "open_images" ? "ImageID and LabelName" : "the image or the class"),
          "name them, such as filename,class,xmin,ymin,xmax,ymax");
    columns_ = *columns;
    if (!columns_.has_header)
      rows.rewind();
    while (rows.next(fields)) {
      check_interrupt();
      load_row(fields, rows.line());
      input_.source->drop_before(rows.offset());
    }
    if (!columns_.are_fractions)
      columns_.are_fractions = look_like_fractions();
  }

  /// Nobody's boxes all lie within the first pixel.
  bool look_like_fractions() const {
    return has_fraction_ && largest_ <= 1.0 && columns_.boxes != CsvColumns::Boxes::none;
  }

  const std::string& field(const std::vector<std::string>& fields, std::size_t column) const {
    static const std::string k_empty;
    return column < fields.size() ? fields[column] : k_empty;
  }

  void refuse(std::int64_t line, const char* rule, std::string text, TableImage* image) {
    load_problems_.add(
        {rule, Severity::error, input_.path + ":" + std::to_string(line), std::move(text)});
    if (image)
      image->is_bad = true;
  }

  void load_row(const std::vector<std::string>& fields, std::int64_t line) {
    const std::string& ref = field(fields, columns_.image);
    if (ref.empty() || !is_valid_utf8(ref))
      return refuse(line, "missing-image", "the row names no image", nullptr);
    const auto [entry, is_new] = index_.emplace(ref, images_.size());
    if (is_new)
      images_.emplace_back().ref = ref;
    TableImage& image = images_[entry->second];
    load_image_values(fields, line, image);
    TableRow row;
    row.line = line;
    const bool has_box = load_box(fields, line, image, row);
    const std::string& label = field(fields, columns_.label);
    if (label.empty() && !has_box)
      return; // nothing in this image
    if (label.empty() || !is_valid_utf8(label))
      return refuse(line, "bad-class-name", "the row has no class", &image);
    if (!has_box && columns_.boxes != CsvColumns::Boxes::none)
      return refuse(line, "bad-box", "the row of '" + label + "' has no box", &image);
    row.label = classes_.add(label);
    row.score = csv_number(field(fields, columns_.score)).value_or(k_none);
    row.is_truncated = is_true(field(fields, columns_.truncated));
    row.is_crowd = is_true(field(fields, columns_.crowd));
    keep_others(fields, row);
    image.rows.push_back(row);
  }

  static bool is_true(const std::string& text) { return text == "1" || lower(text) == "true"; }

  void load_image_values(const std::vector<std::string>& fields, std::int64_t line,
                         TableImage& image) {
    const auto side = [&](std::size_t column, int& known) {
      const std::string& text = field(fields, column);
      if (text.empty())
        return;
      const auto value = csv_number(text);
      if (!value || std::trunc(*value) != *value || *value < 1 || *value > 1 << 24)
        return refuse(line, "bad-image-size",
                      "'" + printable(text) + "' is not a size of 1 to 16777216", &image);
      if (known > 0 && known != static_cast<int>(*value))
        return refuse(line, "image-size-mismatch",
                      "'" + image.ref + "' has " + std::to_string(known) + " here and there, and " +
                          number(*value) + " in this row",
                      &image);
      known = static_cast<int>(*value);
    };
    side(columns_.image_width, image.width);
    side(columns_.image_height, image.height);
    const auto split = dataset::split_from_name(lower(field(fields, columns_.split)));
    image.split = split.value_or(image.split);
  }

  /// \return false if all its fields are empty, or there are none.
  bool load_box(const std::vector<std::string>& fields, std::int64_t line, TableImage& image,
                TableRow& row) {
    if (columns_.boxes == CsvColumns::Boxes::none)
      return false;
    std::size_t empty = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const std::string& text = field(fields, columns_.box[i]);
      empty += text.empty() ? 1U : 0U;
      if (text.empty())
        continue;
      const auto value = csv_number(text);
      if (!value) {
        refuse(line, "bad-box", "'" + printable(text).substr(0, 100) + "' is not a number of a box",
               &image);
        return true;
      }
      row.box[i] = *value;
      largest_ = std::max(largest_, std::abs(*value));
      has_fraction_ = has_fraction_ || std::trunc(*value) != *value;
    }
    if (empty > 0 && empty < 4)
      refuse(line, "bad-box", "a number of the box is missing", &image);
    return empty < 4;
  }

  void keep_others(const std::vector<std::string>& fields, TableRow& row) {
    dataset::Fields kept;
    for (const auto column : columns_.others) {
      const std::string& text = field(fields, column);
      if (text.empty() || columns_.names[column].empty())
        continue;
      std::string json;
      if (const auto value = parse_double(text))
        append_number(json, *value);
      else if (is_valid_utf8(text))
        append_quoted(json, text);
      else
        continue;
      kept.emplace_back(columns_.names[column], std::move(json));
    }
    if (kept.empty())
      return;
    others_.push_back(std::move(kept));
    row.others = static_cast<std::uint32_t>(others_.size());
  }

  bool read_image(const TableImage& image, Sample& sample) {
    sample.clear();
    sample.ref = image.ref;
    sample.width = image.width;
    sample.height = image.height;
    sample.split = image.split;
    sample.place =
        input_.path + ":" + std::to_string(image.rows.empty() ? 1 : image.rows.front().line);
    const auto report = [&](std::string rule, Severity severity, std::string text) {
      problems_.add(
          {std::move(rule), severity, sample.place, "'" + sample.ref + "': " + std::move(text)});
    };
    if (columns_.are_fractions && !image.rows.empty() && !find_size(sample, report))
      return false;
    for (const auto& row : image.rows) {
      if (columns_.boxes == CsvColumns::Boxes::none) {
        add_class(row, sample);
        continue;
      }
      auto& annotation = sample.annotations.emplace_back();
      annotation.label = classes_.names()[static_cast<std::size_t>(row.label)];
      annotation.source_id = row.label;
      annotation.box = box_of(row, sample);
      annotation.is_truncated = row.is_truncated;
      annotation.is_crowd = row.is_crowd;
      if (!std::isnan(row.score))
        annotation.score = row.score;
      if (row.others > 0)
        annotation.extra = others_[row.others - 1];
    }
    sample.is_multilabel = sample.classes.size() > 1;
    return check_sample(sample, options_, report);
  }

  void add_class(const TableRow& row, Sample& sample) const {
    auto& image_class = sample.classes.emplace_back();
    image_class.label = classes_.names()[static_cast<std::size_t>(row.label)];
    image_class.source_id = row.label;
    if (!std::isnan(row.score))
      image_class.score = row.score;
  }

  bool find_size(Sample& sample, const Report& report) const {
    if (sample.width > 0 && sample.height > 0)
      return true;
    const auto actual = options_.image_size ? options_.image_size(sample.ref) : std::nullopt;
    if (!actual) {
      report("missing-image-size", Severity::error,
             "boxes are fractions of a picture that was not found (--images DIR)");
      return false;
    }
    sample.width = actual->width;
    sample.height = actual->height;
    sample.depth = actual->depth;
    return true;
  }

  dataset::Box box_of(const TableRow& row, const Sample& sample) const {
    auto [a, b, c, d] = row.box;
    if (columns_.are_fractions) {
      a *= sample.width;
      b *= sample.height;
      c *= sample.width;
      d *= sample.height;
    }
    switch (columns_.boxes) {
    case CsvColumns::Boxes::corners: {
      const double base = columns_.are_fractions ? 0 : options_.voc_base;
      return {a - base, b - base, c - (a - base), d - (b - base)};
    }
    case CsvColumns::Boxes::centre: return {a - c / 2, b - d / 2, c, d};
    default: return {a, b, c, d};
    }
  }

  LabelInput input_;
  ReadOptions options_;
  CsvColumns columns_;
  ClassMap classes_;
  std::vector<TableImage> images_;
  std::unordered_map<std::string, std::size_t> index_;
  std::vector<dataset::Fields> others_;
  double largest_ = 0;
  bool has_fraction_ = false;
  std::size_t position_ = 0;
  std::int64_t left_out_ = 0;
  ProblemList load_problems_;
  ProblemList problems_;
};

std::optional<CsvColumns> columns_of_head(const LabelInput& input) {
  if (!input.source || input.head.empty() || input.head.find('\0') != std::string::npos)
    return std::nullopt;
  const auto start = trim(input.head);
  if (start.starts_with('{') || start.starts_with('[') || start.starts_with('<'))
    return std::nullopt;
  try {
    CsvRows rows(input.head, input.path);
    std::vector<std::string> fields;
    return rows.next(fields) && fields.size() > 1 ? recognise_columns(fields) : std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

bool sniff_csv(const LabelInput& input) {
  const auto columns = columns_of_head(input);
  return columns && !columns->is_open_images;
}

bool sniff_open_images(const LabelInput& input) {
  const auto columns = columns_of_head(input);
  return columns && columns->is_open_images;
}

std::unique_ptr<dataset::SampleReader> open_as(LabelInput input, const ReadOptions& options,
                                               std::string_view format) {
  expect_file(input, "a table", "name the .csv file inside it");
  return std::make_unique<CsvReader>(std::move(input), options, format);
}
std::unique_ptr<dataset::SampleReader> open_csv(LabelInput input, const ReadOptions& options) {
  return open_as(std::move(input), options, "csv");
}
std::unique_ptr<dataset::SampleReader> open_open_images(LabelInput input,
                                                        const ReadOptions& options) {
  return open_as(std::move(input), options, "open_images");
}

} // namespace

extern const LabelFormat csv, open_images;
const LabelFormat csv{
    "csv",       "Tables: filename,width,height,class,xmin,ymin,xmax,ymax and others (CSV)",
    {".csv"},    Needs::index,
    k_csv_holds, sniff_csv,
    open_csv,    create_csv,
};
const LabelFormat open_images{
    "open_images",
    "Open Images boxes: ImageID,LabelName,XMin,XMax,... (CSV)",
    {".csv"},
    Needs::index,
    k_open_images_holds,
    sniff_open_images,
    open_open_images,
    create_open_images,
};

} // namespace mlopsctl::formats
