// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/xml_items.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_chunk_bytes = std::size_t{128} << 10;
constexpr std::string_view k_space = " \t\r\n";

/// "<image id=..." -> "image".
std::string_view name_of(std::string_view tag) {
  const auto end = tag.find_first_of(" \t\r\n/>", 1);
  return tag.substr(1, end == std::string_view::npos ? end : end - 1);
}

} // namespace

XmlItems::XmlItems(ByteSource& source, std::size_t max_item_bytes)
    : source_(&source), max_item_bytes_(max_item_bytes) {}

void XmlItems::rewind() {
  source_->rewind();
  buffer_.clear();
  position_ = item_ = 0;
  keeps_item_ = has_ended_ = false;
  taken_ = 0;
  line_ = item_line_ = 1;
  root_.clear();
}

void XmlItems::fail(const std::string& what) const {
  throw Error(Fault::input, source_->name() + ":" + std::to_string(line_) + ": " + what);
}

bool XmlItems::refill() {
  const std::size_t start = keeps_item_ ? item_ : position_;
  buffer_.erase(0, start);
  position_ -= start;
  item_ = 0;
  if (buffer_.size() > max_item_bytes_)
    fail("an element that begins in line " + std::to_string(item_line_) + " is longer than " +
         bytes_for_people(max_item_bytes_) + "; " + limit_hint(Limit::element_bytes));
  const std::size_t held = buffer_.size();
  buffer_.resize(held + k_chunk_bytes);
  const std::size_t count = source_->read({buffer_.data() + held, k_chunk_bytes});
  buffer_.resize(held + count);
  taken_ += count;
  source_->drop_before(taken_); // buffered here: a mapped file need not stay in memory
  return count > 0;
}

bool XmlItems::has(std::size_t count) {
  while (buffer_.size() - position_ < count)
    if (!refill())
      return false;
  return true;
}

bool XmlItems::looking_at(std::string_view text) {
  return has(text.size()) && std::string_view(buffer_).substr(position_).starts_with(text);
}

void XmlItems::advance(std::size_t count) {
  const auto begin = buffer_.begin() + static_cast<std::ptrdiff_t>(position_);
  line_ += std::count(begin, begin + static_cast<std::ptrdiff_t>(count), '\n');
  position_ += count;
}

bool XmlItems::to_next_tag() {
  for (;;) {
    const auto found = buffer_.find('<', position_);
    if (found != std::string::npos) {
      advance(found - position_);
      return true;
    }
    advance(buffer_.size() - position_);
    if (!refill())
      return false;
  }
}

void XmlItems::skip_past(std::string_view end) {
  for (;;) {
    const auto found = buffer_.find(end, position_);
    if (found != std::string::npos)
      return advance(found + end.size() - position_);
    const std::size_t left = buffer_.size() - position_; // the end may be cut in two
    advance(left - std::min(left, end.size() - 1));
    if (!refill())
      fail("not valid XML: ends before '" + std::string(end) + "'");
  }
}

bool XmlItems::skip_aside() {
  if (looking_at("<!--"))
    skip_past("-->");
  else if (looking_at("<![CDATA["))
    skip_past("]]>");
  else if (looking_at("<?"))
    skip_past("?>");
  else
    return false;
  return true;
}

bool XmlItems::skip_tag() {
  char quote = '\0';
  char before = '\0';
  std::size_t at = position_;
  for (;; ++at) {
    if (at == buffer_.size()) {
      const std::size_t length = at - position_;
      const bool has_more = has(length + 1);
      at = position_ + length;
      if (!has_more)
        fail("not valid XML: ends within a tag");
    }
    const char c = buffer_[at];
    if (quote != '\0')
      quote = c == quote ? '\0' : quote;
    else if (c == '"' || c == '\'')
      quote = c;
    else if (c == '>')
      break;
    before = c;
  }
  advance(at + 1 - position_);
  return before == '/';
}

const std::string& XmlItems::root() {
  if (!root_.empty())
    return root_;
  if (looking_at(k_byte_order_mark))
    advance(k_byte_order_mark.size());
  for (;;) {
    while (has(1) && k_space.find(buffer_[position_]) != std::string_view::npos)
      advance(1);
    if (!has(1) || buffer_[position_] != '<')
      fail("not valid XML in UTF-8");
    if (looking_at("<!DOCTYPE"))
      fail("holds a DOCTYPE, which label files do not need and this reader refuses");
    if (!skip_aside())
      break;
  }
  item_ = position_;
  keeps_item_ = true;
  has_ended_ = skip_tag();
  root_ = name_of(std::string_view(buffer_).substr(item_, position_ - item_));
  keeps_item_ = false;
  if (root_.empty())
    fail("not valid XML: a tag without a name");
  return root_;
}

/// Behind the last child: the end tag of the root, and nothing but space and comments.
void XmlItems::end_of_document() {
  item_ = position_;
  keeps_item_ = true;
  skip_tag();
  const auto tag = trim(std::string_view(buffer_).substr(item_ + 2, position_ - item_ - 3));
  if (tag != root_)
    fail("not valid XML: <" + root_ + "> is closed by '" + printable(tag.substr(0, 40)) + "'");
  keeps_item_ = false;
  has_ended_ = true;
  for (;;) {
    while (has(1) && k_space.find(buffer_[position_]) != std::string_view::npos)
      advance(1);
    if (!has(1))
      return;
    if (!skip_aside())
      fail("not valid XML: goes on behind </" + root_ + ">");
  }
}

std::optional<std::string_view> XmlItems::next() {
  root();
  keeps_item_ = false;
  if (has_ended_)
    return std::nullopt;
  do {
    if (!to_next_tag())
      fail("not valid XML: ends before </" + root_ + ">; was it cut off?");
  } while (skip_aside());
  if (looking_at("</")) {
    end_of_document();
    return std::nullopt;
  }
  item_ = position_;
  item_line_ = line_;
  keeps_item_ = true;
  std::int64_t depth = 0;
  do {
    if (!to_next_tag())
      fail("not valid XML: ends within an element of line " + std::to_string(item_line_) +
           "; was it cut off?");
    if (skip_aside())
      continue;
    const bool is_end = looking_at("</");
    const bool is_closed = skip_tag();
    depth += is_end ? -1 : is_closed ? 0 : 1;
  } while (depth > 0);
  return std::string_view(buffer_).substr(item_, position_ - item_);
}

} // namespace mlopsctl::formats
