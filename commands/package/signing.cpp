// SPDX-License-Identifier: Apache-2.0
#include "commands/package/signing.hpp"

#include "core/text.hpp"

namespace mlopsctl::commands {
namespace {

constexpr std::uint64_t k_key_bytes = std::uint64_t{64} << 10;
constexpr std::uint64_t k_signature_bytes = std::uint64_t{64} << 20;

std::string signature_path(std::string package) {
  while (package.size() > 1 && package.ends_with('/'))
    package.pop_back();
  return package + ".sig";
}

} // namespace

void add_sign_option(Args& args, std::string& key) {
  args.value("--sign", key, "Private key (PEM, P-256) that signs it, into OUTPUT.sig")
      .metavar("KEY")
      .guarded();
}

SignatureFile::SignatureFile(const std::string& key, const std::string& output, const Context& ctx)
    : key_path_(key) {
  if (key.empty())
    return;
  if (output == "-" || output.starts_with("docker://"))
    throw Error(Fault::usage, "--sign: the signature stands beside a file, and -o is " + output,
                "give a file or a folder with -o");
  key_ = read_file(key, k_key_bytes);
  package::sign({}, key_, key); // says now what is wrong with the key
  sink_ = create_sink(signature_path(output), ctx.existing());
}

void SignatureFile::write(const package::DigestList& digests) {
  if (!sink_)
    return;
  sink_->write(package::to_json_text(package::sign(digests, key_, key_path_)));
  sink_->finish();
}

package::DigestList digest_list(const std::vector<formats::PackedItem>& items) {
  package::DigestList digests;
  for (const auto& item : items)
    digests[item.name] = item.digest;
  return digests;
}

void add_verify_key_options(Args& args, VerifyKeyOptions& options) {
  args.value("--verify-key", options.key, "Public key (PEM) of who must have signed it")
      .metavar("KEY")
      .guarded();
  args.value("--signature", options.signature, "Its signature")
      .metavar("FILE")
      .default_text("PATH.sig");
}

void validate(const VerifyKeyOptions& options) {
  if (options.key.empty() && !options.signature.empty())
    throw Error(Fault::usage, "--signature: nobody can tell who made it without --verify-key",
                "give the public key of who you trust");
}

Problems check_signature(const VerifyKeyOptions& options, const std::string& path,
                         const package::DigestList& digests) {
  if (options.key.empty())
    return {};
  const auto key = read_file(options.key, k_key_bytes);
  const auto file = options.signature.empty() ? signature_path(path) : options.signature;
  if (!is_file(file)) // what is not there signs nothing: the same verdict as a false one
    return {{"signature", Severity::error, file, "there is no signature"}};
  const auto signature = package::parse_signature(read_file(file, k_signature_bytes), file);
  return package::check_signature(signature, file, digests, key, options.key);
}

Value signed_value(const VerifyKeyOptions& options, const Problems& of_signature) {
  return options.key.empty() ? Value() : Value(of_signature.empty());
}

} // namespace mlopsctl::commands
