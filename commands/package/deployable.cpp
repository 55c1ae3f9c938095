// SPDX-License-Identifier: Apache-2.0
// package deployable: what a SageMaker training job leaves becomes a package that can be run.
#include "package/deployable.hpp"

#include "commands/command.hpp"
#include "commands/package/result.hpp"
#include "commands/package/signing.hpp"
#include "commands/remote_options.hpp"
#include "core/text.hpp"
#include "package/draft.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string sign; // private key; empty: not signed
  std::string training, output, labels;
  std::string to = "mxnet";
  package::DeployableOptions deployable;
};

void validate(const Options& o) {
  refuse_other_archive_names(o.output);
  const auto& options = o.deployable;
  if (options.nms_threshold && (*options.nms_threshold <= 0 || *options.nms_threshold > 1))
    throw Error(Fault::usage, "--nms-threshold: " + number(*options.nms_threshold) +
                                  " is not above 0 and up to 1");
  if (options.nms_topk && (*options.nms_topk < 1 || *options.nms_topk > 1'000'000))
    throw Error(Fault::usage,
                "--nms-topk: " + std::to_string(*options.nms_topk) + " is not from 1 to 1000000");
  if (options.image_shape_px && (*options.image_shape_px < 1 || *options.image_shape_px > 8192))
    throw Error(Fault::usage, "--image-shape: " + std::to_string(*options.image_shape_px) +
                                  " is not from 1 to 8192");
}

int run(const Options& o, Context& ctx) {
  auto options = o.deployable;
  options.is_onnx = o.to == "onnx";
  if (!o.labels.empty())
    options.labels = package::read_label_lines(o.labels);
  SignatureFile signature(o.sign, o.output, ctx);
  const auto packed =
      package::pack_deployable(o.training, options, o.output, ctx.existing(), ctx.jobs());
  signature.write(digest_list(packed.archive.items));
  print_problems(ctx, packed.warnings);
  if (o.output == "-")
    return exit_ok; // stdout is the archive
  const auto& archive = packed.archive;
  const auto classes = static_cast<std::int64_t>(packed.spec.labels.size());
  if (ctx.options.json) {
    auto document = package_document("deployable", o.output, archive);
    document["package_digest"] = packed.package_digest;
    document["format"] = packed.spec.format;
    document["classes"] = classes;
    document["problems"] = to_value(packed.warnings);
    ctx.print(document);
    return exit_ok;
  }
  say_items(archive, ctx);
  const auto side = std::to_string(packed.spec.input.width);
  ctx.say(o.output + ": " + bytes_for_people(archive.size_bytes) + ", " + packed.spec.format +
          ", " + side + "x" + side + ", " + std::to_string(classes) + " classes, digest " +
          archive.digest);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  auto& options = o->deployable;
  args.value("TRAINING", o->training,
             "The job's model.tar.gz, or a folder with its files (SageMaker's object detection)")
      .required();
  args.output(o->output, "Package to write, a .tar.gz").required();
  args.value("--to", o->to, "Form of the graph").choices({"mxnet", "onnx"});
  args.value("--labels", o->labels, "Class names, one a line, in the order of the class ids")
      .metavar("FILE");
  args.value("--name", options.name, "Name of the model (default: that of its files)")
      .metavar("NAME");
  args.value("--licence", options.licence, "Licence of the weights").metavar("NAME");
  args.value("--image-shape", options.image_shape_px,
             "Side of the pictures that it takes (default: the job's image_shape)")
      .metavar("PX");
  args.value("--nms-threshold", options.nms_threshold,
             "Overlap at which the better of two objects stays (default: the job's, else 0.5)")
      .metavar("R");
  args.value("--nms-topk", options.nms_topk,
             "So many of the best go into the suppression (default: the job's, else 400)")
      .metavar("N");
  args.flag("--per-class", options.is_per_class, "Objects of different classes both stay");
  add_sign_option(args, o->sign);
  add_remote_options(args);
  return [o](Context& ctx) {
    refuse_two_on_stdout(ctx, o->output);
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_deployable;
const Command package_deployable{"package deployable",
                                 "Make a SageMaker training job's detector ready to run", declare};
} // namespace mlopsctl::commands
