// SPDX-License-Identifier: Apache-2.0
// ITU-T T.81: F.2.2 (decoding of Huffman codes), annex C (codes from counts), B.1.1.5 (stuffing).
#include "imaging/detail/jpeg_entropy.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace mlopsctl::imaging::detail {
namespace {

constexpr unsigned k_lookup_bits = HuffmanCodes::k_lookup_bits;
constexpr unsigned k_most_size_ac = 10; // T.81 table F.2, 8-bit baseline
constexpr unsigned k_most_size_dc = 11;
constexpr std::array<std::uint8_t, 64> k_zigzag{
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48,
    41, 34, 27, 20, 13, 6,  7,  14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
    30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

constexpr std::size_t k_rubbish_slot = KeptBlocks::k_slots - 1;

constexpr std::size_t slot_at(std::size_t zigzag) {
  constexpr std::array<std::size_t, 8> k_lane{0, 1, 8, 2, 8, 3, 8, 4};
  const std::size_t row = k_lane[k_zigzag[zigzag] / 8], column = k_lane[k_zigzag[zigzag] % 8];
  return row < 8 && column < 8 ? row * 5 + column : k_rubbish_slot;
}

/// The value of \p size > 0 extra bits (F.2.2.1, EXTEND).
int extended(std::uint64_t extra, unsigned size) {
  const int value = static_cast<int>(extra);
  return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

} // namespace

constexpr std::array<std::uint8_t, 256> k_slot_before = [] {
  std::array<std::uint8_t, 256> slots{};
  for (std::size_t behind = 0; behind < slots.size(); ++behind)
    slots[behind] = static_cast<std::uint8_t>(behind >= 1 && behind <= 64 ? slot_at(behind - 1)
                                                                          : k_rubbish_slot);
  return slots;
}();

void EntropyBytes::start_segment() {
  end_ = 0;
  is_whole_ = false;
  bits = {piece_.data(), 0, 0};
  unstuff();
}

/// Fills the piece, and zeros behind it once there is nothing more.
void EntropyBytes::unstuff() {
  while (end_ < k_piece && !is_whole_) {
    const std::size_t most = std::min(rest_.size(), k_piece - end_);
    const void* found = most > 0 ? std::memchr(rest_.data(), 0xFF, most) : nullptr;
    const std::size_t plain =
        found ? static_cast<std::size_t>(static_cast<const char*>(found) - rest_.data()) : most;
    std::copy_n(rest_.data(), plain, piece_.data() + end_);
    end_ += plain;
    rest_.remove_prefix(plain);
    if (!found) {
      is_whole_ = rest_.empty();
    } else if (rest_.size() > 1 && rest_[1] == 0) {
      piece_[end_++] = 0xFF;
      rest_.remove_prefix(2);
    } else {
      is_whole_ = true;
    }
  }
  if (is_whole_)
    std::fill_n(piece_.data() + end_, k_margin + sizeof(std::uint64_t), std::uint8_t{0});
  // Bytes read ahead may be of the zeros: 8 of them at most.
  enough_until_ =
      is_whole_ ? piece_.data() + end_ + sizeof(std::uint64_t) : piece_.data() + end_ - k_margin;
}

bool EntropyBytes::top_up() {
  if (is_whole_)
    return false;
  const auto left = static_cast<std::size_t>(piece_.data() + end_ - bits.next);
  std::memmove(piece_.data(), bits.next, left);
  bits.next = piece_.data();
  end_ = left;
  unstuff();
  return bits.next <= enough_until_;
}

std::optional<unsigned> EntropyBytes::take_marker() {
  while (!is_whole_)
    if (bits.next <= piece_.data() + end_ - k_margin || !top_up())
      return std::nullopt; // far more than a byte is left
  const auto left = (piece_.data() + end_ - bits.next) * 8 + bits.count;
  if (left < 0 || left >= 8 || rest_.size() < 2)
    return std::nullopt;
  const auto marker = static_cast<unsigned char>(rest_[1]);
  rest_.remove_prefix(2);
  start_segment();
  return marker;
}

bool HuffmanCodes::build(const HuffmanSpec& spec) {
  codes_.fill({});
  symbols_ = spec.symbols;
  std::int32_t code = 0, at = 0;
  for (unsigned length = 1; length <= 16; ++length) {
    first_symbol_[length] = at - code;
    for (unsigned i = 0; i < spec.counts[length]; ++i, ++code, ++at) {
      if (at >= 256 || code >= (1 << length) - 1) // all ones is no code
        return false;
      if (length > k_lookup_bits)
        continue;
      const unsigned spare = k_lookup_bits - length;
      std::fill_n(codes_.begin() + (code << spare), std::size_t{1} << spare,
                  Code{symbols_[static_cast<std::size_t>(at)], static_cast<std::uint8_t>(length)});
    }
    end_of_length_[length] = code;
    code <<= 1;
  }
  return true;
}

std::optional<unsigned> HuffmanCodes::read(Bits& bits) const {
  const Code& known = codes_[bits.peek(k_lookup_bits)];
  if (known.length > 0) {
    bits.consume(known.length);
    return known.symbol;
  }
  for (unsigned length = k_lookup_bits + 1; length <= 16; ++length) {
    const auto code = static_cast<std::int32_t>(bits.peek(length));
    if (code >= end_of_length_[length])
      continue;
    bits.consume(length);
    return symbols_[static_cast<std::size_t>(first_symbol_[length] + code)];
  }
  return std::nullopt;
}

bool DcTable::build(const HuffmanSpec& spec) {
  constexpr std::uint8_t k_most_symbol = 15; // a table with a larger one is refused as a whole
  if (!codes_.build(spec) ||
      std::any_of(spec.symbols.begin(), spec.symbols.end(),
                  [](std::uint8_t symbol) { return symbol > k_most_symbol; }))
    return false;
  for (std::size_t i = 0; i < quick_.size(); ++i) {
    const auto& code = codes_.front(i);
    const unsigned size = code.symbol, length = code.length + size;
    quick_[i] = {};
    if (code.length == 0 || size > k_most_size_dc || length > k_lookup_bits)
      continue;
    quick_[i].length = static_cast<std::uint8_t>(length);
    if (size > 0)
      quick_[i].difference = static_cast<std::int16_t>(
          extended(i >> (k_lookup_bits - length) & ((1U << size) - 1), size));
  }
  return true;
}

ReadSingly DcTable::read_long(Bits bits) const {
  const auto size = codes_.read(bits);
  if (!size || *size > k_most_size_dc)
    return {};
  int value = 0;
  if (*size > 0) {
    value = extended(bits.peek(*size), *size);
    bits.consume(*size);
  }
  return {bits, true, 0, value};
}

/// What begins the bits of \p index: one coefficient, or the end of the block. Length 0: its code
/// is longer, or none; over k_lookup_bits: its value is cut off.
AcTable::Pair AcTable::single(std::size_t index) const {
  const auto& code = codes_.front(index);
  const unsigned run = code.symbol >> 4, size = code.symbol & 15;
  Pair pair;
  if (code.length == 0 || size > k_most_size_ac || (size == 0 && run != 0 && run != 15))
    return pair;
  pair.first_step = static_cast<std::uint8_t>(size == 0 && run == 0 ? k_end_of_block : run + 1);
  pair.length = static_cast<std::uint8_t>(code.length + size);
  if (size > 0 && pair.length <= k_lookup_bits) {
    const std::size_t extra = index >> (k_lookup_bits - pair.length) & ((1U << size) - 1);
    pair.first = static_cast<std::int16_t>(extended(extra, size));
  }
  return pair;
}

bool AcTable::build(const HuffmanSpec& spec, int most_value) {
  constexpr unsigned k_most_steps = 4;
  if (!codes_.build(spec))
    return false;
  constexpr std::size_t k_mask = HuffmanCodes::k_entries - 1;
  std::array<Pair, HuffmanCodes::k_entries> singles;
  for (std::size_t i = 0; i < singles.size(); ++i)
    singles[i] = single(i);
  for (std::size_t i = 0; i < singles.size(); ++i) {
    Pair pair = singles[i];
    unsigned step = pair.first_step, length = pair.length;
    for (unsigned n = 1;
         n < k_most_steps && step < k_end_of_block && length < k_lookup_bits && length > 0; ++n) {
      const Pair& following = singles[i << length & k_mask];
      if (following.length == 0 || length + following.length > k_lookup_bits)
        break;
      if (n == 1) {
        pair.second = following.first;
        pair.second_step = following.first_step;
        pair.length = static_cast<std::uint8_t>(length + following.length);
      }
      step += following.first_step;
      length += following.length;
    }
    steps_[i] = {static_cast<std::uint8_t>(step), static_cast<std::uint8_t>(length)};
    const bool is_small = std::max(std::abs(pair.first), std::abs(pair.second)) <= most_value;
    pairs_[i] = is_small && pair.length <= k_lookup_bits ? pair : Pair{};
  }
  return true;
}

ReadSingly AcTable::read_one(Bits bits, unsigned position) const {
  bits.refill();
  const auto symbol = codes_.read(bits);
  if (!symbol)
    return {};
  const unsigned run = *symbol >> 4, size = *symbol & 15;
  if (size == 0 && run == 0)
    return {bits, true, position + k_end_of_block, 0};
  const unsigned behind = position + run + 1;
  if (size > k_most_size_ac || (size == 0 && run != 15) || behind > k_block_end)
    return {};
  int value = 0;
  if (size > 0) {
    value = extended(bits.peek(size), size);
    bits.consume(size);
  }
  return {bits, true, behind, value};
}

ReadSingly AcTable::read_and_keep(Bits bits, unsigned position, KeptBlocks& kept, std::size_t block,
                                  const KeptLimits& limits) const {
  auto one = read_one(bits, position);
  if (one.is_sound) {
    const auto slot = k_slot_before[one.behind];
    kept.values[slot][block] = static_cast<std::int16_t>(one.value);
    one.is_sound = std::abs(one.value) <= limits[slot];
  }
  return one;
}

ReadSingly AcTable::read_singly(Bits bits, KeptBlocks& kept, std::size_t block,
                                const KeptLimits& limits) const {
  ReadSingly last{bits, true, 1, 0};
  while (last.is_sound && last.behind < k_block_end)
    last = read_and_keep(last.bits, last.behind, kept, block, limits);
  return last;
}

ReadSingly AcTable::skip_singly(Bits bits) const {
  ReadSingly last{bits, true, 1, 0};
  while (last.is_sound && last.behind < k_block_end)
    last = read_one(last.bits, last.behind);
  return last;
}

} // namespace mlopsctl::imaging::detail
