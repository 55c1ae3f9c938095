// SPDX-License-Identifier: Apache-2.0
#include "formats/model/mxnet_params.hpp"

#include "core/error.hpp"
#include "core/text.hpp"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace mlopsctl::formats {
namespace {

constexpr std::uint64_t k_list_magic = 0x112;
constexpr std::uint32_t k_v1 = 0xF993FAC8;
constexpr std::uint32_t k_v2 = 0xF993FAC9;
constexpr std::uint32_t k_v3 = 0xF993FACA;
constexpr std::uint32_t k_max_rank = 32;
constexpr std::uint64_t k_max_arrays = 1'000'000;
constexpr std::uint64_t k_least_array_bytes = 4;
constexpr std::uint64_t k_max_name_bytes = 4096;
constexpr std::array<std::uint8_t, 13> k_type_bytes{4, 8, 2, 1, 4, 1, 8, 1, 2, 2, 4, 8, 2};

class Reader {
public:
  Reader(std::string_view bytes, const std::string& name) : bytes_(bytes), name_(name) {}

  [[noreturn]] void fail(const std::string& text) const {
    throw Error(Fault::input, name_ + ": byte " + std::to_string(position_) + ": " + text,
                "is it the .params file that MXNet wrote, and whole?");
  }
  std::string_view take(std::uint64_t count) {
    if (count > bytes_.size() - position_)
      fail("ends early: " + std::to_string(count) + " more bytes are due, " +
           std::to_string(bytes_.size() - position_) + " are there");
    const auto part = bytes_.substr(position_, count);
    position_ += count;
    return part;
  }
  template <class Number> Number number() {
    static_assert(std::endian::native == std::endian::little);
    Number value{};
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }
  std::uint64_t left() const { return bytes_.size() - position_; }

private:
  std::string_view bytes_;
  const std::string& name_;
  std::size_t position_ = 0;
};

template <class Size> std::vector<std::int64_t> sizes(Reader& reader, std::uint32_t rank) {
  if (rank > k_max_rank)
    reader.fail("an array of " + std::to_string(rank) + " dimensions");
  std::vector<std::int64_t> shape;
  for (std::uint32_t i = 0; i < rank; ++i) {
    const auto size = reader.number<Size>();
    if (static_cast<std::int64_t>(size) < 0)
      reader.fail("a size below 0");
    shape.push_back(static_cast<std::int64_t>(size));
  }
  return shape;
}

/// Empty arrays end after their shape; V3 knows arrays without dimensions that hold one number.
struct Header {
  std::vector<std::int64_t> shape;
  bool is_empty = false;
};

Header read_header(Reader& reader) {
  const auto magic = reader.number<std::uint32_t>();
  Header header;
  if (magic == k_v2 || magic == k_v3) {
    if (reader.number<std::int32_t>() != 0)
      reader.fail("a sparse array, which is not read");
    const auto rank = reader.number<std::int32_t>();
    header.is_empty = rank < 0 || (rank == 0 && magic == k_v2);
    header.shape = sizes<std::int64_t>(reader, rank < 0 ? 0 : static_cast<std::uint32_t>(rank));
    return header;
  }
  if (magic == k_v1)
    header.shape = sizes<std::int64_t>(reader, reader.number<std::uint32_t>());
  else // the oldest have no magic: this is the number of dimensions
    header.shape = sizes<std::uint32_t>(reader, magic);
  header.is_empty = header.shape.empty();
  return header;
}

MxArray read_array(Reader& reader) {
  Header header = read_header(reader);
  MxArray array;
  array.shape = std::move(header.shape);
  if (header.is_empty)
    return array;
  reader.number<std::int32_t>(); // device: everything is read to memory
  reader.number<std::int32_t>();
  const auto type = reader.number<std::int32_t>();
  if (type < 0 || type >= static_cast<std::int32_t>(k_type_bytes.size()))
    reader.fail("type " + std::to_string(type) + " of numbers is unknown");
  array.type = type;
  std::uint64_t bytes = k_type_bytes[static_cast<std::size_t>(type)];
  for (const auto size : array.shape) {
    if (size > 0 && bytes > reader.left() / static_cast<std::uint64_t>(size))
      reader.fail("an array is larger than the rest of the file");
    bytes *= static_cast<std::uint64_t>(size);
  }
  array.bytes = reader.take(bytes);
  return array;
}

void take_name(std::string_view text, MxArray& array) {
  array.is_auxiliary = text.starts_with("aux:");
  array.name = array.is_auxiliary || text.starts_with("arg:") ? text.substr(4) : text;
}

/// IEEE half precision.
float half(std::uint16_t bits) {
  const int exponent = (bits >> 10U) & 31;
  const int fraction = bits & 1023;
  const float magnitude = exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                          : exponent == 31
                              ? (fraction == 0 ? INFINITY : NAN)
                              : std::ldexp(static_cast<float>(fraction + 1024), exponent - 25);
  return (bits >> 15U) != 0 ? -magnitude : magnitude;
}

template <class From, class Convert>
std::vector<float> converted(std::string_view bytes, Convert convert) {
  std::vector<float> out(bytes.size() / sizeof(From));
  for (std::size_t i = 0; i < out.size(); ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof value);
    out[i] = convert(value);
  }
  return out;
}

} // namespace

std::int64_t MxArray::count() const {
  return static_cast<std::int64_t>(bytes.size() / k_type_bytes[static_cast<std::size_t>(type)]);
}

std::vector<MxArray> read_mxnet_params(std::string_view bytes, const std::string& name) {
  Reader reader(bytes, name);
  if (reader.number<std::uint64_t>() != k_list_magic)
    reader.fail("does not begin as a list of MXNet arrays does (0x112)");
  reader.number<std::uint64_t>(); // reserved
  const auto count = reader.number<std::uint64_t>();
  if (count > k_max_arrays || count > reader.left() / k_least_array_bytes)
    reader.fail(std::to_string(count) + " arrays");
  std::vector<MxArray> arrays;
  for (std::uint64_t i = 0; i < count; ++i)
    arrays.push_back(read_array(reader));
  const auto names = reader.number<std::uint64_t>();
  if (names != 0 && names != count)
    reader.fail(std::to_string(names) + " names for " + std::to_string(count) + " arrays");
  for (std::uint64_t i = 0; i < names; ++i) {
    const auto length = reader.number<std::uint64_t>();
    if (length > k_max_name_bytes)
      reader.fail("a name of " + std::to_string(length) + " bytes");
    take_name(reader.take(length), arrays[i]);
  }
  return arrays;
}

std::vector<float> mx_floats(const MxArray& array, const std::string& name) {
  switch (array.type) {
  case 0: return converted<float>(array.bytes, [](float value) { return value; });
  case 1:
    return converted<double>(array.bytes, [](double value) { return static_cast<float>(value); });
  case 2: return converted<std::uint16_t>(array.bytes, half);
  default: break;
  }
  throw Error(Fault::input, name + ": '" + printable(array.name) +
                                "' holds no floating-point numbers (type " +
                                std::to_string(array.type) + ")");
}

} // namespace mlopsctl::formats
