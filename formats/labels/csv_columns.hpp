// SPDX-License-Identifier: Apache-2.0
// What the columns of a table of labels mean: by the names in its header, or by the layouts that
// have none.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::formats {

struct CsvColumns {
  static constexpr std::size_t k_none = static_cast<std::size_t>(-1);
  enum class Boxes {
    none,    ///< classes of whole images
    corners, ///< xmin, ymin, xmax, ymax
    size,    ///< left, top, width, height
    centre   ///< centre x, centre y, width, height
  };

  bool has_header = true;
  bool is_open_images = false; ///< ImageID, LabelName, fractions
  bool are_fractions = false;  ///< by the layout; without it the values decide
  Boxes boxes = Boxes::none;
  std::size_t image = k_none;
  std::size_t label = k_none;
  std::array<std::size_t, 4> box{k_none, k_none, k_none, k_none}; ///< in the order of Boxes
  std::size_t image_width = k_none;
  std::size_t image_height = k_none;
  std::size_t score = k_none;
  std::size_t split = k_none;
  std::size_t truncated = k_none;
  std::size_t crowd = k_none; ///< Open Images: IsGroupOf
  std::vector<std::size_t> others;
  std::vector<std::string> names; ///< of all columns
};

/// \param first_row of the file. \return nothing if it says nothing that we know.
std::optional<CsvColumns> recognise_columns(const std::vector<std::string>& first_row);

} // namespace mlopsctl::formats
