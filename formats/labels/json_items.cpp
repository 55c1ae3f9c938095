// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/json_items.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_chunk_bytes = std::size_t{128} << 10;

} // namespace

bool is_list_of_objects(std::string_view head) {
  head = trim(without_byte_order_mark(head));
  return head.starts_with("[") && trim(head.substr(1)).starts_with("{");
}

JsonItems::JsonItems(ByteSource& source, std::size_t max_item_bytes)
    : source_(&source), max_item_bytes_(max_item_bytes) {}

void JsonItems::rewind() {
  source_->rewind();
  buffer_.clear();
  position_ = item_ = 0;
  taken_ = 0;
  index_ = -1;
  has_begun_ = has_ended_ = at_end_of_source_ = false;
}

void JsonItems::fail(const std::string& what) const {
  throw Error(Fault::input, source_->name() + ": " + what);
}

void JsonItems::fail_long_item() const {
  fail("element " + std::to_string(index_) + " of the list is longer than " +
       std::to_string(max_item_bytes_) + " bytes; " + limit_hint(Limit::element_bytes));
}

bool JsonItems::refill() {
  if (at_end_of_source_)
    return false;
  buffer_.erase(0, item_);
  position_ -= item_;
  item_ = 0;
  if (buffer_.size() > max_item_bytes_ + k_chunk_bytes)
    fail_long_item();
  const std::size_t held = buffer_.size();
  buffer_.resize(held + k_chunk_bytes);
  const std::size_t count = source_->read({buffer_.data() + held, k_chunk_bytes});
  buffer_.resize(held + count);
  at_end_of_source_ = count == 0;
  taken_ += count;
  source_->drop_before(taken_); // buffered here: a mapped file need not stay in memory
  return count > 0;
}

int JsonItems::peek() {
  if (position_ == buffer_.size() && !refill())
    return -1;
  return static_cast<unsigned char>(buffer_[position_]);
}

int JsonItems::skip_space() {
  for (;;) {
    const int c = peek();
    if (c != ' ' && c != '\n' && c != '\r' && c != '\t')
      return c;
    item_ = ++position_;
  }
}

void JsonItems::begin() {
  has_begun_ = true;
  while (buffer_.size() < k_byte_order_mark.size() && refill())
    continue;
  if (buffer_.starts_with(k_byte_order_mark))
    item_ = position_ = k_byte_order_mark.size();
  if (skip_space() != '[')
    fail("is not a JSON list");
  item_ = ++position_;
}

/// From the first byte of the element to the comma or bracket that ends it.
std::string_view JsonItems::cut_item() {
  int depth = 0;
  bool is_quoted = false;
  for (;; ++position_) {
    if (position_ == buffer_.size() && !refill())
      fail("ends within element " + std::to_string(index_) + " of the list; was it cut off?");
    const auto c = static_cast<unsigned char>(buffer_[position_]);
    if (is_quoted) {
      if (c == '\\') {
        ++position_;
        if (position_ == buffer_.size() && !refill())
          fail("ends within element " + std::to_string(index_) + " of the list; was it cut off?");
      } else if (c == '"') {
        is_quoted = false;
      }
      continue;
    }
    if (!k_json_marks[c])
      continue;
    if (c == '"')
      is_quoted = true;
    else if (c == '[' || c == '{')
      ++depth;
    else if (depth == 0)
      break;
    else if (c != ',')
      --depth;
  }
  return std::string_view(buffer_).substr(item_, position_ - item_);
}

std::optional<std::string_view> JsonItems::next() {
  if (has_ended_)
    return std::nullopt;
  const bool is_first = !has_begun_;
  if (is_first)
    begin();
  item_ = position_;
  int c = skip_space();
  if (!is_first && c == ',') {
    item_ = ++position_;
    c = skip_space();
    if (c == ']')
      fail("the list ends with a comma");
  } else if (!is_first && c != ']') {
    fail("element " + std::to_string(index_) + " of the list is not followed by ',' or ']'");
  }
  if (c == ']') {
    item_ = ++position_;
    has_ended_ = true;
    if (skip_space() != -1)
      fail("goes on behind the end of the list");
    return std::nullopt;
  }
  item_ = position_;
  ++index_;
  const auto text = cut_item();
  if (text.size() > max_item_bytes_)
    fail_long_item();
  if (trim(text).empty())
    fail("element " + std::to_string(index_) + " of the list is empty");
  return text;
}

} // namespace mlopsctl::formats
