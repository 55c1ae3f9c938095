// SPDX-License-Identifier: Apache-2.0
// serve lambda: a model package as a function of AWS Lambda.
#include "commands/command.hpp"
#include "commands/engine_options.hpp"
#include "commands/remote_options.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "serving/fetched_model.hpp"
#include "serving/lambda_loop.hpp"

namespace mlopsctl::commands {
namespace {

constexpr const char* k_address = "AWS_LAMBDA_RUNTIME_API";

struct Options {
  std::string model;
  std::string digest;
  std::string table;
  std::string key = "id";
  std::optional<int> retention_days;
  EngineChoice engine;
};

void validate(const Options& o) {
  const bool is_remote = o.model.starts_with("s3://");
  if (is_remote && o.digest.empty())
    throw Error(Fault::usage, "--model: " + o.model + " is not taken without --model-digest",
                "give the digest that 'mlopsctl package model' printed");
  if (o.retention_days && *o.retention_days < 1)
    throw Error(Fault::usage,
                "--retention-days: " + std::to_string(*o.retention_days) + " is not 1 or more");
}

serving::LambdaFunction start(const Options& o, const Context& ctx) {
  apply_engine_choice(o.engine);
  auto table = o.table.empty() ? nullptr : storage::open_item_table(o.table, o.key);
  const auto package = o.digest.empty() ? package::open_model(o.model, ctx.options.set)
                                        : serving::fetch_model(o.model, o.digest, ctx.options.set);
  auto model = inference::Model::load(package, {o.engine.name, o.engine.threads});
  return {std::move(model), package.digest, {std::move(table), o.retention_days}};
}

int run(const Options& o, Context& ctx) {
  const auto address = ctx.environment(k_address);
  if (!address || address->empty())
    throw Error(Fault::usage, std::string(k_address) + " is not set: this is no Lambda function",
                "Lambda sets it; 'mlopsctl package lambda' makes a function");
  serving::LambdaApi api(*address);
  std::optional<serving::LambdaFunction> function;
  try {
    function.emplace(start(o, ctx));
  } catch (const Error& error) {
    api.fail_init("Runtime.InitError", error.what());
    throw;
  }
  serving::run_lambda_loop(api, *function);
  return exit_ok;
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("--model", o->model, "Model package: a folder or archive with model.yaml, or s3://")
      .metavar("PATH")
      .required();
  args.value("--model-digest", o->digest, "Digest of the archive at --model").metavar("sha256:...");
  args.value("--table", o->table, "Where predictions of stored pictures are kept")
      .metavar("dynamodb://NAME");
  args.value("--partition-key", o->key, "Partition key of the table, which gets the item's id")
      .metavar("NAME");
  args.value("--retention-days", o->retention_days,
             "Items carry the end of their life in 'expires_at', so many days from now")
      .metavar("N");
  add_engine_options(args, o->engine, "Threads of the engine");
  add_remote_options(args);
  return [o](Context& ctx) {
    validate(*o);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command serve_lambda;
const Command serve_lambda{"serve lambda", "Answer for pictures as a function of AWS Lambda",
                           declare};
} // namespace mlopsctl::commands
