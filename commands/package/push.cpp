// SPDX-License-Identifier: Apache-2.0
// package push: an image on disk goes to a registry.
#include "commands/command.hpp"
#include "commands/package/push_image.hpp"
#include "commands/package/result.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"
#include "formats/archive/oci_layout.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string image;
  std::string reference;
  PushOptions push;
  LimitOptions limits;
};

/// \throws Error(usage) unless exactly one is meant.
const formats::OciImage& choose_image(const Options& o, const formats::StoredImages& stored) {
  std::vector<std::string> names;
  std::vector<const formats::OciImage*> chosen;
  for (const auto& image : stored.images) {
    names.push_back(image.reference.empty() ? "(no name)" : image.reference);
    if (o.reference.empty() || image.reference == o.reference)
      chosen.push_back(&image);
  }
  if (chosen.size() == 1)
    return *chosen.front();
  if (stored.images.empty())
    throw Error(Fault::input, o.image + ": there is no whole image in it",
                "'mlopsctl package verify " + o.image + "' says why");
  if (!o.reference.empty() && chosen.empty())
    throw Error(Fault::usage,
                "--reference: there is no '" + printable(o.reference) + "' in " + o.image +
                    did_you_mean(o.reference, names),
                "it has: " + printable(join(names, ", ")));
  throw Error(Fault::usage,
              o.image + ": holds " + std::to_string(chosen.size()) + " images, one can be sent",
              "choose one with --reference: " + printable(join(names, ", ")));
}

void refuse_problems(const Options& o, const Problems& problems) {
  if (!problems.empty())
    throw Error(Fault::input, problems.front().place + ": " + problems.front().text,
                "nothing was sent; 'mlopsctl package verify " + o.image + "' lists all");
}

int run(const Options& o, Context& ctx) {
  const auto stored = formats::open_images(o.image, limits_of(o.limits).archive);
  refuse_problems(o, stored.problems);
  const auto& image = choose_image(o, stored);
  if (!image.manifest.open)
    throw Error(Fault::input, o.image + ": is a tar of an older docker save, which has no manifest",
                "turn it into a layout first: skopeo copy docker-archive:" + o.image +
                    " oci:layout:tag");
  const auto pushed = push_image(image, o.push, ctx);
  if (!ctx.options.json) {
    say_push(pushed, image, o.push, ctx);
    return exit_ok;
  }
  std::vector<package::PackageItem> items;
  for (const auto& layer : image.layers)
    items.push_back(
        {layer.descriptor.media_type, layer.descriptor.size_bytes, layer.descriptor.digest});
  items.push_back({image.config.descriptor.media_type, image.config.descriptor.size_bytes,
                   image.config.descriptor.digest});
  auto document = package_document("push", pushed.target, pushed.size_bytes,
                                   image.manifest.descriptor.digest, items_value(items));
  add_push(pushed, image, o.push, document);
  ctx.print(document);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("IMAGE", o->image, "Image to send: an OCI layout, or a tar of one").required();
  args.value("TARGET", o->push.target, "docker://HOST/REPOSITORY:TAG").required();
  args.value("--reference", o->reference, "Which one, where IMAGE holds several").metavar("NAME");
  add_push_options(args, o->push);
  add_limit_options(args, o->limits);
  add_remote_options(args);
  return [o](Context& ctx) {
    if (!is_registry(o->push.target))
      throw Error(Fault::usage, "TARGET: '" + printable(o->push.target) + "' is no registry",
                  "write it as docker://HOST/REPOSITORY:TAG");
    validate(o->push);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_push;
const Command package_push{"package push", "Send a container image to a registry", declare};
} // namespace mlopsctl::commands
