// SPDX-License-Identifier: Apache-2.0
// package image: a model becomes a container image, without Docker.
#include "package/image.hpp"

#include "commands/command.hpp"
#include "commands/package/push_image.hpp"
#include "commands/package/result.hpp"
#include "commands/package/signing.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"
#include "formats/archive/oci_layout.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  package::ImageOptions image;
  std::string output;
  std::string target = "server";
  std::string entrypoint, cmd; ///< JSON lists, or one word
  PushOptions push;
  std::string sign; ///< private key; empty: not signed
};

/// '["/bin/a", "b"]', or one word.
std::vector<std::string> words_of(const std::string& text, const std::string& flag) {
  if (!text.starts_with('['))
    return text.empty() ? std::vector<std::string>() : std::vector<std::string>{text};
  std::vector<std::string> words;
  for (const auto& item : parse_json(text, flag).items) {
    if (!item.is_string())
      throw Error(Fault::usage, flag + ": a list of words was expected",
                  "such as '[\"/bin/program\", \"--flag\"]'");
    words.push_back(item.string);
  }
  return words;
}

bool is_tar(const std::string& output) {
  return output == "-" || output.ends_with(".tar");
}

void validate(const Options& o, const Context& ctx) {
  if (is_registry(o.output))
    validate(o.push);
  else if (o.push.is_dry_run || !o.push.mount_from.empty())
    throw Error(Fault::usage, "--dry-run and --mount-from are for registries",
                "give -o docker://HOST/REPOSITORY:TAG, or leave them out");
  refuse_two_on_stdout(ctx, o.output);
  for (const char* other : {".tar.gz", ".tgz", ".zip"})
    if (o.output.ends_with(other))
      throw Error(Fault::usage,
                  "-o: '" + o.output + "': images are written as .tar, whose layers are compressed",
                  "call it image.tar, or give the name of a folder");
  if (o.image.runtime.empty() && o.target == "lambda")
    throw Error(Fault::usage, "--for lambda: needs --runtime, which is what Lambda starts",
                "make one with 'mlopsctl package runtime -o runtime.tar.gz'");
}

/// The bytes and digest of the file that the image is in; of the image itself where it is in none.
struct Written {
  std::uint64_t size_bytes = 0;
  std::string digest;
  std::optional<Pushed> pushed;
};

Written write_image(const Options& o, const formats::OciImage& image, const Context& ctx) {
  Written out{0, image.manifest.descriptor.digest, {}};
  if (is_registry(o.output)) {
    out.pushed = push_image(image, o.push, ctx);
    out.size_bytes = out.pushed->size_bytes;
    return out;
  }
  if (is_tar(o.output)) {
    const auto sink = create_sink(o.output, ctx.existing());
    const auto packed = formats::write_oci_tar(*sink, image);
    sink->finish();
    return {packed.size_bytes, packed.digest, {}};
  }
  const auto folder = create_folder(o.output, ctx.existing());
  formats::write_oci_layout(*folder, image);
  folder->finish();
  out.size_bytes = image.manifest.descriptor.size_bytes + image.config.descriptor.size_bytes;
  for (const auto& layer : image.layers)
    out.size_bytes += layer.descriptor.size_bytes;
  return out;
}

void print_result(const Options& o, const package::BuiltImage& built, const Written& written,
                  const Context& ctx) {
  std::vector<package::PackageItem> items;
  for (std::size_t i = 0; i < built.layers.size(); ++i) {
    const auto& descriptor = built.image.layers[i].descriptor;
    items.push_back({built.layers[i].name, descriptor.size_bytes, descriptor.digest});
  }
  if (ctx.options.json) {
    auto document =
        package_document("image", o.output, written.size_bytes, written.digest, items_value(items));
    document["manifest_digest"] = built.image.manifest.descriptor.digest;
    document["image_id"] = built.image.config.descriptor.digest;
    document["reference"] = built.image.reference;
    document["platform"] = built.config.os + "/" + built.config.architecture;
    document["package_digest"] = built.package_digest;
    document["runtime_digest"] = built.runtime_digest;
    if (written.pushed)
      add_push(*written.pushed, built.image, o.push, document);
    document["problems"] = to_value(built.warnings);
    ctx.print(document);
    return;
  }
  for (const auto& item : items)
    ctx.say(item.digest + "  " + item.name + "  " + bytes_for_people(item.size_bytes));
  if (written.pushed)
    return say_push(*written.pushed, built.image, o.push, ctx);
  ctx.say(o.output + ": " + built.image.reference + ", " + built.config.os + "/" +
          built.config.architecture + ", " + bytes_for_people(written.size_bytes) + ", image " +
          built.image.manifest.descriptor.digest);
}

int run(const Options& o, Context& ctx) {
  auto options = o.image;
  options.created_s = created_s(ctx);
  options.jobs = ctx.jobs();
  SignatureFile signature(o.sign, o.output, ctx);
  const auto built = package::build_image(options);
  print_problems(ctx, built.warnings);
  const auto written = write_image(o, built.image, ctx);
  signature.write({{package::signed_name(0), built.image.config.descriptor.digest}});
  if (o.output != "-") // else stdout is the image
    print_result(o, built, written, ctx);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  auto& image = o->image;
  args.value("MODEL", image.model, "Folder with model.yaml and the weights, or an archive of one")
      .required();
  args.output(o->output, "image.tar, a folder (an OCI layout), or docker://HOST/REPOSITORY:TAG")
      .required();
  args.value("--runtime", image.runtime, "What runs the model: a bundle of 'package runtime'")
      .metavar("FILE");
  args.value("--for", o->target, "Who starts it: a server of containers, or AWS Lambda")
      .choices({"server", "lambda"});
  args.value("--tag", image.reference, "Name in the image (default: the model's, NAME:VERSION)")
      .metavar("NAME:TAG");
  args.value("--entrypoint", o->entrypoint,
             "Program instead of the runtime's service, or a JSON "
             "list of words")
      .metavar("WORDS");
  args.value("--cmd", o->cmd, "Arguments after the entrypoint, one word or a JSON list")
      .metavar("WORDS");
  args.value("--user", image.user, "User that it runs as (default: 65534:65534)")
      .metavar("UID:GID");
  args.value("--env", image.env, "KEY=VALUE of its environment; may be repeated").metavar("K=V");
  args.value("--label", image.labels, "KEY=VALUE kept with the image; may be repeated")
      .metavar("K=V");
  add_sign_option(args, o->sign);
  add_push_options(args, o->push);
  add_remote_options(args);
  return [o](Context& ctx) {
    o->image.target =
        o->target == "lambda" ? package::ImageTarget::lambda : package::ImageTarget::server;
    if (!o->entrypoint.empty())
      o->image.entrypoint = words_of(o->entrypoint, "--entrypoint");
    o->push.target = o->output;
    o->image.cmd = words_of(o->cmd, "--cmd");
    validate(*o, ctx);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_image;
const Command package_image{"package image", "Make a container image of a model, without Docker",
                            declare};
} // namespace mlopsctl::commands
