// SPDX-License-Identifier: Apache-2.0
// Small things done to text everywhere: numbers in and out without locales, nearest word, safe
// printing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl {

/// Strict, locale-free parsing of the WHOLE text; nothing on empty text, trailing characters,
/// overflow, NaN or infinity.
std::optional<std::int64_t> parse_int(std::string_view text);
std::optional<double> parse_double(std::string_view text);

/// Shortest text that reads back as the same double ("3", "0.3"); never in a locale, never "3.0".
std::string number(double value);
/// Fixed decimals, for people ("0.518").
std::string fixed(double value, int decimals);
/// "1.5 GiB" for people.
std::string bytes_for_people(std::uint64_t bytes);
/// "500ms", "10s", "1.5", "2m", "1h" -> seconds. A bare number is seconds. Nothing if it is not a
/// duration > 0.
std::optional<double> parse_duration_s(std::string_view text);
/// "1GiB", "500MB", "1048576" -> bytes.
std::optional<std::uint64_t> parse_bytes(std::string_view text);
/// "640x480" -> {640, 480}; both > 0.
std::optional<std::pair<int, int>> parse_size(std::string_view text);

/// The candidate most like \p word (edit distance), if any is near enough to be worth suggesting.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);
/// ", did you mean 'coco'?" or "".
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// Control characters (terminal escapes, line breaks) replaced by \xNN; valid UTF-8 is kept.
std::string printable(std::string_view text);
bool is_valid_utf8(std::string_view text);

inline constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
/// UTF-8 files of Windows programs begin with one.
std::string_view without_byte_order_mark(std::string_view text);

std::vector<std::string> split(std::string_view text, char separator);
std::string_view trim(std::string_view text);
std::string lower(std::string_view text); ///< ASCII only
bool starts_with_ignoring_case(std::string_view text, std::string_view prefix);
std::string join(const std::vector<std::string>& parts, std::string_view separator);

} // namespace mlopsctl
