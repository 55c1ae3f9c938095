// SPDX-License-Identifier: Apache-2.0
// Every kind of template. Adding one: its folder with a .jsonnet file, and its line here.
#include "templates/table.hpp"

#include "core/error.hpp"
#include "core/text.hpp"
#include "templates/training_job.hpp"
#include "templates/v1_names.hpp"

#include <algorithm>

namespace mlopsctl::templates {

std::string_view embedded_template(std::string_view name); // made by mlopsctl_embed

namespace {

// CloudFormation takes 51,200 bytes from the command line and 1 MB from a bucket ("Quotas").
constexpr std::size_t k_max_direct_bytes = 51'200;
constexpr std::size_t k_max_template_bytes = 1'000'000;

const Value* find_path(const Value& spec, std::string_view path) {
  const Value* value = &spec;
  for (const auto& part : split(path, '.'))
    value = value ? value->find(part) : nullptr;
  return value;
}

void check_needs(const Kind& kind, const DeploySpec& spec, const Value& value) {
  for (const auto need : kind.needs) {
    const Value* found = find_path(value, need);
    const bool is_there =
        found && !found->is_null() && (!found->is_array() || !found->items.empty());
    if (!is_there)
      throw Error(Fault::input,
                  spec.path + ": '" + std::string(need) + "' is missing, which " +
                      std::string(kind.name) + " needs",
                  "add it; 'mlopsctl template init -o -' shows an example");
  }
}

void check_flags(const Kind& kind, const RenderOptions& options) {
  const auto heeds = [&](std::string_view flag) {
    return std::find(kind.flags.begin(), kind.flags.end(), flag) != kind.flags.end();
  };
  if (options.generation != "v2" && !heeds("generation"))
    throw Error(Fault::usage, "--generation: is not for " + std::string(kind.name),
                "'mlopsctl template list' says which kinds take it");
  if (options.no_iam && !heeds("no-iam"))
    throw Error(Fault::usage, "--no-iam: is not for " + std::string(kind.name),
                "'mlopsctl template list' says which kinds take it");
}

Value to_value(const RenderOptions& options) {
  Value out = Value::object();
  out["generation"] = options.generation;
  out["functions"] = options.lambda_components ? "lambda" : "recipe";
  out["no_iam"] = options.no_iam;
  return out;
}

constexpr std::string_view k_example_digest =
    "sha256:0000000000000000000000000000000000000000000000000000000000000000";

void check_size(const RenderedFile& file, Rendered& rendered) {
  if (!file.name.ends_with(".template.json") || file.text.size() <= k_max_direct_bytes)
    return;
  if (file.text.size() > k_max_template_bytes)
    throw Error(Fault::input,
                file.name + ": has " + std::to_string(file.text.size()) +
                    " bytes; CloudFormation takes 1,000,000",
                "put some functions into a deploy.yaml of their own");
  rendered.warnings.push_back(file.name + " has " + std::to_string(file.text.size()) +
                              " bytes, over the 51,200 that CloudFormation takes directly: add "
                              "--s3-bucket to 'aws cloudformation deploy'");
}

/// The example's digest is a place to fill in: it renders, so that a first look needs no model.
void check_digests_are_filled_in(const Kind& kind, const DeploySpec& spec, Rendered& rendered) {
  if (spec.model && spec.model->digest == k_example_digest)
    rendered.warnings.push_back(
        spec.path +
        ": model.digest is the all-zero one of the example, which no file has: the model will be "
        "refused where it is fetched; put in the digest that 'mlopsctl package model' prints");
  if (spec.instance && spec.instance->runtime.digest == k_example_digest && kind.name == "instance")
    rendered.warnings.push_back(spec.path +
                                ": instance.runtime.digest is the all-zero one of the example; put "
                                "in the digest that 'mlopsctl package runtime' prints");
}

/// What has ended is no kind of its own.
const Kind& first_generation() {
  static const Kind kind{"edge-group --generation v1",
                         "A Greengrass v1 group (CloudFormation, greengo)",
                         {"edge.cores", "greengrass_v1.functions"},
                         "edge_group/first_generation.jsonnet",
                         {},
                         "v1",
                         v1_names};
  return kind;
}

} // namespace

const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> table{
      {"benchmark-table",
       "DynamoDB tables of benchmark rows, whose keys cannot overwrite a run (CloudFormation)",
       {"region", "tables"},
       "benchmark_table/template.jsonnet",
       {}},
      {"cloud-function",
       "Lambda functions, their roles, logs, triggers and tables (CloudFormation)",
       {"region", "model", "artifacts", "functions"},
       "cloud_function/template.jsonnet",
       {"no-iam"}},
      {"edge-group",
       "Greengrass v2 devices: components, deployment, policies (CloudFormation)",
       {"region", "model", "artifacts.bucket", "edge.cores", "retention_days"},
       "edge_group/template.jsonnet",
       {"generation"}},
      {"fan-out",
       "A data set on many machines, put together and scored: Slurm, AWS Batch, Kubernetes, Step "
       "Functions",
       {"model", "fan_out.input", "fan_out.output"},
       "fan_out/template.jsonnet",
       {}},
      {"instance",
       "The service on one machine: a hardened systemd unit, and an EC2 instance (CloudFormation)",
       {"region", "model", "instance"},
       "instance/template.jsonnet",
       {}},
      {"pipeline",
       "CI that validates, packs, measures with gates, pushes and deploys: GitHub Actions, "
       "CodeBuild",
       {"region", "account", "model", "pipeline.repository", "pipeline.image", "pipeline.model",
        "pipeline.data", "pipeline.gates"},
       "pipeline/template.jsonnet",
       {}},
      {"training-job",
       "The request that starts SageMaker's built-in object detection (CreateTrainingJob)",
       {"region", "training"},
       "training_job/template.jsonnet",
       {},
       "training_job",
       training_job},
  };
  return table;
}

const Kind& migration() {
  static const Kind kind{"migrate",
                         "A group of Greengrass v1 as components of v2",
                         {"region", "edge", "greengrass_v1.functions"},
                         "migrate/template.jsonnet",
                         {},
                         "v1",
                         v1_names};
  return kind;
}

const Kind& find_kind(std::string_view name) {
  std::vector<std::string> names;
  for (const auto& kind : all_kinds()) {
    if (kind.name == name)
      return kind;
    names.emplace_back(kind.name);
  }
  throw Error(Fault::usage,
              "unknown template '" + printable(name) + "'" + did_you_mean(name, names),
              "see 'mlopsctl template list'");
}

std::string_view text_of(const Kind& kind) {
  return embedded_template(kind.file);
}

std::string_view example_spec() {
  return embedded_template("deploy.example.yaml");
}

Rendered render_kind(const Kind& asked, const DeploySpec& spec, const RenderOptions& options) {
  const auto& own = options.own;
  if (!own)
    check_flags(asked, options);
  const auto& kind = !own && options.generation == "v1" ? first_generation() : asked;
  Value value = to_value(spec);
  check_needs(kind, spec, value);
  value["options"] = to_value(options);
  if (kind.prepare)
    value[kind.prepared_key] = kind.prepare(spec, options);
  const TemplateSource ours{"mlopsctl/" + std::string(kind.file), std::string(text_of(kind)), ""};
  Rendered rendered;
  try {
    rendered = render(own ? *own : ours, value);
  } catch (const Error& error) {
    if (own)
      throw;
    throw Error(error.fault(), spec.path + ": " + error.what(), error.hint());
  }
  check_digests_are_filled_in(kind, spec, rendered);
  for (const auto& file : rendered.files)
    check_size(file, rendered);
  return rendered;
}

} // namespace mlopsctl::templates
