// SPDX-License-Identifier: Apache-2.0
// The checked spec as the tree that templates get. Numbers that end in configuration documents are
// left to the templates to write as text.
#include "templates/spec.hpp"

namespace mlopsctl::templates {
namespace {

Value text_or_null(const std::string& text) {
  return text.empty() ? Value() : Value(text);
}

Value or_null(const std::optional<std::int64_t>& number) {
  return number ? Value(*number) : Value();
}

Value to_value(const Edge& edge) {
  Value out = Value::object();
  out["thing_group"] = edge.thing_group;
  Value cores = Value::array();
  for (const auto& core : edge.cores) {
    Value item = Value::object();
    item["name"] = core.name;
    item["platform"] = core.platform;
    item["camera"] = core.camera;
    item["certificate"] = text_or_null(core.certificate);
    cores.push(std::move(item));
  }
  out["cores"] = std::move(cores);
  out["buffer"] = Value();
  if (edge.buffer) {
    Value& buffer = out["buffer"];
    buffer["source"] = edge.buffer->source;
    buffer["destination"] = edge.buffer->destination;
    buffer["max_bytes"] = static_cast<std::int64_t>(edge.buffer->max_bytes);
    buffer["on_full"] = edge.buffer->on_full;
  }
  Value& topics = out["topics"];
  topics["start"] = edge.topics.start;
  topics["status"] = edge.topics.status;
  topics["frames"] = edge.topics.frames;
  topics["results"] = edge.topics.results;
  topics["predictions"] = edge.topics.predictions;
  topics["stored"] = edge.topics.stored;
  Value& mqtt = out["mqtt"];
  mqtt["endpoint"] = text_or_null(edge.mqtt.endpoint);
  mqtt["ca"] = edge.mqtt.ca;
  mqtt["certificate"] = edge.mqtt.certificate;
  mqtt["private_key"] = edge.mqtt.private_key;
  out["posix_user"] = edge.posix_user;
  out["table"] = text_or_null(edge.table);
  out["runtime_digests"] = Value::object();
  for (const auto& [platform, digest] : edge.runtime_digests)
    out["runtime_digests"][platform] = digest;
  Value& rollout = out["rollout"];
  rollout["devices_per_minute"] = edge.rollout.devices_per_minute;
  rollout["abort_percent"] = edge.rollout.abort_percent;
  rollout["abort_after"] = edge.rollout.abort_after;
  Value components = Value::array();
  for (const auto& component : edge.components) {
    Value item = Value::object();
    item["name"] = component.name;
    item["version"] = component.version;
    components.push(std::move(item));
  }
  out["components"] = std::move(components);
  return out;
}

Value to_value(const Trigger& trigger) {
  Value out = Value::object();
  out["schedule"] = text_or_null(trigger.schedule);
  out["s3"] = Value();
  if (trigger.s3) {
    Value& s3 = out["s3"];
    s3["bucket"] = trigger.s3->bucket;
    s3["existing"] = trigger.s3->existing;
    s3["prefix"] = trigger.s3->prefix;
    s3["suffix"] = trigger.s3->suffix;
  }
  return out;
}

Value to_value(const Function& function) {
  Value out = Value::object();
  out["name"] = function.name;
  out["package"] = function.package;
  out["digest"] = text_or_null(function.digest);
  out["architecture"] = function.architecture;
  out["memory_mb"] = function.memory_mb;
  out["timeout_s"] = function.timeout_s;
  out["tmp_mb"] = function.tmp_mb;
  out["table"] = text_or_null(function.table);
  out["role"] = text_or_null(function.role);
  out["data"] = text_or_null(function.data);
  out["images"] = text_or_null(function.images);
  out["lookup"] = text_or_null(function.lookup);
  out["url"] = Value();
  if (!function.url_auth.empty())
    out["url"]["auth"] = function.url_auth;
  out["reserved_concurrency"] = or_null(function.reserved_concurrency);
  out["dead_letter"] = function.dead_letter;
  Value triggers = Value::array();
  for (const auto& trigger : function.triggers)
    triggers.push(to_value(trigger));
  out["triggers"] = std::move(triggers);
  return out;
}

Value to_value(const ItemTable& table) {
  Value out = Value::object();
  out["name"] = table.name;
  out["layout"] = table.layout;
  out["partition_key"] = text_or_null(table.partition_key);
  out["sort_key"] = text_or_null(table.sort_key);
  out["existing"] = table.existing;
  return out;
}

Value to_value(const Training& training) {
  Value out = Value::object();
  out["train"] = training.train;
  out["validation"] = training.validation;
  out["label_attribute"] = training.label_attribute;
  out["instance"] = training.instance;
  out["role"] = training.role;
  out["output"] = text_or_null(training.output);
  out["image"] = text_or_null(training.image);
  out["folder"] = text_or_null(training.folder);
  out["num_classes"] = or_null(training.num_classes);
  out["num_training_samples"] = or_null(training.num_training_samples);
  out["label_width"] = or_null(training.label_width);
  out["hyperparameters"] = Value::object();
  for (const auto& [name, value] : training.hyperparameters)
    out["hyperparameters"][name] = value;
  return out;
}

Value list_of(const std::vector<std::string>& texts) {
  Value out = Value::array();
  for (const auto& text : texts)
    out.push(text);
  return out;
}

Value to_value(const FanOut& fan_out) {
  Value out = Value::object();
  out["shards"] = fan_out.shards;
  out["engine"] = fan_out.engine;
  out["input"] = text_or_null(fan_out.input);
  out["truth"] = text_or_null(fan_out.truth);
  out["images"] = text_or_null(fan_out.images);
  out["output"] = text_or_null(fan_out.output);
  out["partition"] = text_or_null(fan_out.partition);
  out["image"] = text_or_null(fan_out.image);
  out["service_account"] = text_or_null(fan_out.service_account);
  out["function"] = text_or_null(fan_out.function);
  out["subnets"] = list_of(fan_out.subnets);
  out["security_groups"] = list_of(fan_out.security_groups);
  out["cpus"] = fan_out.cpus;
  out["memory_mb"] = fan_out.memory_mb;
  out["time_limit_minutes"] = fan_out.time_limit_minutes;
  out["retries"] = fan_out.retries;
  return out;
}

Value to_value(const Instance& instance) {
  Value out = Value::object();
  out["type"] = text_or_null(instance.type);
  out["ami"] = instance.ami;
  out["vpc"] = text_or_null(instance.vpc);
  out["subnet"] = text_or_null(instance.subnet);
  out["allow_from"] = list_of(instance.allow_from);
  out["volume_gb"] = instance.volume_gb;
  out["port"] = instance.port;
  out["runtime"]["url"] = instance.runtime.url;
  out["runtime"]["digest"] = instance.runtime.digest;
  out["token_file"] = instance.token_file;
  out["tls"]["certificate"] = instance.tls_certificate;
  out["tls"]["key"] = instance.tls_key;
  out["hosts"] = list_of(instance.hosts);
  return out;
}

Value to_value(const Pipeline& pipeline) {
  Value out = Value::object();
  out["ci"] = pipeline.ci;
  out["repository"] = text_or_null(pipeline.repository);
  out["branch"] = pipeline.branch;
  out["image"] = text_or_null(pipeline.image);
  out["model"] = text_or_null(pipeline.model);
  out["data"] = text_or_null(pipeline.data);
  out["images"] = text_or_null(pipeline.images);
  out["gates"] = list_of(pipeline.gates);
  out["deploy"] = list_of(pipeline.deploy);
  out["deploy_role"] = text_or_null(pipeline.deploy_role);
  return out;
}

void add_later_sections(const DeploySpec& spec, Value& out) {
  out["training"] = spec.training ? to_value(*spec.training) : Value();
  out["instance"] = spec.instance ? to_value(*spec.instance) : Value();
  out["fan_out"] = Value();
  if (spec.fan_out)
    out["fan_out"] = to_value(*spec.fan_out);
  out["pipeline"] = Value();
  if (spec.pipeline)
    out["pipeline"] = to_value(*spec.pipeline);
}

} // namespace

Value to_value(const DeploySpec& spec) {
  Value out = Value::object();
  out["schema"] = k_deploy_schema;
  out["name"] = spec.name;
  out["region"] = text_or_null(spec.region);
  out["account"] = text_or_null(spec.account);
  out["model"] = Value();
  if (spec.model) {
    out["model"]["url"] = spec.model->url;
    out["model"]["digest"] = spec.model->digest;
  }
  out["artifacts"] = Value();
  if (spec.artifacts) {
    Value& artifacts = out["artifacts"];
    artifacts["bucket"] = text_or_null(spec.artifacts->bucket);
    artifacts["prefix"] = spec.artifacts->prefix;
    artifacts["registry"] = text_or_null(spec.artifacts->registry);
    artifacts["create_registry"] = spec.artifacts->create_registry;
  }
  out["retention_days"] = or_null(spec.retention_days);
  out["edge"] = spec.edge ? to_value(*spec.edge) : Value();
  out["greengrass_v1"] = spec.greengrass_v1.value_or(Value());
  Value functions = Value::array();
  for (const auto& function : spec.functions)
    functions.push(to_value(function));
  out["functions"] = std::move(functions);
  Value tables = Value::array();
  for (const auto& table : spec.tables)
    tables.push(to_value(table));
  out["tables"] = std::move(tables);
  add_later_sections(spec, out);
  return out;
}

} // namespace mlopsctl::templates
