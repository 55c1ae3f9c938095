// SPDX-License-Identifier: Apache-2.0
// serve http: a model package as a service that answers for pictures over HTTP.
#include "commands/command.hpp"
#include "commands/engine_options.hpp"
#include "commands/remote_options.hpp"
#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/log.hpp"
#include "core/parallel.hpp"
#include "core/text.hpp"
#include "inference/engine.hpp"
#include "serving/http/infer_service.hpp"
#include "serving/http/listen.hpp"
#include "serving/http/server.hpp"

#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>

namespace mlopsctl::commands {
namespace {

constexpr int k_most_workers = 1024;
constexpr std::int64_t k_most_queue = 1'000'000;
constexpr std::int64_t k_most_connections = 1'000'000;
constexpr std::uint64_t k_pixels = 50'000'000; // of a picture: what a stranger may make us decode

struct Options {
  std::string model;
  std::string listen = "127.0.0.1:8080";
  std::string layout = "plain";
  std::string box_order = "yxyx";
  std::string token_file, tls_cert, tls_key;
  std::vector<std::string> hosts;
  bool allow_anonymous = false;
  bool behind_proxy = false;
  EngineChoice engine;
  int workers = 0; // 0: as many as there are cores for
  std::int64_t queue = 64;
  std::int64_t max_connections = 4096;
  std::optional<double> client_timeout_s, idle_timeout_s, drain_s;
};

void validate(const Options& o) {
  const auto check = [](const std::string& flag, std::int64_t value, std::int64_t least,
                        std::int64_t most) {
    if (value < least || value > most)
      throw Error(Fault::usage, flag + ": " + std::to_string(value) + " is not from " +
                                    std::to_string(least) + " to " + std::to_string(most));
  };
  check("--workers", o.workers, 0, k_most_workers);
  check("--queue", o.queue, 1, k_most_queue);
  check("--max-connections", o.max_connections, 1, k_most_connections);
  if (o.tls_cert.empty() != o.tls_key.empty())
    throw Error(Fault::usage, o.tls_cert.empty() ? "--tls-key: there is no --tls-cert"
                                                 : "--tls-cert: there is no --tls-key");
  if (o.box_order != "yxyx" && o.layout != "bounding-boxes")
    throw Error(Fault::usage, "--box-order is for --layout bounding-boxes");
}

serving::ServerOptions server_options(const Options& o) {
  const auto listen = serving::parse_listen(o.listen);
  serving::check_protection(
      listen, {!o.token_file.empty(), !o.tls_cert.empty(), o.allow_anonymous, o.behind_proxy});
  serving::ServerOptions options;
  options.address = listen.address;
  options.port = listen.port;
  options.tls_certificate = o.tls_cert;
  options.tls_key = o.tls_key;
  options.connections = static_cast<std::size_t>(o.max_connections);
  options.body_bytes = limit(Limit::request_bytes);
  options.all_bodies_bytes = std::max(options.all_bodies_bytes, 8 * options.body_bytes);
  options.client_timeout_s = o.client_timeout_s.value_or(options.client_timeout_s);
  options.idle_timeout_s = o.idle_timeout_s.value_or(options.idle_timeout_s);
  return options;
}

/// Workers times threads are the cores, unless both are given.
serving::ServiceOptions service_options(const Options& o) {
  serving::ServiceOptions options;
  if (!o.token_file.empty())
    options.access.token = serving::read_token(o.token_file);
  options.access.hosts = o.hosts;
  if (o.layout == "bounding-boxes")
    options.style = {serving::Layout::bounding_boxes,
                     o.box_order == "xyxy" ? serving::BoxOrder::xyxy : serving::BoxOrder::yxyx};
  options.engine = o.engine.name;
  const int cores = default_jobs();
  const int threads = o.engine.threads;
  options.workers = o.workers > 0 ? o.workers : std::max(1, cores / std::max(1, threads));
  options.threads = threads > 0 ? threads : std::max(1, cores / options.workers);
  options.queue = static_cast<std::size_t>(o.queue);
  return options;
}

package::ModelPackage open_package(const Options& o, const Context& ctx) {
  auto package = package::open_model(o.model, ctx.options.set);
  if (o.layout == "bounding-boxes" && (package.spec.task != package::Task::detection ||
                                       package.spec.decoder.kind == package::k_raw))
    throw Error(Fault::usage, "--layout bounding-boxes: " + o.model + " finds no boxes",
                "leave --layout out");
  return package;
}

void announce(const Context& ctx, const std::string& url, const package::ModelPackage& package,
              const serving::ServiceOptions& service, const std::string& engine) {
  const auto& spec = package.spec;
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.serve.http/1";
    document["url"] = url;
    document["model"] = spec.name;
    document["version"] = spec.version;
    document["digest"] = package.digest;
    document["engine"] = engine;
    document["workers"] = service.workers;
    document["threads"] = service.threads;
    ctx.print(document);
  }
  ctx.say("ready: " + spec.name + " " + spec.version + " on " + engine + ", " +
          std::to_string(service.workers) + " workers with " + std::to_string(service.threads) +
          " threads");
  ctx.out.flush();
}

/// Accepted requests are answered. \return the exit code.
int drain(const Options& o, serving::HttpServer& server, serving::InferService& service) {
  const double seconds = o.drain_s.value_or(10);
  service.refuse_new();
  if (server.drain(seconds))
    return exit_ok;
  log::warn("requests that were still under way after --drain " + number(seconds) +
            " s were cut off");
  return exit_failed;
}

int run(const Options& o, Context& ctx) {
  const auto listen = server_options(o);
  const auto options = service_options(o);
  const auto engine = inference::preload_engine(o.engine.name);
  serving::InferService service(options);
  serving::HttpServer server(listen, service);
  service.watch(server);
  ctx.say("listening on " + server.url());
  ctx.out.flush();
  {
    const auto package = open_package(o, ctx);
    service.load(package);
    announce(ctx, server.url(), package, options, service.engine());
  }
  while (interrupt_requested() == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return drain(o, server, service);
}

void add_network_options(Args& args, Options& o) {
  const auto add = [&](const char* name, auto& target, const char* help) -> Arg& {
    return args.value(name, target, help).section("Network").guarded();
  };
  add("--listen", o.listen, "Address of this machine, and port (0: any that is free)")
      .metavar("ADDRESS:PORT");
  add("--token-file", o.token_file, "File with the token that requests must carry").metavar("FILE");
  add("--tls-cert", o.tls_cert, "Serve HTTPS: certificate with its chain, PEM").metavar("FILE");
  add("--tls-key", o.tls_key, "Its key, PEM, not encrypted").metavar("FILE");
  args.list("--allow-host", o.hosts, "Names that clients may call this service by")
      .metavar("NAME,...")
      .section("Network")
      .guarded();
  const auto flag = [&](const char* name, bool& target, const char* help) {
    args.flag(name, target, help).section("Network").guarded();
  };
  flag("--allow-anonymous", o.allow_anonymous, "Let anybody who reaches the address use it");
  flag("--behind-proxy", o.behind_proxy, "Something in front does TLS and asks who it is");
}

void add_limit_options(Args& args, Options& o) {
  args.value("--queue", o.queue, "Pictures that may wait; more get 429").section("Limits");
  args.value("--max-connections", o.max_connections, "Open at once").section("Limits");
  args.duration("--client-timeout", o.client_timeout_s,
                "Time for a client to send a request, and to take its reply")
      .default_text("30s")
      .section("Limits");
  args.duration("--idle-timeout", o.idle_timeout_s, "Time between two requests of a connection")
      .default_text("60s")
      .section("Limits");
  args.duration("--drain", o.drain_s, "Time for accepted requests after SIGTERM or Ctrl-C")
      .default_text("10s")
      .section("Limits");
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("--model", o->model, "Model package: a folder or archive with model.yaml")
      .metavar("PATH")
      .required();
  args.value("--layout", o->layout, "What replies look like").choices({"plain", "bounding-boxes"});
  args.value("--box-order", o->box_order, "Numbers of a bounding box").choices({"yxyx", "xyxy"});
  args.value("--workers", o->workers, "Pictures at once, each with an engine of its own")
      .default_text("cores / threads");
  add_engine_options(args, o->engine, "Threads of each worker's engine", "cores / workers");
  add_network_options(args, *o);
  add_limit_options(args, *o);
  add_remote_options(args);
  return [o](Context& ctx) {
    validate(*o);
    set_default_limit(Limit::pixels, k_pixels);
    apply_engine_choice(o->engine);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command serve_http;
const Command serve_http{"serve http", "Answer for pictures over HTTP", declare};
} // namespace mlopsctl::commands
