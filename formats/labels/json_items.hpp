// SPDX-License-Identifier: Apache-2.0
// The elements of a JSON list, cut out one at a time: a document of any size needs the memory of
// its largest element.
#pragma once

#include "core/io.hpp"
#include "core/limits.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// Bytes outside of texts that decide where a value ends.
inline constexpr auto k_json_marks = [] {
  std::array<bool, 256> table{};
  for (const char c : {'"', '[', ']', '{', '}', ','})
    table[static_cast<unsigned char>(c)] = true;
  return table;
}();

/// \param head of a document.
bool is_list_of_objects(std::string_view head);

class JsonItems {
public:
  /// \param max_item_bytes longer elements are refused before memory is taken for them.
  explicit JsonItems(ByteSource& source, std::size_t max_item_bytes = limit(Limit::element_bytes));

  /// The text of the next element, valid until the next call; nothing at the end of the list. Only
  /// brackets, quotes and commas are looked at: the text may still be no valid JSON.
  /// \throws Error(input) if the document is no list, ends early, or goes on behind it.
  std::optional<std::string_view> next();
  /// Of the element that next() gave last, counted from 0.
  std::int64_t index() const { return index_; }
  void rewind();

private:
  int peek();       ///< the next byte, -1 at the end
  bool refill();    ///< false at the end
  int skip_space(); ///< then peek()
  void begin();
  std::string_view cut_item();
  [[noreturn]] void fail(const std::string& what) const;
  [[noreturn]] void fail_long_item() const;

  ByteSource* source_;
  std::size_t max_item_bytes_;
  std::string buffer_;
  std::size_t position_ = 0; ///< in buffer_
  std::size_t item_ = 0;     ///< where the element begins in buffer_; what is before it may go
  std::uint64_t taken_ = 0;  ///< bytes of the source so far
  std::int64_t index_ = -1;
  bool has_begun_ = false;
  bool has_ended_ = false;
  bool at_end_of_source_ = false;
};

} // namespace mlopsctl::formats
