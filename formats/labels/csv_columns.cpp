// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/csv_columns.hpp"

#include "core/text.hpp"
#include "formats/labels/csv_rows.hpp"
#include "formats/labels/image_files.hpp"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace mlopsctl::formats {
namespace {

using Row = std::vector<std::string>;

/// "X_Min" -> "xmin".
std::string plain(const std::string& name) {
  std::string out;
  for (const char c : lower(name))
    if (c != '_' && c != ' ' && c != '-' && c != '.')
      out += c;
  return out;
}

class Header {
public:
  explicit Header(const Row& row) {
    for (const auto& name : row)
      names_.push_back(plain(name));
    is_taken_.assign(row.size(), false);
  }
  bool has(std::string_view name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }
  /// The first column of one of these names, the first name first.
  std::size_t take(std::initializer_list<std::string_view> names) {
    for (const auto name : names)
      for (std::size_t i = 0; i < names_.size(); ++i)
        if (names_[i] == name && !is_taken_[i]) {
          is_taken_[i] = true;
          return i;
        }
    return CsvColumns::k_none;
  }
  std::vector<std::size_t> rest() const {
    std::vector<std::size_t> out;
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (!is_taken_[i])
        out.push_back(i);
    return out;
  }

private:
  Row names_;
  std::vector<bool> is_taken_;
};

bool is_complete(const std::array<std::size_t, 4>& box) {
  return std::find(box.begin(), box.end(), CsvColumns::k_none) == box.end();
}

/// width and height are those of the box unless its corners say its size already.
void take_box(Header& header, CsvColumns& columns) {
  Header trial = header;
  columns.box = {trial.take({"xmin", "x1", "left", "bboxxmin", "boxx1", "xtl"}),
                 trial.take({"ymin", "y1", "top", "bboxymin", "boxy1", "ytl"}),
                 trial.take({"xmax", "x2", "right", "bboxxmax", "boxx2", "xbr"}),
                 trial.take({"ymax", "y2", "bottom", "bboxymax", "boxy2", "ybr"})};
  if (is_complete(columns.box)) {
    columns.boxes = CsvColumns::Boxes::corners;
    header = trial;
    return;
  }
  trial = header;
  columns.box = {trial.take({"xcenter", "centerx", "xcentre", "centrex", "cx"}),
                 trial.take({"ycenter", "centery", "ycentre", "centrey", "cy"}),
                 trial.take({"boxwidth", "bboxwidth", "bboxw", "boxw", "width", "w"}),
                 trial.take({"boxheight", "bboxheight", "bboxh", "boxh", "height", "h"})};
  if (is_complete(columns.box)) {
    columns.boxes = CsvColumns::Boxes::centre;
    header = trial;
    return;
  }
  trial = header;
  columns.box = {trial.take({"left", "xmin", "bboxx", "boxx", "x"}),
                 trial.take({"top", "ymin", "bboxy", "boxy", "y"}),
                 trial.take({"boxwidth", "bboxwidth", "bboxw", "boxw", "width", "w"}),
                 trial.take({"boxheight", "bboxheight", "bboxh", "boxh", "height", "h"})};
  if (is_complete(columns.box)) {
    columns.boxes = CsvColumns::Boxes::size;
    header = trial;
  }
}

std::optional<CsvColumns> by_header(const Row& row) {
  Header header(row);
  CsvColumns columns;
  columns.names = row;
  columns.is_open_images = header.has("imageid") && header.has("labelname");
  columns.are_fractions = columns.is_open_images && header.has("xmin");
  columns.image =
      header.take({"filename", "file", "image", "imagepath", "filepath", "path", "imagename",
                   "imagefile", "img", "imgname", "imageid", "frame", "sourceref"});
  columns.label = header.take({"class", "label", "labelname", "classname", "category",
                               "categoryname", "celltype", "name", "objectclass"});
  take_box(header, columns);
  columns.image_width = header.take({"imagewidth", "imgwidth", "imgw", "width"});
  columns.image_height = header.take({"imageheight", "imgheight", "imgh", "height"});
  columns.score = header.take({"score", "confidence", "probability", "prob"});
  columns.split = header.take({"split", "set", "subset", "usage"});
  columns.truncated = header.take({"istruncated", "truncated"});
  columns.crowd = header.take({"isgroupof", "iscrowd"});
  columns.others = header.rest();
  if (columns.image == CsvColumns::k_none || columns.label == CsvColumns::k_none)
    return std::nullopt;
  return columns;
}

bool is_number_or_empty(const std::string& text) {
  return text.empty() || csv_number(text).has_value();
}

/// path,x1,y1,x2,y2,class; five empty fields: nothing in the image.
bool is_retinanet(const Row& row) {
  return row.size() == 6 && has_image_extension(row[0]) &&
         std::all_of(row.begin() + 1, row.begin() + 5, is_number_or_empty) &&
         (row[5].empty() || !csv_number(row[5]));
}

/// set,path,label,x1,y1,,,x2,y2,, in fractions.
bool is_automl(const Row& row) {
  static constexpr std::array<std::string_view, 4> k_sets{"TRAIN", "VALIDATION", "TEST",
                                                          "UNASSIGNED"};
  return row.size() >= 9 && row.size() <= 11 &&
         std::find(k_sets.begin(), k_sets.end(), row[0]) != k_sets.end() &&
         is_number_or_empty(row[3]) && is_number_or_empty(row[4]) && is_number_or_empty(row[7]) &&
         is_number_or_empty(row[8]);
}

} // namespace

std::optional<CsvColumns> recognise_columns(const Row& first_row) {
  CsvColumns columns;
  columns.has_header = false;
  columns.boxes = CsvColumns::Boxes::corners;
  if (is_retinanet(first_row)) {
    columns.image = 0;
    columns.box = {1, 2, 3, 4};
    columns.label = 5;
    return columns;
  }
  if (is_automl(first_row)) {
    columns.split = 0;
    columns.image = 1;
    columns.label = 2;
    columns.box = {3, 4, 7, 8};
    columns.are_fractions = true;
    return columns;
  }
  return by_header(first_row);
}

} // namespace mlopsctl::formats
