// SPDX-License-Identifier: Apache-2.0
// Cuts a file of lines into pieces that end at line ends, so that threads can take one each.
#pragma once

#include "core/io.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

struct LineBlock {
  std::string_view text;                   ///< whole lines; the last one may lack its line end
  std::shared_ptr<const std::string> held; ///< owns text unless it lies in a mapped file
  const char* readable_end = nullptr;      ///< bytes up to here may be read (a parser reads ahead)
  std::uint64_t end_offset = 0;            ///< in the source
};

class LineBlocks {
public:
  // A line much longer than Limit::line_bytes is an Error(input): it is no line of labels. The
  // exact limit is for who parses the lines.
  /// \param block_bytes about this much a piece.
  explicit LineBlocks(ByteSource& source, std::size_t block_bytes = 256 * 1024);

  /// A byte order mark at the start is left out. Nothing at the end.
  std::optional<LineBlock> next();
  void rewind();

private:
  std::optional<LineBlock> next_mapped(std::string_view all);
  std::optional<LineBlock> next_read();
  [[noreturn]] void fail_long_line() const;

  ByteSource* source_;
  std::size_t block_bytes_;
  std::uint64_t offset_ = 0;
  std::string carried_; ///< the begin of a line whose end was not read yet
  bool at_end_ = false;
};

} // namespace mlopsctl::formats
