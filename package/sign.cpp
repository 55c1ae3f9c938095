// SPDX-License-Identifier: Apache-2.0
#include "package/sign.hpp"

#include "core/digest.hpp"
#include "core/text.hpp"
#include "core/value.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <array>
#include <memory>

namespace mlopsctl::package {
namespace {

constexpr const char* k_schema = "mlopsctl.signature/1";
constexpr const char* k_algorithm = "ecdsa-p256-sha256";

template <auto Free> struct Freed {
  template <class T> void operator()(T* pointer) const { Free(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;

void check(bool is_done, const char* call) {
  if (!is_done)
    throw Error(Fault::internal, std::string("OpenSSL: ") + call + " failed");
}

const unsigned char* as_bytes(std::string_view text) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL takes unsigned bytes
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Says that there is none, instead of asking on the terminal.
int no_passphrase(char*, int, int, void*) {
  return -1;
}

/// \param read PEM_read_bio_PrivateKey or PEM_read_bio_PUBKEY.
template <class Read>
Key read_key(std::string_view pem, const std::string& place, const std::string& kind, Read read) {
  const std::unique_ptr<BIO, Freed<BIO_free_all>> bio(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  check(bio != nullptr, "BIO_new_mem_buf");
  Key key(read(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key)
    throw Error(
        Fault::input,
        place + ": is no " + kind + " key in PEM" +
            (pem.find("ENCRYPTED") == std::string_view::npos ? "" : ", or has a passphrase"),
        kind == "private"
            ? "make one with 'openssl ecparam -name prime256v1 -genkey -noout -out key.pem'"
            : "get it from the private one with 'openssl ec -in key.pem -pubout'");
  std::array<char, 64> group{};
  if (EVP_PKEY_is_a(key.get(), "EC") != 1 ||
      EVP_PKEY_get_utf8_string_param(key.get(), OSSL_PKEY_PARAM_GROUP_NAME, group.data(),
                                     group.size(), nullptr) != 1 ||
      std::string_view(group.data()) != "prime256v1")
    throw Error(Fault::input, place + ": is not a key on the curve P-256 (prime256v1)",
                "make one with 'openssl ecparam -name prime256v1 -genkey -noout -out key.pem'");
  return key;
}

std::string id_of(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  check(size > 0, "i2d_PUBKEY");
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL gives unsigned bytes
  auto id = sha256({reinterpret_cast<const char*>(der), static_cast<std::size_t>(size)});
  OPENSSL_free(der);
  return id;
}

bool is_signed_by(EVP_PKEY* key, const std::string& signature, const std::string& text) {
  const Context context(EVP_MD_CTX_new());
  check(context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1,
        "EVP_DigestVerifyInit");
  return EVP_DigestVerify(context.get(), as_bytes(signature), signature.size(), as_bytes(text),
                          text.size()) == 1;
}

const std::string& text_at(const Value& document, std::string_view key, const std::string& place) {
  const Value* value = document.find(key);
  if (!value || !value->is_string())
    throw Error(Fault::input, place + ": has no '" + std::string(key) + "'",
                "is this a signature of 'mlopsctl package'?");
  return value->string;
}

Problem finding(const std::string& place, const std::string& text) {
  return {"signature", Severity::error, place, text};
}

void compare(const DigestList& theirs, const DigestList& ours, Problems& findings) {
  for (const auto& [name, digest] : ours) {
    const auto found = theirs.find(name);
    if (found == theirs.end())
      findings.push_back(finding(name, "is not in what was signed"));
    else if (found->second != digest)
      findings.push_back(
          finding(name, "has the digest " + digest + ", signed was " + printable(found->second)));
  }
  for (const auto& [name, digest] : theirs)
    if (!ours.contains(name))
      findings.push_back(finding(printable(name), "was signed, and is not there"));
}

} // namespace

std::string listing_text(const DigestList& digests) {
  std::string text;
  for (const auto& [name, digest] : digests)
    text.append(name).append(" ").append(digest).append("\n");
  return text;
}

std::string signed_name(std::size_t position) {
  return position == 0 ? "image" : "image-" + std::to_string(position + 1);
}

Signature parse_signature(std::string_view text, const std::string& place) {
  const Value document = parse_json(text, place);
  if (text_at(document, "schema", place) != k_schema)
    throw Error(Fault::input, place + ": the schema is not " + k_schema,
                "is this a signature of 'mlopsctl package'?");
  if (text_at(document, "algorithm", place) != k_algorithm)
    throw Error(Fault::input, place + ": the algorithm is not " + k_algorithm);
  Signature signature;
  signature.key_id = text_at(document, "key_id", place);
  const auto bytes = base64_decoded(text_at(document, "signature", place));
  if (!bytes)
    throw Error(Fault::input, place + ": the signature is not base64");
  signature.bytes = *bytes;
  const Value* digests = document.find("digests");
  if (!digests || !digests->is_object())
    throw Error(Fault::input, place + ": has no 'digests'");
  for (const auto& [name, digest] : digests->members) {
    // What is signed is lines: a line break in a name would be two of them.
    if (!digest.is_string() || name.find('\n') != std::string::npos ||
        digest.string.find('\n') != std::string::npos)
      throw Error(Fault::input, place + ": '" + printable(name) + "' has no digest");
    signature.digests[name] = digest.string;
  }
  return signature;
}

std::string to_json_text(const Signature& signature) {
  Value document = Value::object();
  document["schema"] = k_schema;
  document["algorithm"] = k_algorithm;
  document["key_id"] = signature.key_id;
  document["digests"] = Value::object();
  for (const auto& [name, digest] : signature.digests)
    document["digests"][name] = digest;
  document["signature"] = base64(signature.bytes);
  return to_json(document, 2) + "\n";
}

Signature sign(const DigestList& digests, std::string_view private_key, const std::string& place) {
  const auto key = read_key(private_key, place, "private", PEM_read_bio_PrivateKey);
  const auto text = listing_text(digests);
  const Context context(EVP_MD_CTX_new());
  check(context &&
            EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1,
        "EVP_DigestSignInit");
  std::size_t size = 0;
  check(EVP_DigestSign(context.get(), nullptr, &size, as_bytes(text), text.size()) == 1,
        "EVP_DigestSign");
  std::string bytes(size, '\0');
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): OpenSSL takes unsigned bytes
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  check(EVP_DigestSign(context.get(), out, &size, as_bytes(text), text.size()) == 1,
        "EVP_DigestSign");
  bytes.resize(size);
  return {id_of(key.get()), digests, std::move(bytes)};
}

Problems check_signature(const Signature& signature, const std::string& place,
                         const DigestList& digests, std::string_view public_key,
                         const std::string& key_place) {
  const auto key = read_key(public_key, key_place, "public", PEM_read_bio_PUBKEY);
  Problems findings;
  if (!is_signed_by(key.get(), signature.bytes, listing_text(signature.digests))) {
    const auto id = id_of(key.get());
    findings.push_back(
        finding(place, signature.key_id == id
                           ? "the signature is not of this list of digests: one of them was changed"
                           : "this key (" + id + ") has not signed it; it names the key " +
                                 printable(signature.key_id)));
  }
  compare(signature.digests, digests, findings);
  return findings;
}

} // namespace mlopsctl::package
