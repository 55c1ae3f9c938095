// SPDX-License-Identifier: Apache-2.0
// The children of the root element of an XML document, cut out one at a time: a document of any
// size needs the memory of its largest child.
#pragma once

#include "core/io.hpp"
#include "core/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

class XmlItems {
public:
  /// \param max_item_bytes longer children are refused before memory is taken for them.
  explicit XmlItems(ByteSource& source, std::size_t max_item_bytes = limit(Limit::element_bytes));

  /// Name of the root element. \throws Error(input) if there is none, or a DOCTYPE before it.
  const std::string& root();
  /// The text of the next child with its tags, valid until the next call; nothing behind the last.
  /// Only tags, quotes and comments are looked at: the text may still be no valid XML.
  /// \throws Error(input) if the document ends early or goes on behind its root.
  std::optional<std::string_view> next();
  /// Where the child begins that next() gave last, counted from 1.
  std::int64_t line() const { return item_line_; }
  void rewind();

private:
  bool refill(); ///< false at the end
  bool has(std::size_t count);
  bool looking_at(std::string_view text);
  void advance(std::size_t count);
  bool to_next_tag(); ///< false at the end
  bool skip_aside();  ///< a comment, CDATA or processing instruction, if one begins here
  bool skip_tag();    ///< true if it closes itself
  void skip_past(std::string_view end);
  void end_of_document();
  [[noreturn]] void fail(const std::string& what) const;

  ByteSource* source_;
  std::size_t max_item_bytes_;
  std::string buffer_;
  std::size_t position_ = 0; ///< in buffer_
  std::size_t item_ = 0;     ///< where the child begins in buffer_; what is before it may go
  bool keeps_item_ = false;  ///< false: nothing before position_ is needed
  std::uint64_t taken_ = 0;  ///< bytes of the source so far
  std::int64_t line_ = 1;
  std::int64_t item_line_ = 1;
  std::string root_;
  bool has_ended_ = false;
};

} // namespace mlopsctl::formats
