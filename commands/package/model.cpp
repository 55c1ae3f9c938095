// SPDX-License-Identifier: Apache-2.0
// package model: a folder with model.yaml becomes one archive.
#include "commands/command.hpp"
#include "commands/package/result.hpp"
#include "commands/package/signing.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"
#include "package/pack_model.hpp"

#include <filesystem>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string sign; // private key; empty: not signed
  std::string folder;
  std::string output;
};

/// The folder, also where its model.yaml was named.
std::string folder_of(const std::string& path) {
  const std::filesystem::path given(path);
  if (given.filename() != package::k_model_yaml || std::filesystem::is_directory(given))
    return path;
  return given.has_parent_path() ? given.parent_path().string() : ".";
}

void validate(const Options& o) {
  const auto folder = folder_of(o.folder);
  if (std::filesystem::exists(folder) && !std::filesystem::is_directory(folder))
    throw Error(Fault::input, o.folder + ": is a file, a folder with model.yaml was expected",
                "put the weights into a folder and run 'mlopsctl package describe' there");
  refuse_other_archive_names(o.output);
}

int run(const Options& o, Context& ctx) {
  SignatureFile signature(o.sign, o.output, ctx);
  const auto packed =
      package::pack_model(folder_of(o.folder), o.output, ctx.existing(), ctx.jobs());
  signature.write(digest_list(packed.archive.items));
  print_problems(ctx, packed.warnings);
  const auto& archive = packed.archive;
  if (o.output == "-")
    return exit_ok; // stdout is the archive
  if (ctx.options.json) {
    auto document = package_document("model", o.output, archive);
    document["package_digest"] = packed.package_digest;
    document["name"] = packed.spec.name;
    document["version"] = packed.spec.version;
    document["problems"] = to_value(packed.warnings);
    ctx.print(document);
    return exit_ok;
  }
  say_items(archive, ctx);
  ctx.say(o.output + ": " + bytes_for_people(archive.size_bytes) + ", " +
          std::to_string(archive.items.size()) + " files, digest " + archive.digest);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("FOLDER", o->folder, "Folder with model.yaml and the weights, or that model.yaml")
      .required();
  args.output(o->output, "Archive to write, a .tar.gz").required();
  add_sign_option(args, o->sign);
  add_remote_options(args);
  return [o](Context& ctx) {
    refuse_two_on_stdout(ctx, o->output);
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_model;
const Command package_model{"package model", "Pack a model and all beside it into one archive",
                            declare};
} // namespace mlopsctl::commands
