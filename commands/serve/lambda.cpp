// SPDX-License-Identifier: Apache-2.0
// serve lambda: a model package as a function of AWS Lambda.
#include "commands/command.hpp"
#include "commands/engine_options.hpp"
#include "commands/remote_options.hpp"
#include "commands/serve/emulation.hpp"
#include "commands/serve/scheduled_bench.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "serving/fetched_model.hpp"
#include "serving/lambda/loop.hpp"
#include "storage/remote.hpp"

#include <filesystem>

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
  TruthOptions data;
  std::string lookup, lookup_key = "name";
  EmulationOptions emulation;
};

bool is_remote(const std::string& name) {
  return name.starts_with("s3://");
}

void validate(const Options& o) {
  check_emulation(o.emulation);
  if (o.model.empty() && o.emulation.package.empty())
    throw Error(Fault::usage, "--model is missing", "name a model package");
  if (is_remote(o.model) && o.digest.empty())
    throw Error(Fault::usage, "--model: " + o.model + " is not taken without --model-digest",
                "give the digest that 'mlopsctl package model' printed");
  if (o.retention_days && *o.retention_days < 1)
    throw Error(Fault::usage,
                "--retention-days: " + std::to_string(*o.retention_days) + " is not 1 or more");
}

serving::LambdaFunction start(const Options& o, const Context& ctx) {
  apply_engine_choice(o.engine);
  serving::FunctionParts parts;
  const bool keeps_items = !o.table.empty() && o.data.path.empty();
  if (keeps_items)
    parts.store = {storage::open_item_table(o.table, o.key), o.retention_days};
  if (!o.lookup.empty())
    parts.records = storage::open_record_table(o.lookup, o.lookup_key);
  const auto package = o.digest.empty() ? package::open_model(o.model, ctx.options.set)
                                        : serving::fetch_model(o.model, o.digest, ctx.options.set);
  auto model = inference::Model::load(package, {o.engine.name, o.engine.threads});
  if (!o.data.path.empty())
    parts.on_schedule = scheduled_bench({o.data, o.engine, o.table}, package, ctx);
  return {std::move(model), package.digest, std::move(parts)};
}

/// What starts this very function once more, in a process of its own.
OwnFunction own_function(const Options& o, const Context& ctx) {
  OwnFunction own{{"serve", "lambda"}, {}};
  const auto add = [&](const std::string& name, const std::string& value) {
    if (!value.empty())
      own.arguments.insert(own.arguments.end(), {name, value});
  };
  const auto add_path = [&](const std::string& name, const std::string& path) {
    if (path.empty())
      return;
    own.visible.push_back(std::filesystem::absolute(path));
    add(name, own.visible.back().string());
  };
  const auto add_name = [&](const std::string& name, const std::string& place) {
    is_remote(place) ? add(name, place) : add_path(name, place);
  };
  add_name("--model", o.model);
  add_name("--data", o.data.path);
  if (!o.data.path.empty() && !is_remote(o.data.path)) // its pictures lie beside it
    own.visible.push_back(std::filesystem::absolute(o.data.path).parent_path());
  add_name("--images", o.data.images);
  add("--from", o.data.from);
  add("--label-attribute", o.data.label_attribute);
  add("--voc-base", std::to_string(o.data.voc_base));
  add("--model-digest", o.digest);
  add("--table", o.table);
  add("--partition-key", o.key);
  add("--retention-days", o.retention_days ? std::to_string(*o.retention_days) : "");
  add("--lookup", o.lookup);
  add("--lookup-key", o.lookup_key);
  add("--engine", o.engine.name);
  add("--threads", std::to_string(o.engine.threads));
  add_path("--onnxruntime", o.engine.onnxruntime.empty()
                                ? ctx.environment("MLOPSCTL_ONNXRUNTIME").value_or("")
                                : o.engine.onnxruntime);
  const auto& remote = storage::remote_options();
  add("--region", remote.region);
  add("--profile", remote.profile);
  add("--endpoint-url", remote.endpoint_url);
  if (remote.plain_http)
    own.arguments.emplace_back("--plain-http");
  for (const auto& value : ctx.options.set)
    add("--set", value);
  return own;
}

int run(const Options& o, Context& ctx) {
  if (o.emulation.is_asked)
    return emulate(o.emulation, own_function(o, ctx), ctx);
  const auto address = ctx.environment(k_address);
  if (!address || address->empty())
    throw Error(
        Fault::usage, std::string(k_address) + " is not set: this is no Lambda function",
        "Lambda sets it; 'mlopsctl package lambda' makes a function, and --emulate tries it");
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
      .metavar("PATH");
  args.value("--model-digest", o->digest, "Digest of the archive at --model").metavar("sha256:...");
  args.value("--table", o->table,
             "Where predictions of stored pictures are kept; with --data the table of its rows")
      .metavar("dynamodb://NAME");
  args.value("--partition-key", o->key, "Partition key of the table, which gets the item's id")
      .metavar("NAME");
  args.value("--retention-days", o->retention_days,
             "Items carry the end of their life in 'expires_at', so many days from now")
      .metavar("N");
  args.value("--lookup", o->lookup,
             "Table of what is known of a name: the reply to a direct call has the record of the "
             "best label")
      .metavar("dynamodb://NAME");
  args.value("--lookup-key", o->lookup_key, "Partition key of that table").metavar("NAME");
  add_truth_options(args, o->data, "--data", /*is_required=*/false);
  add_engine_options(args, o->engine, "Threads of the engine");
  add_remote_options(args);
  add_emulation_options(args, o->emulation);
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
