// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"

#include "core/error.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstdint>

namespace mlopsctl {
namespace {

void check(int status, const char* call) {
  if (status != 1)
    throw Error(Fault::internal, std::string("OpenSSL: ") + call + " failed");
}

constexpr std::uint8_t k_foreign = 255, k_space = 254, k_padding = 253;

std::array<std::uint8_t, 256> base64_table() {
  constexpr std::string_view k_letters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> table{};
  table.fill(k_foreign);
  for (std::size_t i = 0; i < k_letters.size(); ++i)
    table[static_cast<unsigned char>(k_letters[i])] = static_cast<std::uint8_t>(i);
  table['-'] = 62;
  table['_'] = 63;
  table['='] = k_padding;
  for (const char space : {' ', '\t', '\r', '\n'})
    table[static_cast<unsigned char>(space)] = k_space;
  return table;
}

} // namespace

struct Sha256::State {
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context{EVP_MD_CTX_new(),
                                                                  &EVP_MD_CTX_free};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  check(EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr), "EVP_DigestInit_ex");
}

Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  check(EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()), "EVP_DigestUpdate");
}

std::string Sha256::finish_raw() {
  std::string raw(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  check(EVP_DigestFinal_ex(state_->context.get(), reinterpret_cast<unsigned char*>(raw.data()),
                           &length),
        "EVP_DigestFinal_ex");
  raw.resize(length);
  return raw;
}

std::string Sha256::finish() {
  return "sha256:" + to_hex(finish_raw());
}

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view k_digits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * bytes.size());
  for (const char c : bytes) {
    const auto value = static_cast<unsigned char>(c);
    out += k_digits[value >> 4U];
    out += k_digits[value & 15U];
  }
  return out;
}

std::string md5(std::string_view bytes) {
  std::string raw(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  const int status =
      EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(raw.data()), &length,
                 EVP_md5(), nullptr);
  raw.resize(status == 1 ? length : 0);
  return raw;
}

std::string sha256(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.finish();
}

std::string sha256_base64(std::string_view bytes) {
  Sha256 digest;
  digest.update(bytes);
  return base64(digest.finish_raw());
}

std::string base64(std::string_view bytes) {
  constexpr std::size_t k_piece = std::size_t{3} << 20; // whole groups: EVP counts in int
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4 + 1);
  for (std::size_t at = 0; at < bytes.size(); at += k_piece) {
    const auto piece = bytes.substr(at, k_piece);
    const std::size_t start = out.size();
    out.resize(start + (piece.size() + 2) / 3 * 4 + 1); // it ends its text with a 0
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data() + start),
                                       reinterpret_cast<const unsigned char*>(piece.data()),
                                       static_cast<int>(piece.size()));
    out.resize(start + static_cast<std::size_t>(length));
  }
  return out;
}

std::optional<std::string> base64_decoded(std::string_view text) {
  static const std::array<std::uint8_t, 256> table = base64_table();
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t size = 0;
  const auto put = [&](std::uint32_t bits) { out[size++] = static_cast<char>(bits & 255U); };
  std::uint32_t group = 0;
  int digits = 0;
  int padding = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto value_at = [&](std::size_t i) {
      return std::uint32_t{table[static_cast<unsigned char>(text[i])]};
    };
    for (; digits == 0 && padding == 0 && at + 4 < text.size(); at += 4) { // all of it, nearly
      const std::uint32_t a = value_at(at), b = value_at(at + 1), c = value_at(at + 2),
                          d = value_at(at + 3);
      if ((a | b | c | d) > 63)
        break;
      const std::uint32_t bits = a << 18U | b << 12U | c << 6U | d;
      put(bits >> 16U);
      put(bits >> 8U);
      put(bits);
    }
    const std::uint32_t value = value_at(at);
    if (value == k_space)
      continue;
    if (value == k_padding) {
      ++padding;
      continue;
    }
    if (value == k_foreign || padding > 0)
      return std::nullopt;
    group = group << 6U | value;
    if (++digits < 4)
      continue;
    put(group >> 16U);
    put(group >> 8U);
    put(group);
    digits = 0;
    group = 0;
  }
  if (digits == 1 || (padding > 0 && (digits == 0 || digits + padding != 4)))
    return std::nullopt;
  if (digits >= 2)
    put(group >> (digits == 2 ? 4U : 10U));
  if (digits == 3)
    put(group >> 2U);
  out.resize(size);
  return out;
}

} // namespace mlopsctl
