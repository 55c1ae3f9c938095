// SPDX-License-Identifier: Apache-2.0
// package verify: is a package whole and safe, and does model.yaml fit the weights?
#include "package/verify.hpp"

#include "commands/command.hpp"
#include "commands/package/image_report.hpp"
#include "commands/package/result.hpp"
#include "commands/remote_options.hpp"
#include "core/io.hpp"
#include "core/text.hpp"
#include "formats/archive/oci_layout.hpp"

#include <algorithm>
#include <ostream>

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string path;
  std::string target; ///< who should start an image; empty: nobody in particular
  LimitOptions limits;
};

int run(const Options& o, Context& ctx) {
  if (formats::image_kind_of(o.path))
    return verify_image(o.path, limits_of(o.limits).archive, o.target, ctx);
  if (!o.target.empty() && (is_file(o.path) || is_folder(o.path)))
    throw Error(Fault::usage, "--for: " + o.path + " is no container image",
                "leave --for out to check a model package");
  const auto result = package::verify_package(o.path, limits_of(o.limits));
  const int code = result.is_ok() ? exit_ok : exit_not_met;
  const auto& inspection = result.inspection;
  if (ctx.options.json) {
    auto document = package_document("verify", o.path, inspection.size_bytes, inspection.digest,
                                     items_value(inspection.items));
    document["package_digest"] = result.package_digest;
    document["ok"] = result.is_ok();
    document["findings"] = to_value(result.findings);
    ctx.print(document);
    return code;
  }
  print_findings(result.findings, ctx);
  const auto errors =
      std::count_if(result.findings.begin(), result.findings.end(),
                    [](const Problem& finding) { return finding.severity == Severity::error; });
  ctx.say(o.path + ": " +
          (result.is_ok()
               ? "good, " + std::to_string(inspection.items.size()) +
                     (inspection.items.size() == 1 ? " file, digest " : " files, digest ") +
                     inspection.digest
               : "not good, " + std::to_string(errors) + (errors == 1 ? " error" : " errors")));
  return code;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("PATH", o->path, "Folder or archive with model.yaml, or a container image").required();
  args.value("--for", o->target, "Of an image: would this service start it?").choices({"lambda"});
  add_limit_options(args, o->limits);
  add_remote_options(args);
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command package_verify;
const Command package_verify{
    "package verify", "Check a package: safe, whole, and model.yaml fits the weights", declare};
} // namespace mlopsctl::commands
