// SPDX-License-Identifier: Apache-2.0
#include "commands/serve/emulation.hpp"

#include "core/log.hpp"
#include "core/program.hpp"
#include "core/temporary_folder.hpp"
#include "core/text.hpp"
#include "package/lambda_bundle.hpp"
#include "serving/lambda/event_files.hpp"
#include "serving/lambda/function_package.hpp"

#include <algorithm>
#include <ostream>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mlopsctl::commands {
namespace {

constexpr const char* k_section = "Emulation";

void check_range(const char* flag, double value, int least, int most) {
  if (!(value >= least && value <= most))
    throw Error(Fault::usage,
                std::string(flag) + ": " + number(value) + " is not from " + std::to_string(least) +
                    " to " + std::to_string(most),
                "these are Lambda's own limits");
}

/// A function gets what its configuration says, and not what happens to be set here: what is ours
/// or AWS's, and what was named.
std::vector<std::string> environment_of(const EmulationOptions& o) {
  std::vector<std::string> chosen;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string variable = *entry;
    const auto name = variable.substr(0, variable.find('='));
    const bool is_named = std::find(o.environment_names.begin(), o.environment_names.end(), name) !=
                          o.environment_names.end();
    // What this very command took from there is among its words.
    const bool is_of_command = o.package.empty() && name.starts_with("MLOPSCTL_SERVE_LAMBDA_");
    if (is_named || ((name.starts_with("AWS_") || name.starts_with("MLOPSCTL_")) &&
                     !name.starts_with("AWS_LAMBDA_") && !is_of_command))
      chosen.push_back(variable);
  }
  return chosen;
}

/// A function's role gives it credentials; here they are the user's.
void add_profile_files(const Context& ctx, std::vector<std::string>& environment) {
  const auto home = ctx.environment("HOME");
  for (const auto& [name, file] : {std::pair{"AWS_CONFIG_FILE", "/.aws/config"},
                                   {"AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials"}})
    if (home && !ctx.environment(name) && is_file(*home + file))
      environment.push_back(std::string(name) + "=" + *home + file);
}

serving::EmulatedFunction function_of(const EmulationOptions& o, const OwnFunction& own,
                                      const fs::path& folder, const Context& ctx) {
  serving::EmulatedFunction function;
  function.task_folder = folder / "task";
  function.root = folder / "root";
  fs::create_directory(function.task_folder);
  fs::create_directory(function.root);
  function.environment = environment_of(o);
  add_profile_files(ctx, function.environment);
  if (!o.package.empty()) {
    serving::unpack_function(o.package, function.task_folder);
    function.words = {package::k_bootstrap};
    function.environment.emplace_back("LD_LIBRARY_PATH=/lib64:/usr/lib64:/var/runtime:/var/runtime/"
                                      "lib:/var/task:/var/task/lib:/opt/lib");
    return function;
  }
  function.words = {restart_path().string()};
  function.words.insert(function.words.end(), own.arguments.begin(), own.arguments.end());
  function.visible = own.visible;
  function.visible.push_back(program_path().parent_path());
  return function;
}

/// The line that Lambda writes into the log.
std::string report_line(const serving::EmulatedReply& reply,
                        const serving::EmulatedLimits& limits) {
  std::string line = "REPORT RequestId: " + reply.request_id +
                     " Duration: " + fixed(reply.duration_ms, 2) +
                     " ms Billed Duration: " + fixed(reply.billed_ms, 0) +
                     " ms Memory Size: " + std::to_string(limits.memory_mb) +
                     " MB Max Memory Used: " + std::to_string(reply.max_memory_mb) + " MB";
  if (reply.init_ms)
    line += " Init Duration: " + fixed(*reply.init_ms, 2) + " ms";
  if (reply.status != serving::EmulatedReply::Status::ok)
    line += " Status: " + std::string(serving::status_name(reply.status));
  return line;
}

/// What a function sends may be no JSON at all.
Value body_value(const std::string& body) {
  try {
    return parse_json(body, "reply");
  } catch (const Error&) {
    return body;
  }
}

Value event_value(const std::string& name, const serving::EmulatedReply& reply) {
  Value value = Value::object();
  value["event"] = name;
  value["request_id"] = reply.request_id;
  value["status"] = serving::status_name(reply.status);
  value["duration_ms"] = reply.duration_ms;
  value["billed_ms"] = reply.billed_ms;
  value["init_ms"] = reply.init_ms ? Value(*reply.init_ms) : Value();
  value["max_memory_mb"] = reply.max_memory_mb;
  value["reply"] = body_value(reply.body);
  return value;
}

} // namespace

void add_emulation_options(Args& args, EmulationOptions& o) {
  args.flag("--emulate", o.is_asked,
            "Be Lambda on this machine: start the function and call it with each EVENT")
      .section(k_section);
  args.value("EVENT", o.events, "Event, a list of events, or one a line, as JSON; - is stdin");
  // Guarded: a cloned project could run a program of its own, and hand it the user's secrets.
  args.value("--package", o.package, "The function's zip; without it --model is the function")
      .metavar("ZIP")
      .section(k_section)
      .guarded();
  args.value("--memory-mb", o.limits.memory_mb, "Over it the function is killed")
      .metavar("N")
      .section(k_section);
  args.value("--timeout-s", o.limits.timeout_s, "Longer than it an event may not take")
      .metavar("N")
      .section(k_section);
  args.value("--tmp-mb", o.limits.tmp_mb, "Size of the function's /tmp")
      .metavar("N")
      .section(k_section);
  args.list("--env", o.environment_names,
            "Variables that the function gets, too, beside AWS_* and MLOPSCTL_*")
      .metavar("NAME,NAME")
      .section(k_section)
      .guarded();
}

void check_emulation(const EmulationOptions& o) {
  if (!o.is_asked && (!o.events.empty() || !o.package.empty()))
    throw Error(Fault::usage,
                o.events.empty() ? "--package is for --emulate" : "an EVENT is for --emulate",
                "on Lambda events come from the runtime API");
  if (!o.is_asked)
    return;
  if (o.events.empty())
    throw Error(Fault::usage, "--emulate: there is no EVENT", "name files with events, or -");
  using namespace package;
  check_range("--memory-mb", o.limits.memory_mb, k_lambda_least_memory_mb, k_lambda_most_memory_mb);
  check_range("--timeout-s", o.limits.timeout_s, 1, k_lambda_most_timeout_s);
  check_range("--tmp-mb", o.limits.tmp_mb, k_lambda_least_tmp_mb, k_lambda_most_tmp_mb);
}

int emulate(const EmulationOptions& o, const OwnFunction& own, Context& ctx) {
  const auto events = serving::read_events(o.events);
  const TemporaryFolder folder;
  serving::LambdaEmulator emulator(function_of(o, own, folder.path(), ctx), o.limits);
  std::int64_t failed = 0;
  Value document = Value::object();
  document["schema"] = "mlopsctl.serve.lambda/1";
  document["events"] = Value::array();
  for (const auto& event : events) {
    const auto reply = emulator.call(event.json);
    failed += reply.status == serving::EmulatedReply::Status::ok ? 0 : 1;
    log::info(event.name + ": " + report_line(reply, o.limits));
    if (!ctx.options.json)
      ctx.out << trim(reply.body) << '\n' << std::flush;
    document["events"].push(event_value(event.name, reply));
  }
  if (ctx.options.json) {
    document["failed"] = failed;
    document["memory_mb"] = o.limits.memory_mb;
    document["timeout_s"] = o.limits.timeout_s;
    document["tmp_mb"] = o.limits.tmp_mb;
    document["sandboxed"] = emulator.sandbox_fault().empty();
    ctx.print(document);
  }
  return failed == 0 ? exit_ok : exit_failed;
}

} // namespace mlopsctl::commands
