// SPDX-License-Identifier: Apache-2.0
// serve edge: a camera and a model package as a device that is spoken to over MQTT.
#include "commands/command.hpp"
#include "commands/engine_options.hpp"
#include "commands/remote_options.hpp"
#include "core/cache.hpp"
#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/log.hpp"
#include "core/text.hpp"
#include "serving/edge/configuration.hpp"
#include "serving/edge/device.hpp"
#include "serving/fetched_model.hpp"

#include <ostream>

namespace mlopsctl::commands {
namespace {

constexpr const char* k_drop_oldest = "drop-oldest";
constexpr std::uint64_t k_password_bytes = 4096;

struct Options {
  std::string model, model_digest;
  std::string core, configuration;
  std::string broker, client_id, ca, certificate, key, user, password_file;
  bool plain_mqtt = false;
  std::string camera, every;
  std::optional<double> duration_s, max_duration_s, drain_s, fps;
  std::optional<std::int64_t> max_frames;
  double assume_fps = 0;
  std::optional<std::pair<int, int>> camera_size;
  int quality = 95;
  std::string buffer, buffer_limit, on_full;
  std::vector<std::string> topics;
  std::string table, partition_key, pictures;
  std::optional<int> retention_days;
  EngineChoice engine;
};

const std::string& either(const std::string& flag, const std::string& configured) {
  return flag.empty() ? configured : flag;
}

serving::CameraOptions camera_options(const Options& o, const std::string& configured,
                                      const Context& ctx) {
  constexpr double k_default_s = 10, k_default_step_s = 1, k_longest_s = 3600;
  serving::CameraOptions options;
  options.source = either(o.camera, configured);
  if (options.source.empty())
    throw Error(Fault::usage, "there is no camera",
                "give --camera /dev/video0, rtsp://..., a file or pattern:shapes");
  options.source_options.jobs = ctx.jobs();
  options.source_options.assume_fps = o.assume_fps;
  options.source_options.camera_size = o.camera_size;
  options.longest_s = o.max_duration_s.value_or(k_longest_s);
  options.quality = o.quality;
  auto& selection = options.plan.selection;
  selection.duration_s = o.duration_s.value_or(std::min(k_default_s, options.longest_s));
  if (!o.every.empty())
    capture::parse_every(o.every, selection);
  else
    selection.step_s = o.fps ? 1 / *o.fps : k_default_step_s;
  options.plan.frames = o.max_frames;
  return options;
}

void validate(const Options& o) {
  if (o.fps && !o.every.empty())
    throw Error(Fault::usage, "--fps and --every exclude each other");
  if (o.fps && !(*o.fps > 0))
    throw Error(Fault::usage, "--fps: " + number(*o.fps) + " is not above 0");
  if (o.max_frames && *o.max_frames < 1)
    throw Error(Fault::usage, "--max-frames: " + std::to_string(*o.max_frames) + " is not above 0");
  if (o.quality < 1 || o.quality > 100)
    throw Error(Fault::usage, "--quality: " + std::to_string(o.quality) + " is not from 1 to 100");
  if (o.retention_days && *o.retention_days < 1)
    throw Error(Fault::usage,
                "--retention-days: " + std::to_string(*o.retention_days) + " is not 1 or more");
  if (o.certificate.empty() != o.key.empty())
    throw Error(Fault::usage, o.certificate.empty() ? "--key: there is no --certificate"
                                                    : "--certificate: there is no --key");
  if (o.user.empty() != o.password_file.empty())
    throw Error(Fault::usage, o.user.empty() ? "--password-file: there is no --user"
                                             : "--user: there is no --password-file");
}

net::MqttOptions mqtt_options(const Options& o, const serving::EdgeConfiguration& configured) {
  std::string url = o.broker;
  if (url.empty() && !configured.endpoint.empty())
    url = "mqtts://" + configured.endpoint;
  if (url.empty())
    throw Error(Fault::usage, "there is no broker",
                "give --broker mqtts://HOST; for IoT Core 'aws iot describe-endpoint "
                "--endpoint-type iot:Data-ATS' says which");
  net::MqttOptions options;
  options.broker = net::parse_mqtt_url(url, "--broker");
  if (options.broker.scheme == "mqtt" && !options.broker.is_this_machine() && !o.plain_mqtt)
    throw Error(Fault::usage,
                "--broker: " + url + " is another machine, and mqtt:// can be read on the way",
                "give mqtts://, or --plain-mqtt if that is meant");
  options.client_id = either(o.client_id, configured.client_id);
  if (options.client_id.empty())
    options.client_id = o.core + "-mlopsctl"; // as template edge-group calls it
  options.ca = either(o.ca, configured.ca);
  options.certificate = either(o.certificate, configured.certificate);
  options.key = either(o.key, configured.key);
  options.user = o.user;
  if (!o.password_file.empty())
    options.password = trim(read_file(o.password_file, k_password_bytes));
  options.message_bytes = limit(Limit::message_bytes);
  return options;
}

serving::BufferRules buffer_rules(const Options& o, const serving::EdgeConfiguration& configured) {
  serving::BufferRules rules;
  rules.limit_bytes = configured.buffer_bytes.value_or(rules.limit_bytes);
  if (!o.buffer_limit.empty()) {
    const auto bytes = parse_bytes(o.buffer_limit);
    if (!bytes || *bytes == 0)
      throw Error(Fault::usage,
                  "--buffer-limit: '" + printable(o.buffer_limit) + "' is not a size above 0",
                  "such as 500MB or 1GiB");
    rules.limit_bytes = *bytes;
  }
  const auto& on_full = either(o.on_full, configured.on_full);
  rules.when_full = on_full.empty() || on_full == k_drop_oldest ? serving::WhenFull::drop_oldest
                                                                : serving::WhenFull::stop;
  return rules;
}

std::string buffer_folder(const Options& o, const serving::EdgeConfiguration& configured,
                          const std::string& client_id) {
  const auto& given = either(o.buffer, configured.buffer);
  if (!given.empty())
    return given;
  const auto base = state_folder("edge");
  if (base.empty())
    throw Error(Fault::usage, "there is no place of this user for what waits to be sent",
                "name a folder with --buffer DIR");
  return base + "/" + client_id;
}

serving::EdgeOptions edge_options(const Options& o, const serving::EdgeConfiguration& configured,
                                  const Context& ctx) {
  serving::EdgeOptions options;
  options.core = o.core;
  options.topics = configured.topics;
  for (const auto& text : o.topics)
    serving::set_topic(options.topics, text);
  serving::check_topics(options.topics);
  options.mqtt = mqtt_options(o, configured);
  options.camera = camera_options(o, configured.camera, ctx);
  options.buffer = buffer_folder(o, configured, options.mqtt.client_id);
  options.rules = buffer_rules(o, configured);
  options.table_name = either(o.table, configured.table);
  if (!options.table_name.empty()) {
    const auto& key = either(o.partition_key, configured.partition_key);
    options.table = storage::open_item_table(options.table_name, key.empty() ? "id" : key);
  }
  options.retention_days = o.retention_days ? o.retention_days : configured.retention_days;
  if (!o.pictures.empty())
    options.pictures = storage::open_store(o.pictures);
  return options;
}

package::ModelPackage open_package(const Options& o, const std::string& configured_digest,
                                   const Context& ctx) {
  const auto& digest = either(o.model_digest, configured_digest);
  if (o.model.starts_with("s3://") && digest.empty())
    throw Error(Fault::usage, "--model: " + o.model + " is not taken without --model-digest",
                "give the digest that 'mlopsctl package model' printed");
  // A folder was unpacked, and its archive checked, by whoever put it there.
  if (digest.empty() || is_folder(o.model))
    return package::open_model(o.model, ctx.options.set);
  return serving::fetch_model(o.model, digest, ctx.options.set);
}

void announce(const Context& ctx, const Options& o, const net::MqttOptions& mqtt,
              const package::ModelSpec& spec, const std::string& engine) {
  const auto url = mqtt.broker.scheme + "://" + mqtt.broker.authority();
  if (ctx.options.json) {
    Value document = Value::object();
    document["schema"] = "mlopsctl.serve.edge/1";
    document["core"] = o.core;
    document["broker"] = url;
    document["client_id"] = mqtt.client_id;
    document["model"] = spec.name;
    document["version"] = spec.version;
    document["engine"] = engine;
    ctx.print(document);
  }
  ctx.say("ready: " + spec.name + " " + spec.version + " on " + engine + ", as " + mqtt.client_id +
          " at " + url);
  ctx.out.flush();
}

int run(const Options& o, Context& ctx) {
  constexpr double k_connect_s = 10, k_drain_s = 10;
  serving::EdgeConfiguration configured;
  if (!o.configuration.empty())
    configured = serving::parse_edge_configuration(o.configuration, o.core);
  auto options = edge_options(o, configured, ctx);
  const auto mqtt = options.mqtt;
  const auto package = open_package(o, configured.model_digest, ctx);
  auto model = inference::Model::load(package, {o.engine.name, o.engine.threads});
  const auto engine = model.engine();
  serving::EdgeDevice device(std::move(options), std::move(model), package.digest);
  device.begin(k_connect_s);
  announce(ctx, o, mqtt, package.spec, engine);
  device.run();
  if (!device.drain(o.drain_s.value_or(k_drain_s)))
    log::warn(device.waiting() + "; the next start goes on with them");
  return exit_ok;
}

void add_broker_options(Args& args, Options& o) {
  const auto add = [&](const char* name, auto& target, const char* help) -> Arg& {
    return args.value(name, target, help).section("Broker").guarded();
  };
  add("--broker", o.broker, "MQTT 5 broker, mqtts://HOST[:PORT]; mqtt:// to this machine only")
      .metavar("URL");
  add("--client-id", o.client_id,
      "Never the device's own: two clients of one id exclude each other")
      .metavar("NAME")
      .default_text("CORE-mlopsctl");
  add("--ca", o.ca, "Authorities that the broker's certificate is checked with, PEM")
      .metavar("FILE")
      .default_text("the system's");
  add("--certificate", o.certificate, "Certificate of this client, PEM").metavar("FILE");
  add("--key", o.key, "Its key, PEM, not encrypted").metavar("FILE");
  add("--user", o.user, "Name at the broker").metavar("NAME");
  add("--password-file", o.password_file, "File with the password").metavar("FILE");
  args.flag("--plain-mqtt", o.plain_mqtt, "Allow mqtt:// to other machines")
      .section("Broker")
      .guarded();
  args.list("--topics", o.topics,
            "Other topics: start, status, frames, results, predictions, stored")
      .metavar("KEY=TOPIC,...")
      .section("Broker");
}

void add_camera_options(Args& args, Options& o) {
  constexpr const char* k_section = "Camera";
  args.value("--camera", o.camera,
             "What 'mlopsctl capture' takes: /dev/video0, rtsp://, a file ...")
      .metavar("SOURCE")
      .section(k_section);
  args.duration("--duration", o.duration_s, "Of a start that does not say")
      .default_text("10s")
      .section(k_section);
  args.duration("--max-duration", o.max_duration_s, "Longer starts are refused")
      .default_text("1h")
      .section(k_section);
  args.value("--fps", o.fps, "Frames a second that are looked at")
      .metavar("R")
      .default_text("1")
      .section(k_section);
  args.value("--every", o.every, "Instead: every Nth frame, or one every 200ms")
      .metavar("N|TIME")
      .section(k_section);
  args.value("--max-frames", o.max_frames, "Frames of a start that does not say")
      .metavar("N")
      .section(k_section);
  args.size("--camera-size", o.camera_size, "Size to ask the camera for").section(k_section);
  args.value("--assume-fps", o.assume_fps, "Frame rate of a source without times")
      .metavar("R")
      .default_text("")
      .section(k_section);
  args.value("--quality", o.quality, "Of the JPEG pictures").section(k_section);
}

void add_buffer_options(Args& args, Options& o) {
  constexpr const char* k_section = "Where it goes";
  args.value("--buffer", o.buffer, "Folder where everything waits until it is where it has to go")
      .metavar("DIR")
      .default_text("~/.local/state/mlopsctl/edge/CLIENT-ID")
      .section(k_section);
  args.value("--buffer-limit", o.buffer_limit, "How much may wait there")
      .metavar("SIZE")
      .default_text("1GiB")
      .section(k_section);
  args.value("--on-full", o.on_full, "What a capture does then")
      .choices({"stop", k_drop_oldest})
      .default_text(k_drop_oldest)
      .section(k_section);
  args.value("--table", o.table, "Where predictions are kept")
      .metavar("dynamodb://NAME")
      .section(k_section);
  args.value("--partition-key", o.partition_key, "Partition key of the table, which gets the id")
      .metavar("NAME")
      .default_text("id")
      .section(k_section);
  args.value("--retention-days", o.retention_days,
             "Items carry the end of their life in 'expires_at', so many days after the frame")
      .metavar("N")
      .section(k_section);
  args.value("--pictures", o.pictures,
             "Keep pictures that were looked at: a folder, or s3://BUCKET/PREFIX")
      .metavar("PLACE")
      .default_text("nowhere")
      .section(k_section);
  args.duration("--drain", o.drain_s, "Time for what was taken, after SIGTERM or Ctrl-C")
      .default_text("10s")
      .section(k_section);
}

Run declare(Args& args) {
  auto o = std::make_shared<Options>();
  args.value("--model", o->model, "Model package: a folder or archive with model.yaml, or s3://")
      .metavar("PATH")
      .required();
  args.value("--model-digest", o->model_digest, "Digest of the archive at --model")
      .metavar("sha256:...");
  args.value("--core", o->core, "Name of this device").metavar("NAME").required();
  args.value("--configuration", o->configuration,
             "What 'template render edge-group' says of all this; options go before it")
      .metavar("JSON")
      .guarded();
  add_broker_options(args, *o);
  add_camera_options(args, *o);
  add_buffer_options(args, *o);
  add_engine_options(args, o->engine, "Threads of the engine");
  add_remote_options(args);
  return [o](Context& ctx) {
    validate(*o);
    apply_engine_choice(o->engine);
    return run(*o, ctx);
  };
}

} // namespace
extern const Command serve_edge;
const Command serve_edge{"serve edge", "Look through a camera when MQTT says so", declare};
} // namespace mlopsctl::commands
