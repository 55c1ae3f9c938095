// SPDX-License-Identifier: Apache-2.0
#include "formats/labels/line_blocks.hpp"

#include "core/error.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"

#include <algorithm>

namespace mlopsctl::formats {

LineBlocks::LineBlocks(ByteSource& source, std::size_t block_bytes)
    : source_(&source), block_bytes_(block_bytes) {}

void LineBlocks::fail_long_line() const {
  throw Error(Fault::input,
              source_->name() + ": a line is longer than " +
                  std::to_string(limit(Limit::line_bytes)) + " bytes",
              "is this one JSON document on one line? name its format with --from, or " +
                  limit_hint(Limit::line_bytes));
}

std::optional<LineBlock> LineBlocks::next() {
  const auto mapped = source_->mapped();
  return mapped ? next_mapped(*mapped) : next_read();
}

std::optional<LineBlock> LineBlocks::next_mapped(std::string_view all) {
  if (offset_ >= all.size())
    return std::nullopt;
  std::uint64_t end = all.size();
  if (end - offset_ > block_bytes_) {
    const auto line_end = all.find('\n', offset_ + block_bytes_);
    if (line_end != std::string_view::npos)
      end = line_end + 1;
  }
  if (end - offset_ > block_bytes_ + limit(Limit::line_bytes))
    fail_long_line();
  LineBlock block{all.substr(offset_, end - offset_), nullptr, all.data() + all.size(), end};
  if (offset_ == 0)
    block.text = without_byte_order_mark(block.text);
  offset_ = end;
  return block;
}

std::optional<LineBlock> LineBlocks::next_read() {
  const bool is_first = offset_ == 0;
  auto held = std::make_shared<std::string>(std::move(carried_));
  carried_.clear();
  std::size_t cut = std::string::npos;
  while (!at_end_ && cut == std::string::npos) {
    if (held->size() > block_bytes_ + limit(Limit::line_bytes))
      fail_long_line();
    const std::size_t length = held->size();
    held->resize(length + block_bytes_);
    const std::size_t count = source_->read({held->data() + length, block_bytes_});
    held->resize(length + count);
    at_end_ = count == 0;
    cut = held->rfind('\n');
  }
  if (!at_end_) {
    carried_ = held->substr(cut + 1);
    held->resize(cut + 1);
  }
  if (held->empty())
    return std::nullopt;
  offset_ += held->size();
  LineBlock block{*held, held, held->data() + held->size(), offset_};
  if (is_first)
    block.text = without_byte_order_mark(block.text);
  return block;
}

void LineBlocks::rewind() {
  source_->rewind();
  offset_ = 0;
  carried_.clear();
  at_end_ = false;
}

} // namespace mlopsctl::formats
