// SPDX-License-Identifier: Apache-2.0
// Many pictures on one, to be looked over at a glance.
#pragma once

#include "imaging/image.hpp"

#include <string>

namespace mlopsctl::imaging {

/// Cells from left to right and top to bottom, in the order of add().
class ContactSheet {
public:
  /// \param count pictures that will be added, > 0. \param cell_px side of a cell without its
  /// caption; the columns are chosen so that the sheet is about 4:3.
  ContactSheet(int count, int cell_px);

  int cell_px() const { return cell_px_; }
  /// \param image at most cell_px wide and high (empty: the cell says "no picture"). \param caption
  /// one line below it, cut to the width; ASCII, others as '?'.
  void add(const Image& image, const std::string& caption);
  const Image& sheet() const { return sheet_; }

private:
  int cell_px_;
  int columns_;
  int next_ = 0;
  Image sheet_;
};

} // namespace mlopsctl::imaging
