// SPDX-License-Identifier: Apache-2.0
// Who made a package: ECDSA over the digests of its files, in a file of its own beside it, so that
// the package itself stays the same bytes. The only user of OpenSSL's keys.
#pragma once

#include "core/error.hpp"

#include <map>
#include <string>
#include <string_view>

namespace mlopsctl::package {

using DigestList = std::map<std::string, std::string>; ///< name in the package -> "sha256:..."

/// What stands beside a package.
struct Signature {
  std::string key_id; ///< "sha256:..." of the public key (DER, SubjectPublicKeyInfo)
  DigestList digests;
  std::string bytes; ///< DER: ECDSA on P-256 of the SHA-256 of listing_text(digests)
};

/// "name digest\n" of each file, sorted by name: what is signed.
std::string listing_text(const DigestList& digests);

/// In the list of a container image its id stands for all of it (configuration and layers):
/// "image", and "image-2" ... where a file holds several.
std::string signed_name(std::size_t position);

/// \param text JSON of mlopsctl.signature/1. \param place for messages. \throws Error(input)
Signature parse_signature(std::string_view text, const std::string& place);
std::string to_json_text(const Signature& signature);

/// \param private_key PEM of a key on P-256 without a passphrase. \param place for messages.
/// \throws Error(input) for another key.
Signature sign(const DigestList& digests, std::string_view private_key, const std::string& place);

/// \param place of the signature. \param public_key PEM, \param key_place its file. \return
/// findings of the rule "signature", all errors: another key, a signature that is not of this list,
/// and each file that the two lists do not share; empty: the owner of the key has signed exactly
/// these files. \throws Error(input) for a key that is none.
Problems check_signature(const Signature& signature, const std::string& place,
                         const DigestList& digests, std::string_view public_key,
                         const std::string& key_place);

} // namespace mlopsctl::package
