// SPDX-License-Identifier: Apache-2.0
// SHA-256 (by OpenSSL, which uses the processor's SHA instructions where it has them) and base64.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mlopsctl {

/// Digest of bytes that arrive in pieces.
class Sha256 {
public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::string_view bytes);
  /// "sha256:<64 hex>", the form that OCI and our own files use. The object is spent afterwards.
  std::string finish();
  std::string finish_raw(); ///< the 32 bytes instead

private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes); ///< "sha256:<64 hex>"
/// The same digest as "<base64>", as content-security policies and S3 want it.
std::string sha256_base64(std::string_view bytes);

/// RFC 4648 with padding, one line.
std::string base64(std::string_view bytes);
/// The bytes of base64 as programs write it: either alphabet (RFC 4648, 4 and 5), with or without
/// padding and white space. Nothing if it is none.
std::optional<std::string> base64_decoded(std::string_view text);
/// Lower case, two digits a byte.
std::string to_hex(std::string_view bytes);
/// The 16 bytes of MD5, by which S3 names what an object holds; no protection against anybody.
/// Empty where the machine's OpenSSL refuses MD5.
std::string md5(std::string_view bytes);

} // namespace mlopsctl
