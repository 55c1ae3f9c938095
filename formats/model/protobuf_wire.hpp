// SPDX-License-Identifier: Apache-2.0
// Reads protobuf's wire format where it lies (https://protobuf.dev/programming-guides/encoding).
// Linking libonnx_proto adds 3 ms to the start of every command and copies all weights; we need a
// dozen fields.
#pragma once

#include "core/error.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace mlopsctl::formats {

/// Walks the fields of one message.
class WireReader {
public:
  /// \param offset of \p message in the file, for messages of errors.
  WireReader(std::string_view message, const std::string& file, std::uint64_t offset = 0)
      : message_(message), file_(&file), offset_(offset) {}

  /// To the next field. \return false at the end. \throws Error(input) if it is malformed.
  bool next() {
    if (at_ >= message_.size())
      return false;
    const std::uint64_t tag = varint();
    number_ = tag >> 3;
    type_ = static_cast<int>(tag & 7);
    if (number_ == 0 || number_ > 536'870'911)
      fail("holds no protobuf field");
    switch (type_) {
    case 0: integer_ = varint(); return true;
    case 1: bytes_ = take(8); return true;
    case 2: bytes_ = take(varint()); return true;
    case 5: bytes_ = take(4); return true;
    default: fail("holds no protobuf field");
    }
  }

  std::uint64_t number() const { return number_; }
  /// \throws Error(input) unless the field is of that kind.
  std::int64_t integer() const {
    if (type_ != 0)
      fail("holds field " + std::to_string(number_) + " of another type than ONNX has");
    return static_cast<std::int64_t>(integer_);
  }
  std::string_view bytes() const {
    if (type_ != 2)
      fail("holds field " + std::to_string(number_) + " of another type than ONNX has");
    return bytes_;
  }
  bool is_integer() const { return type_ == 0; }
  std::string text() const { return std::string(bytes()); }
  WireReader message() const {
    const auto inner = bytes();
    return {inner, *file_, offset_ + static_cast<std::uint64_t>(inner.data() - message_.data())};
  }
  [[noreturn]] void fail(const std::string& text) const {
    throw Error(Fault::input, *file_ + ": byte " + std::to_string(offset_ + at_) + " " + text,
                "the file is damaged, incomplete or not ONNX");
  }

private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      if (at_ >= message_.size())
        fail("is the end, in the middle of a field");
      const auto byte = static_cast<unsigned char>(message_[at_++]);
      if (shift == 63 && byte > 1)
        fail("holds a number over 64 bits");
      value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80)
        return value;
    }
    fail("holds a number over 64 bits");
  }
  std::string_view take(std::uint64_t size) {
    if (size > message_.size() - at_)
      fail("starts a field of " + std::to_string(size) + " bytes, but only " +
           std::to_string(message_.size() - at_) + " follow");
    const auto piece = message_.substr(at_, static_cast<std::size_t>(size));
    at_ += static_cast<std::size_t>(size);
    return piece;
  }

  std::string_view message_;
  const std::string* file_;
  std::uint64_t offset_;
  std::size_t at_ = 0;
  std::uint64_t number_ = 0;
  int type_ = 0;
  std::uint64_t integer_ = 0;
  std::string_view bytes_;
};

} // namespace mlopsctl::formats
