// SPDX-License-Identifier: Apache-2.0
// DeploySpec: what deploy.yaml says, checked. Every template renders from it.
#pragma once

#include "core/value.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mlopsctl::templates {

inline constexpr std::string_view k_deploy_schema = "mlopsctl.deploy/1";
inline constexpr std::uint64_t k_max_spec_bytes = 1 << 20;

struct ModelLocation {
  std::string url;    ///< s3://bucket/key
  std::string digest; ///< sha256:<64 hex> of the object's bytes
};

struct Artifacts {
  std::string bucket;   ///< empty if not given
  std::string prefix;   ///< empty, or ends with '/'
  std::string registry; ///< ECR repository, empty if not given
  bool create_registry = false;
};

struct EdgeCore {
  std::string name;        ///< thing name
  std::string platform;    ///< linux/amd64 | linux/arm64 | linux/arm/v7
  std::string camera;      ///< its own, or the one of the section
  std::string certificate; ///< ARN of its certificate, empty if not given
};

struct EdgeBuffer {
  std::string source;      ///< folder on the device
  std::string destination; ///< where a v1 container sees it; v2 components run on the device itself
  std::uint64_t max_bytes = 0;
  std::string on_full; ///< stop | drop-oldest
};

struct Topics {
  std::string start, status, frames, results, predictions, stored;
};

struct KeptComponent {
  std::string name, version;
};

/// How fast a deployment goes through the thing group, and when it stops by itself.
struct Rollout {
  std::int64_t devices_per_minute = 50;
  std::int64_t abort_percent = 20; ///< of those that finished, that failed
  std::int64_t abort_after = 5;    ///< devices that finished: before, none is judged
};

struct Mqtt {
  std::string endpoint; ///< host name; empty if not given
  std::string ca, certificate, private_key;
};

struct RuntimeDigest {
  std::string platform, digest;
};

struct Edge {
  std::string thing_group;
  std::vector<EdgeCore> cores;
  std::optional<EdgeBuffer> buffer;
  Topics topics;
  Mqtt mqtt;
  std::string posix_user; ///< user:group
  std::string table;      ///< empty: predictions are not stored by the device
  std::vector<RuntimeDigest> runtime_digests;
  Rollout rollout;
  std::vector<KeptComponent> components; ///< others that the deployment keeps on the devices
};

struct S3Trigger {
  std::string bucket, prefix, suffix;
  bool existing = false;
};

struct Trigger {
  std::optional<S3Trigger> s3;
  std::string schedule; ///< rate(...) or cron(...); empty for s3
  int line = 0;         ///< in deploy.yaml
};

struct Function {
  std::string name;
  std::string package;      ///< image | zip
  std::string digest;       ///< of the zip or the image, empty if not given
  std::string architecture; ///< x86_64 | arm64
  std::int64_t memory_mb = 0, timeout_s = 0, tmp_mb = 0;
  std::string table;    ///< empty if it writes none
  std::string role;     ///< ARN of a role that exists; empty: one is rendered
  std::string data;     ///< s3:// URL of a data set, empty if none
  std::string images;   ///< s3:// URL of the folder with the data set's pictures
  std::string lookup;   ///< table that it reads the record of a name from; empty if none
  std::string url_auth; ///< of its function URL: iam | none; empty: it has none
  std::optional<std::int64_t> reserved_concurrency;
  bool dead_letter = false;
  std::vector<Trigger> triggers;
};

struct ItemTable {
  std::string name;
  std::string layout; ///< item | benchmark
  std::string partition_key, sort_key;
  bool existing = false;
};

struct Training {
  std::string train, validation, label_attribute, instance, role;
  std::string output; ///< s3:// of what was trained; empty if not given, and no artifacts.bucket
  std::string image;  ///< of the algorithm; empty if not given, and the region's is not known
  std::string folder; ///< folder with train.manifest and validation.manifest; empty if not given
  std::optional<std::int64_t> num_classes, num_training_samples, label_width;
  std::vector<std::pair<std::string, std::string>> hyperparameters;
};

/// A machine with the service. Without a type it is none of EC2's.
struct Instance {
  std::string type, ami, vpc, subnet;  ///< ami: an id, or a parameter that has one
  std::vector<std::string> allow_from; ///< networks, CIDR
  std::int64_t volume_gb = 0, port = 0;
  ModelLocation runtime; ///< archive of 'package runtime'
  std::string token_file, tls_certificate, tls_key;
  std::vector<std::string> hosts; ///< names that clients call it by
};

/// One data set on many machines. What only some engines need is empty if it was not given.
struct FanOut {
  std::int64_t shards = 0;
  std::string engine; ///< slurm | step-functions | batch | kubernetes
  std::string input;  ///< what infer reads: "/..." on every machine, or s3://; empty if not given
  std::string truth;  ///< the right answers: the input, if nothing else is said
  std::string images; ///< folder that the references of input point into
  std::string output; ///< folder, "/..." on every machine or s3://; empty if not given
  std::string partition;       ///< slurm
  std::string image;           ///< batch and kubernetes: a container image with mlopsctl in it
  std::string service_account; ///< kubernetes: whom S3 knows the pods as
  std::string function;        ///< step-functions: one of functions
  std::vector<std::string> subnets, security_groups; ///< batch
  std::int64_t cpus = 0, memory_mb = 0, time_limit_minutes = 0;
  std::int64_t retries = 0; ///< of a shard that failed
};

/// CI of a repository that holds a model, a labelled set and deploy.yaml.
struct Pipeline {
  std::string ci;         ///< github | codebuild
  std::string repository; ///< owner/name at GitHub; this and what follows: empty if not given
  std::string branch;     ///< what is pushed to it is deployed
  std::string image;      ///< a container image with mlopsctl, bash and the AWS CLI in it
  std::string model, data, images; ///< paths in the repository
  std::vector<std::string> gates;
  std::vector<std::string> deploy; ///< kinds of template
  std::string deploy_role;         ///< ARN: what CloudFormation works with
};

struct DeploySpec {
  std::string path; ///< of the file, for messages
  std::string name, region, account;
  std::optional<ModelLocation> model;
  std::optional<Artifacts> artifacts;
  std::optional<std::int64_t> retention_days;
  std::optional<Edge> edge;
  std::vector<Function> functions;
  std::vector<ItemTable> tables;
  std::optional<Value> greengrass_v1; ///< a group of v1, as templates get it
  std::optional<Training> training;
  std::optional<Instance> instance;
  std::optional<FanOut> fan_out;
  std::optional<Pipeline> pipeline;
};

/// Reads deploy.yaml. Every name is checked against the rules of the service that it is for, and no
/// text may hold what CloudFormation, IAM or Greengrass would replace.
/// \param path for messages. \throws Error(input) with line, key, value and what to do.
DeploySpec parse_spec(std::string_view text, const std::string& path);

/// \throws Error(usage) naming 'template init' if there is no such file.
DeploySpec read_spec(const std::string& path);

/// The checked spec with its defaults filled in, as templates get it (keys as in deploy.yaml; what
/// was not given is null).
Value to_value(const DeploySpec& spec);

/// "sign-language" -> "SignLanguage": what CloudFormation takes as a logical id.
std::string logical_id(std::string_view name);

} // namespace mlopsctl::templates
