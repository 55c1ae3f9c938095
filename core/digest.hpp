// SPDX-License-Identifier: Apache-2.0
// SHA-256, by OpenSSL (which uses the processor's SHA instructions where it has them).
#pragma once

#include <memory>
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

private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string sha256(std::string_view bytes); ///< "sha256:<64 hex>"

} // namespace mlopsctl
