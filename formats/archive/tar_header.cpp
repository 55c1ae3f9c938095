// SPDX-License-Identifier: Apache-2.0
#include "formats/archive/tar_header.hpp"

#include <algorithm>

namespace mlopsctl::formats {
namespace {

constexpr std::size_t k_name_bytes = 100;
constexpr std::uint64_t k_max_octal_size = 077777777777;

std::string octal(std::uint64_t value, std::size_t digits) {
  std::string text(digits, '0');
  for (std::size_t i = digits; i > 0 && value > 0; value >>= 3)
    text[--i] = static_cast<char>('0' + (value & 7));
  return text;
}

std::string ustar(std::string_view name, std::uint64_t size_bytes, char type, unsigned mode) {
  std::string header(k_tar_block_bytes, '\0');
  const auto put = [&](std::size_t at, std::string_view value) {
    std::copy(value.begin(), value.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
  };
  put(0, name.substr(0, k_name_bytes));
  put(100, octal(mode, 7));
  put(108, octal(0, 7)); // uid
  put(116, octal(0, 7)); // gid
  put(124, octal(size_bytes, 11));
  put(136, octal(0, 11)); // mtime
  put(148, "        ");   // the checksum counts as spaces in itself
  header[156] = type;
  put(257, std::string_view("ustar\0"
                            "00",
                            8));
  put(329, octal(0, 7)); // device numbers
  put(337, octal(0, 7));
  std::uint64_t sum = 0;
  for (const char c : header)
    sum += static_cast<unsigned char>(c);
  put(148, octal(sum, 6));
  header[154] = '\0';
  return header;
}

/// "<length> <key>=<value>\n", where the length counts itself.
std::string pax_record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3; // space, '=', line feed
  std::size_t length = rest + std::to_string(rest).size();
  length = rest + std::to_string(length).size();
  std::string record = std::to_string(length) + " ";
  record += key;
  record += '=';
  record += value;
  return record + '\n';
}

/// A pax header, where one is needed, and the ustar header.
std::string pax_and_ustar(std::string_view name, std::uint64_t size_bytes, char type,
                          unsigned mode) {
  const bool is_ascii = std::all_of(name.begin(), name.end(),
                                    [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::string records;
  if (!is_ascii || name.size() > k_name_bytes)
    records += pax_record("path", name);
  if (size_bytes > k_max_octal_size)
    records += pax_record("size", std::to_string(size_bytes));
  std::string out;
  if (!records.empty()) {
    out = ustar("PaxHeader", records.size(), 'x', 0644);
    records.resize((records.size() + k_tar_block_bytes - 1) / k_tar_block_bytes * k_tar_block_bytes,
                   '\0');
    out += records;
  }
  return out + ustar(name, size_bytes > k_max_octal_size ? 0 : size_bytes, type, mode);
}

} // namespace

std::string tar_header(std::string_view name, std::uint64_t size_bytes, unsigned mode) {
  return pax_and_ustar(name, size_bytes, '0', mode);
}

std::string tar_folder_header(std::string_view name, unsigned mode) {
  return pax_and_ustar(std::string(name) + "/", 0, '5', mode);
}

} // namespace mlopsctl::formats
