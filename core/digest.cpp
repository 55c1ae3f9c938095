// SPDX-License-Identifier: Apache-2.0
#include "core/digest.hpp"

#include "core/error.hpp"

#include <openssl/evp.h>

namespace mlopsctl {
namespace {

void check(int status, const char* call) {
  if (status != 1)
    throw Error(Fault::internal, std::string("OpenSSL: ") + call + " failed");
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

} // namespace mlopsctl
