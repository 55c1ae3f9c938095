// SPDX-License-Identifier: Apache-2.0
// package runtime: the program with all it needs, in one archive that runs on any Linux.
#include "commands/command.hpp"
#include "commands/package/result.hpp"
#include "commands/package/signing.hpp"
#include "commands/remote_options.hpp"
#include "core/module.hpp"
#include "core/program.hpp"
#include "core/text.hpp"
#include "inference/engine.hpp"
#include "package/runtime_bundle.hpp"

#include <algorithm>
#include <filesystem>

namespace mlopsctl::commands {
namespace {

constexpr const char* k_media_licence = "GPL-2.0-or-later";

struct Options {
  std::string sign; // private key; empty: not signed
  std::string output;
  std::string platform = package::k_runtime_platform;
  std::string onnxruntime, onnxruntime_licences;
  std::string accept_licence;
  bool with_opencv = false;
  bool without_onnxruntime = false;
  bool bundle_media = false;
};

void validate(const Options& o) {
  if (o.platform != package::k_runtime_platform)
    throw Error(Fault::usage,
                "--platform: '" + printable(o.platform) + "' cannot be bundled, only " +
                    package::k_runtime_platform,
                "run it on a machine of that platform once mlopsctl is built for it");
  if (o.bundle_media && o.accept_licence != k_media_licence)
    throw Error(Fault::usage,
                std::string("--bundle-media: Debian's FFmpeg is under ") + k_media_licence +
                    ", and so is a bundle that holds it",
                std::string("pass --accept-licence ") + k_media_licence +
                    " if you give it on under these terms");
  if (o.without_onnxruntime && !o.with_opencv)
    throw Error(Fault::usage, "--without-onnxruntime: then nothing in the bundle can run a model",
                "add --with-opencv");
}

std::string module_path(const std::string& name) {
  for (const auto& path : module_candidates(name))
    if (std::filesystem::is_regular_file(path))
      return path;
  throw Error(Fault::input, "module " + name + ": not found beside the program",
              "'mlopsctl doctor' shows what is missing");
}

/// \throws Error as `engines` words it if there is none.
void choose_onnxruntime(const Options& o, package::RuntimeParts& parts) {
  if (!o.onnxruntime.empty())
    inference::use_onnxruntime(o.onnxruntime);
  const auto& table = inference::engine_table();
  const auto entry = std::find_if(table.begin(), table.end(),
                                  [](const auto& engine) { return engine.name == "onnxruntime"; });
  parts.onnxruntime_version = entry->version();
  for (const auto& path : inference::onnxruntime_candidates())
    if (parts.onnxruntime.empty() && std::filesystem::is_regular_file(path))
      parts.onnxruntime = path;
  parts.onnxruntime_licences = o.onnxruntime_licences;
}

package::RuntimeParts find_parts(const Options& o) {
  package::RuntimeParts parts;
  parts.program = package::installed_file(package::k_runtime_program);
  if (parts.program.empty())
    parts.program = program_path().string();
  parts.launcher = package::installed_file(package::k_launcher);
  if (parts.launcher.empty())
    throw Error(Fault::input,
                std::string(package::k_launcher) + ": is missing beside " + program_path().string(),
                "build or install mlopsctl as a whole");
  if (o.with_opencv)
    parts.modules.push_back(module_path("engine_opencv"));
  if (o.bundle_media)
    parts.modules.push_back(module_path("media"));
  if (!o.without_onnxruntime)
    choose_onnxruntime(o, parts);
  return parts;
}

int run(const Options& o, Context& ctx) {
  SignatureFile signature(o.sign, o.output, ctx);
  const auto packed = package::pack_runtime(find_parts(o), o.output, ctx.existing(), ctx.jobs());
  signature.write(digest_list(packed.archive.items));
  if (o.output == "-")
    return exit_ok; // stdout is the archive
  const auto& archive = packed.archive;
  if (ctx.options.json) {
    auto document = package_document("runtime", o.output, archive);
    document["platform"] = o.platform;
    document["unpacked_bytes"] = static_cast<std::int64_t>(packed.unpacked_bytes);
    ctx.print(document);
    return exit_ok;
  }
  ctx.say(o.output + ": " + bytes_for_people(archive.size_bytes) + ", unpacked " +
          bytes_for_people(packed.unpacked_bytes) + ", " + o.platform + ", " +
          std::to_string(packed.libraries) + " libraries, digest " + archive.digest);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.output(o->output, "Archive to write, a .tar.gz").required();
  args.value("--platform", o->platform, "What it shall run on").metavar("OS/ARCHITECTURE");
  args.value("--onnxruntime", o->onnxruntime, "ONNX Runtime's library (default: as `engines` says)")
      .metavar("FILE")
      .guarded();
  args.value("--onnxruntime-licences", o->onnxruntime_licences,
             "Folder with its LICENSE and ThirdPartyNotices.txt (default: beside the library, or "
             "one above)")
      .metavar("DIR");
  args.flag("--without-onnxruntime", o->without_onnxruntime, "Leave ONNX Runtime out");
  args.flag("--with-opencv", o->with_opencv, "Add the engine on OpenCV's dnn");
  args.flag("--bundle-media", o->bundle_media,
            "Add the module that decodes video, with Debian's FFmpeg");
  args.value("--accept-licence", o->accept_licence, "Terms under which you give the bundle on")
      .metavar("NAME");
  add_sign_option(args, o->sign);
  add_remote_options(args);
  return [o](Context& ctx) {
    refuse_two_on_stdout(ctx, o->output);
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_runtime;
const Command package_runtime{"package runtime",
                              "Bundle the program with all it needs, to run on any Linux", declare};
} // namespace mlopsctl::commands
