// SPDX-License-Identifier: Apache-2.0
// config trust: accept exactly this mlops.yaml, so that it may also set library paths, endpoints
// and keys.
#include "commands/trust.hpp"

#include "commands/command.hpp"

namespace mlopsctl::commands {
namespace {

struct Options {
  std::string path = "mlops.yaml";
};

int run(const Options& o, Context& ctx) {
  const std::string digest = trust_file(o.path, ctx.environment);
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.config.trust/1";
    document["path"] = o.path;
    document["digest"] = digest;
    ctx.print(document);
  }
  ctx.say(o.path + " is trusted as it is now (" + digest + "); any change to it ends that");
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("FILE", o->path, "Project file to accept").default_text("mlops.yaml");
  return [o](Context& ctx) { return run(*o, ctx); };
}

} // namespace
extern const Command config_trust;
const Command config_trust{"config trust",
                           "Accept a project's mlops.yaml for settings that are refused otherwise",
                           declare};
} // namespace mlopsctl::commands
