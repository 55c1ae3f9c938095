// SPDX-License-Identifier: Apache-2.0
// --sign of the commands that pack, --verify-key of the one that checks.
#pragma once

#include "commands/command.hpp"
#include "formats/archive/archive.hpp"
#include "package/sign.hpp"

#include <memory>
#include <string>

namespace mlopsctl::commands {

void add_sign_option(Args& args, std::string& key);

/// OUTPUT.sig, begun before the package is, so that a key that is none costs nothing.
class SignatureFile {
public:
  /// \param key empty: nothing is signed. \throws Error for a key that is none, for an output that
  /// is no file, and for an OUTPUT.sig that is there.
  SignatureFile(const std::string& key, const std::string& output, const Context& ctx);
  /// After the package is complete.
  void write(const package::DigestList& digests);

private:
  std::string key_path_;
  std::string key_;
  std::unique_ptr<ByteSink> sink_;
};

package::DigestList digest_list(const std::vector<formats::PackedItem>& items);

struct VerifyKeyOptions {
  std::string key;       ///< empty: nothing is asked
  std::string signature; ///< empty: PATH.sig
};
void add_verify_key_options(Args& args, VerifyKeyOptions& options);
void validate(const VerifyKeyOptions& options);
/// \return findings of package::check_signature(); one if there is no signature at all.
Problems check_signature(const VerifyKeyOptions& options, const std::string& path,
                         const package::DigestList& digests);
/// Whether it is signed by that key; null: nobody asked.
Value signed_value(const VerifyKeyOptions& options, const Problems& of_signature);

} // namespace mlopsctl::commands
