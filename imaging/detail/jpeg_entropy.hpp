// SPDX-License-Identifier: Apache-2.0
// The entropy-coded part of a baseline JPEG, read for its large features only: of each block the
// coefficients that a small picture needs, or none but the DC. Only this room includes it.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace mlopsctl::imaging::detail {

/// What is kept of 8 blocks: rows and columns 0, 1, 3, 5 and 7 of their coefficients, the only ones
/// that the 2x2 inverse transform looks at; [5 * row + column][block], so that the transform can do
/// the same to all of them. The place behind is for what is not kept.
struct KeptBlocks {
  static constexpr std::size_t k_blocks = 32;
  static constexpr std::size_t k_slots = 26;
  std::array<std::array<std::int16_t, k_blocks>, k_slots> values{};
};

using KeptLimits = std::array<int, KeptBlocks::k_slots>; ///< by place

/// By the position behind a coefficient (1..64): its place, the last one if it is not kept. What a
/// damaged stream leads to is not kept, either.
extern const std::array<std::uint8_t, 256> k_slot_before;

/// Bits of a stream of bytes without stuffing, the next one on top.
struct Bits {
  const std::uint8_t* next = nullptr; ///< the first byte that is not wholly in bits
  std::uint64_t bits = 0;
  int count = 0; ///< 0..63

  /// To at least 56 bits; reads 8 bytes at next.
  void refill() {
    std::uint64_t word;
    std::memcpy(&word, next, sizeof word);
    if constexpr (std::endian::native == std::endian::little)
      word = __builtin_bswap64(word);
    bits |= word >> count;
    next += (63 - count) >> 3;
    count |= 56;
  }
  void consume(unsigned length) {
    bits <<= length;
    count -= static_cast<int>(length);
  }
  std::uint64_t peek(unsigned length) const { return bits >> (64 - length); } ///< length > 0
};

/// The bytes between two markers, unstuffed a piece at a time, so that reading bits is free of
/// checks. Before each MCU: prepare(); then as much can be read as any MCU of 6 blocks holds.
class EntropyBytes {
public:
  /// \param bytes from the first byte of the scan to the end of the file.
  explicit EntropyBytes(std::string_view bytes) : rest_(bytes) { start_segment(); }

  Bits bits; ///< where the reader is

  /// \return false where the data ended before.
  bool prepare() { return bits.next <= enough_until_ || top_up(); }
  /// After the last MCU before a marker. \return the second byte of the marker if it follows at
  /// once (less than a byte of bits is left, and no rubbish); the next segment is then begun.
  std::optional<unsigned> take_marker();

private:
  static constexpr std::size_t k_piece = 16384;
  static constexpr std::size_t k_margin = 2048; ///< over 6 blocks of 64 codes of 31 bits: 1488
  void start_segment();
  bool top_up();
  void unstuff();

  std::string_view rest_;
  std::size_t end_ = 0;   ///< of what is valid in piece_
  bool is_whole_ = false; ///< a marker or the end of the file is next in rest_
  const std::uint8_t* enough_until_ = nullptr;
  std::array<std::uint8_t, k_piece + 2 * k_margin> piece_;
};

/// A Huffman table as a DHT segment says it.
struct HuffmanSpec {
  std::array<std::uint8_t, 17> counts{}; ///< codes of each length 1..16
  std::array<std::uint8_t, 256> symbols{};

  bool operator==(const HuffmanSpec&) const = default;
};

/// Codes to symbols, by their first bits; those that are longer by comparing.
class HuffmanCodes {
public:
  static constexpr unsigned k_lookup_bits = 11;
  static constexpr std::size_t k_entries = std::size_t{1} << k_lookup_bits;
  struct Code {
    std::uint8_t symbol = 0;
    std::uint8_t length = 0; ///< 0: longer than k_lookup_bits, or no code
  };

  /// \return false if no decoder would take the table (codes overflow).
  bool build(const HuffmanSpec& spec);
  const Code& front(std::size_t index) const { return codes_[index]; }
  /// The symbol at \p bits, which is consumed. Nothing: not a code. Needs 16 bits.
  std::optional<unsigned> read(Bits& bits) const;

private:
  std::array<Code, k_entries> codes_;
  std::array<std::int32_t, 17> end_of_length_{}; ///< first code of a length that is not used
  std::array<std::int32_t, 17> first_symbol_{};  ///< less the first code of the length
  std::array<std::uint8_t, 256> symbols_{};
};

/// What was read the slow way, and where the reader came to.
struct ReadSingly {
  Bits bits;
  bool is_sound = false; ///< else nothing here counts
  unsigned behind = 0;   ///< position behind a coefficient; over 64 for the end of the block
  int value = 0;
};

class DcTable {
public:
  bool build(const HuffmanSpec& spec);
  /// Adds the next difference to \p dc. Leaves 28 bits where there were 56.
  /// \return false for what is not a baseline DC.
  [[gnu::always_inline]] bool read(Bits& bits, int& dc) const {
    const Quick& quick = quick_[bits.peek(HuffmanCodes::k_lookup_bits)];
    if (quick.length > 0) {
      bits.consume(quick.length);
      dc += quick.difference;
    } else {
      const auto difference = read_long(bits);
      if (!difference.is_sound)
        return false;
      bits = difference.bits;
      dc += difference.value;
    }
    return dc >= -4096 && dc <= 4096; // 8-bit pictures: 2047
  }

private:
  struct Quick {
    std::int16_t difference = 0;
    std::uint8_t length = 0; ///< with its value; 0: read_long() has to find out
  };
  ReadSingly read_long(Bits bits) const;

  HuffmanCodes codes_;
  std::array<Quick, HuffmanCodes::k_entries> quick_;
};

/// AC coefficients: one look into a table consumes up to two coefficients with their values, or up
/// to four without.
class AcTable {
public:
  /// \param most_value read() takes larger values (before dequantisation) singly, by their limits.
  bool build(const HuffmanSpec& spec, int most_value);
  /// The coefficients 1..63 of a block into \p kept, where they are zero. Needs 28 bits.
  /// \param limits by place: what is larger in size is refused.
  /// \return false if they are not those of a sound baseline file.
  [[gnu::always_inline]] bool read(Bits& bits, KeptBlocks& kept, std::size_t block,
                                   const KeptLimits& limits) const;
  /// The same without looking at them.
  [[gnu::always_inline]] bool skip(Bits& bits) const;

private:
  /// Steps are to the position behind a coefficient; k_end_of_block ends the block.
  struct Pair {
    std::int16_t first = 0;
    std::int16_t second = 0;
    std::uint8_t first_step = 0;
    std::uint8_t second_step = 0; ///< 0: there is only one
    std::uint8_t length = 0;      ///< bits of both; 0: read_one() has to find out
  };
  struct Steps {
    std::uint8_t step = 0;
    std::uint8_t length = 0; ///< bits; 0: read_one() has to find out
  };
  static constexpr unsigned k_block_end = 64; ///< the position behind the last coefficient
  /// A step of its own size: where a block ended is seen from where the position came to.
  static constexpr unsigned k_end_of_block = 128;
  /// Looks into a table for which a refilled reservoir of 56 bits suffices.
  static constexpr unsigned k_looks = 56 / HuffmanCodes::k_lookup_bits;
  static constexpr unsigned k_looks_left = 28 / HuffmanCodes::k_lookup_bits;

  /// The end of a block was read where a code was due, or its last coefficient was the 63rd.
  static bool is_sound_end(unsigned position) {
    return position == k_block_end ||
           (position > k_end_of_block && position < k_end_of_block + k_block_end);
  }
  Pair single(std::size_t index) const;
  ReadSingly read_one(Bits bits, unsigned position) const;
  ReadSingly read_and_keep(Bits bits, unsigned position, KeptBlocks& kept, std::size_t block,
                           const KeptLimits& limits) const;
  ReadSingly read_singly(Bits bits, KeptBlocks& kept, std::size_t block,
                         const KeptLimits& limits) const;
  ReadSingly skip_singly(Bits bits) const;

  HuffmanCodes codes_;
  std::array<Pair, HuffmanCodes::k_entries> pairs_;
  std::array<Steps, HuffmanCodes::k_entries> steps_;
};

inline bool AcTable::read(Bits& bits, KeptBlocks& kept, std::size_t block,
                          const KeptLimits& limits) const {
  Bits at = bits;
  unsigned position = 1;
  for (unsigned looks = k_looks_left; position < k_block_end; looks = k_looks) {
    for (; looks > 0; --looks) {
      const Pair& pair = pairs_[at.peek(HuffmanCodes::k_lookup_bits)];
      if (pair.length == 0) [[unlikely]] {
        const auto one = read_and_keep(at, position, kept, block, limits);
        if (!one.is_sound)
          return false;
        at = one.bits;
        position = one.behind;
        break;
      }
      position += pair.first_step;
      const unsigned behind = position + pair.second_step;
      kept.values[k_slot_before[behind]][block] = pair.second; // first this: may be the same place
      kept.values[k_slot_before[position]][block] = pair.first;
      position = behind;
      at.consume(pair.length);
      if (position >= k_block_end)
        break;
    }
    at.refill();
  }
  if (!is_sound_end(position)) [[unlikely]] {
    // The second of a pair was of the next block, or the stream is damaged: once more, singly.
    const auto all = read_singly(bits, kept, block, limits);
    bits = all.bits;
    return all.is_sound;
  }
  bits = at;
  return true;
}

inline bool AcTable::skip(Bits& bits) const {
  Bits at = bits;
  unsigned position = 1;
  while (position < k_block_end) {
    const Steps& steps = steps_[at.peek(HuffmanCodes::k_lookup_bits)];
    if (steps.length > 0) {
      position += steps.step;
      at.consume(steps.length);
    } else {
      const auto one = read_one(at, position);
      if (!one.is_sound)
        return false;
      at = one.bits;
      position = one.behind;
    }
    at.refill();
  }
  if (!is_sound_end(position)) [[unlikely]] {
    const auto all = skip_singly(bits);
    bits = all.bits;
    return all.is_sound;
  }
  bits = at;
  return true;
}

} // namespace mlopsctl::imaging::detail
