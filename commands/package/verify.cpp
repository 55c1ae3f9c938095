// SPDX-License-Identifier: Apache-2.0
// package verify: is a package whole and safe, and does model.yaml fit the weights?
#include "package/verify.hpp"

#include "commands/command.hpp"
#include "commands/package/image_report.hpp"
#include "commands/package/result.hpp"
#include "commands/package/signing.hpp"
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
  VerifyKeyOptions signature;
  LimitOptions limits;
};

int run(const Options& o, Context& ctx) {
  if (formats::image_kind_of(o.path))
    return verify_image(o.path, limits_of(o.limits).archive, o.target, o.signature, ctx);
  auto result = package::verify_package(o.path, limits_of(o.limits));
  if (!o.target.empty())
    package::add_refusals(package::fits_of(result.inspection), o.target + "-zip", o.path,
                          result.findings);
  const auto of_signature =
      check_signature(o.signature, o.path, digest_list(result.inspection.items));
  result.findings.insert(result.findings.end(), of_signature.begin(), of_signature.end());
  const int code = result.is_ok() ? exit_ok : exit_not_met;
  const auto& inspection = result.inspection;
  if (ctx.options.json) {
    auto document = package_document("verify", o.path, inspection.size_bytes, inspection.digest,
                                     items_value(inspection.items));
    document["package_digest"] = result.package_digest;
    document["ok"] = result.is_ok();
    document["signed"] = signed_value(o.signature, of_signature);
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
                     inspection.digest + (o.signature.key.empty() ? "" : ", signed")
               : "not good, " + std::to_string(errors) + (errors == 1 ? " error" : " errors")));
  return code;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("PATH", o->path, "Folder or archive with model.yaml, or a container image").required();
  args.value("--for", o->target, "Would this service take it, too?").choices({"lambda"});
  add_verify_key_options(args, o->signature);
  add_limit_options(args, o->limits);
  add_remote_options(args);
  return [o](Context& ctx) {
    validate(o->signature);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command package_verify;
const Command package_verify{
    "package verify", "Check a package: safe, whole, and model.yaml fits the weights", declare};
} // namespace mlopsctl::commands
