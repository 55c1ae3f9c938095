// SPDX-License-Identifier: Apache-2.0
// Bytes that come as slowly as they can.
#pragma once

#include "core/io.hpp"

#include <algorithm>
#include <string>

namespace mlopsctl::formats {

/// Hands out a few bytes at a time, so that every cut falls into every place once.
class SlowSource final : public ByteSource {
public:
  SlowSource(std::string text, std::size_t step, std::string name)
      : text_(std::move(text)), step_(step), name_(std::move(name)) {}
  std::size_t read(std::span<char> buffer) override {
    const auto count = std::min({step_, buffer.size(), text_.size() - position_});
    std::copy_n(text_.data() + position_, count, buffer.data());
    position_ += count;
    return count;
  }
  void rewind() override { position_ = 0; }
  std::optional<std::uint64_t> size_bytes() const override { return std::nullopt; }
  const std::string& name() const override { return name_; }

private:
  std::string text_;
  std::size_t step_;
  std::size_t position_ = 0;
  std::string name_;
};

} // namespace mlopsctl::formats
