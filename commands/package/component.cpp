// SPDX-License-Identifier: Apache-2.0
// package component: the zip of a Greengrass v2 component from a runtime bundle or a model.
#include "package/component.hpp"

#include "commands/command.hpp"
#include "commands/package/result.hpp"
#include "commands/package/signing.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string sign; // private key; empty: not signed
  package::ComponentParts parts;
  std::string output;
};

int run(const Options& o, Context& ctx) {
  SignatureFile signature(o.sign, o.output, ctx);
  const auto packed = package::pack_component(o.parts, o.output, ctx.existing());
  signature.write(digest_list(packed.archive.items));
  if (o.output == "-")
    return exit_ok; // stdout is the archive
  const auto& archive = packed.archive;
  if (ctx.options.json) {
    auto document = package_document("component", o.output, archive);
    document["unpacked_bytes"] = static_cast<std::int64_t>(packed.unpacked_bytes);
    document["artifact"] = packed.artifact.empty() ? Value() : Value(packed.artifact);
    ctx.print(document);
    return exit_ok;
  }
  ctx.say(o.output + ": " + bytes_for_people(archive.size_bytes) + ", unpacked " +
          bytes_for_people(packed.unpacked_bytes) + ", " + std::to_string(archive.items.size()) +
          " files, digest " + archive.digest);
  if (!packed.artifact.empty()) {
    ctx.say("upload it as " + packed.artifact + " to artifacts.bucket and prefix of deploy.yaml,");
    ctx.say("which names it under edge: runtime_digests: {linux/amd64: \"" + archive.digest +
            "\"}");
  }
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("MODEL", o->parts.model, "Model package, an archive");
  args.output(o->output, "Artifact to write, a .zip", /*may_be_positional=*/false).required();
  args.value("--runtime", o->parts.runtime, "Runtime bundle, from 'package runtime'")
      .metavar("FILE");
  add_sign_option(args, o->sign);
  add_remote_options(args);
  return [o](Context& ctx) {
    refuse_two_on_stdout(ctx, o->output);
    if (o->parts.model.empty() && o->parts.runtime.empty())
      throw Error(Fault::usage, "neither MODEL nor --runtime: there is nothing to pack",
                  "give one of them, or both for one artifact with everything");
    if (o->output != "-" && !lower(o->output).ends_with(".zip"))
      throw Error(Fault::usage,
                  "-o: '" + o->output + "': the nucleus unpacks what is named .zip only",
                  "call it runtime.zip or model.zip");
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_component;
const Command package_component{
    "package component", "Make a Greengrass v2 component's zip of a runtime or a model", declare};
} // namespace mlopsctl::commands
