// SPDX-License-Identifier: Apache-2.0
// package mar: a model archive for multi-model-server or TorchServe.
#include "package/mar.hpp"

#include "commands/command.hpp"
#include "commands/package/result.hpp"
#include "commands/package/signing.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string sign; // private key; empty: not signed
  package::MarOptions mar;
  std::string output;
  std::string layout = "mms";
};

void validate(const Options& o) {
  const bool is_tar = o.output.ends_with(".tar.gz");
  if (o.output != "-" && !is_tar && !o.output.ends_with(".mar"))
    throw Error(Fault::usage, "-o: '" + o.output + "' is neither a .mar nor a .tar.gz",
                "the server knows its archives by their names: call it model.mar");
  if (is_tar && o.layout != "mms")
    throw Error(Fault::usage, "-o: '" + o.output + "': .tar.gz is multi-model-server's",
                "call it model.mar");
}

int run(const Options& o, Context& ctx) {
  auto options = o.mar;
  options.layout = o.layout == "mms" ? package::MarLayout::mms : package::MarLayout::torchserve;
  options.created_s = created_s(ctx);
  SignatureFile signature(o.sign, o.output, ctx);
  const auto archive = package::pack_mar(options, o.output, ctx.existing(), ctx.jobs());
  signature.write(digest_list(archive.items));
  if (o.output == "-")
    return exit_ok; // stdout is the archive
  if (ctx.options.json) {
    ctx.print(package_document("mar", o.output, archive));
    return exit_ok;
  }
  say_items(archive, ctx);
  ctx.say(o.output + ": " + bytes_for_people(archive.size_bytes) + ", " +
          std::to_string(archive.items.size()) + " files, digest " + archive.digest);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("MODEL", o->mar.model, "Model package, an archive").required();
  args.output(o->output, "Archive to write: a .mar, or a .tar.gz for multi-model-server")
      .required();
  args.value("--handler", o->mar.handler,
             "Python file that loads the model and answers, and its function; or a handler that "
             "TorchServe brings, such as object_detector")
      .metavar("FILE[:FUNCTION]")
      .required();
  args.value("--layout", o->layout, "Server that it is for").choices({"mms", "torchserve"});
  args.value("--name", o->mar.name, "Name of the model there (default: its own)").metavar("NAME");
  add_sign_option(args, o->sign);
  add_remote_options(args);
  return [o](Context& ctx) {
    refuse_two_on_stdout(ctx, o->output);
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_mar;
const Command package_mar{"package mar",
                          "Make a model archive for multi-model-server or TorchServe", declare};
} // namespace mlopsctl::commands
