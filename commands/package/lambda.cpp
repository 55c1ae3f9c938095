// SPDX-License-Identifier: Apache-2.0
// package lambda: a function's zip from a runtime bundle and a model.
#include "commands/command.hpp"
#include "commands/package/result.hpp"
#include "commands/package/signing.hpp"
#include "commands/remote_options.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "package/lambda_bundle.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string sign; // private key; empty: not signed
  package::LambdaParts parts;
  std::string output, table, key;
};

/// What is said here stands in the zip; all else comes from the function's environment.
package::LambdaParts parts_of(const Options& o) {
  auto parts = o.parts;
  for (const auto& [flag, value] : {std::pair{"--table", o.table}, {"--partition-key", o.key}})
    if (!value.empty())
      parts.arguments.insert(parts.arguments.end(), {flag, value});
  return parts;
}

int run(const Options& o, Context& ctx) {
  SignatureFile signature(o.sign, o.output, ctx);
  const auto packed = package::pack_lambda(parts_of(o), o.output, ctx.existing());
  signature.write(digest_list(packed.archive.items));
  const auto& archive = packed.archive;
  if (archive.size_bytes > package::k_lambda_upload_bytes)
    log::warn("the zip is over the 50 MB that Lambda takes directly: upload it through S3, as the "
              "templates do");
  if (o.output == "-")
    return exit_ok; // stdout is the archive
  if (ctx.options.json) {
    auto document = package_document("lambda", o.output, archive);
    document["unpacked_bytes"] = static_cast<std::int64_t>(packed.unpacked_bytes);
    document["runtime_digest"] = packed.runtime_digest;
    document["model_digest"] = packed.model_digest.empty() ? Value() : Value(packed.model_digest);
    ctx.print(document);
    return exit_ok;
  }
  ctx.say(o.output + ": " + bytes_for_people(archive.size_bytes) + ", unpacked " +
          bytes_for_people(packed.unpacked_bytes) + " of " +
          bytes_for_people(package::k_lambda_unpacked_bytes) + ", digest " + archive.digest);
  ctx.say("runtime " + packed.runtime_digest);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("MODEL", o->parts.model, "Model package to put inside, an archive");
  args.output(o->output, "Archive to write, a .zip", /*may_be_positional=*/false).required();
  args.value("--runtime", o->parts.runtime, "Runtime bundle, from 'package runtime'")
      .metavar("FILE")
      .required();
  args.value("--table", o->table, "Where the function keeps predictions of stored pictures")
      .metavar("dynamodb://NAME");
  args.value("--partition-key", o->key, "Partition key of that table").metavar("NAME");
  add_sign_option(args, o->sign);
  add_remote_options(args);
  return [o](Context& ctx) {
    refuse_two_on_stdout(ctx, o->output);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_lambda;
const Command package_lambda{"package lambda", "Make a Lambda function's zip of a model", declare};
} // namespace mlopsctl::commands
