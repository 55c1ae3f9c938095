// SPDX-License-Identifier: Apache-2.0
#include "commands/package/push_image.hpp"

#include "core/limits.hpp"
#include "core/text.hpp"
#include "net/oci_registry.hpp"
#include "storage/remote.hpp"

namespace mlopsctl::commands {
namespace {

net::RegistryBlob to_blob(const formats::OciBlob& blob) {
  if (!blob.open)
    throw Error(Fault::input, "the image lacks " + blob.descriptor.digest,
                "'mlopsctl package verify' shows what else is wrong");
  return {blob.descriptor.digest, blob.descriptor.size_bytes, blob.open};
}

net::RegistryImage to_registry_image(const formats::OciImage& image) {
  net::RegistryImage out;
  for (const auto& layer : image.layers)
    out.blobs.push_back(to_blob(layer));
  out.blobs.push_back(to_blob(image.config));
  const auto manifest = to_blob(image.manifest);
  out.manifest = read_all(*manifest.open(), limit(Limit::image_json_bytes));
  out.manifest_digest = manifest.digest;
  out.manifest_type = image.manifest.descriptor.media_type;
  return out;
}

} // namespace

void add_push_options(Args& args, PushOptions& options) {
  args.value("--mount-from", options.mount_from,
             "Repository of the same registry whose layers may be used without sending them")
      .metavar("REPOSITORY");
  args.flag("--dry-run", options.is_dry_run, "Ask what the registry lacks, and send nothing");
}

bool is_registry(const std::string& output) {
  return output.starts_with(net::k_docker_scheme);
}

void validate(const PushOptions& options) {
  const auto name = net::parse_registry_name(options.target);
  if (!options.mount_from.empty())
    net::parse_registry_name(name.host + "/" + options.mount_from);
}

Pushed push_image(const formats::OciImage& image, const PushOptions& options, const Context& ctx) {
  const auto name = net::parse_registry_name(options.target);
  const auto wanted = to_registry_image(image);
  auto registry = net::create_registry_client(name, storage::remote_options());
  Pushed out;
  out.target = net::k_docker_scheme + name.text();
  out.size_bytes = wanted.manifest.size();
  for (const auto& blob : wanted.blobs)
    out.size_bytes += blob.size_bytes;
  const auto plan = net::plan_push(registry, wanted);
  out.missing = plan.missing;
  out.sent_bytes = plan.sent_bytes;
  if (options.is_dry_run)
    return out;
  const auto progress =
      ctx.progress("sending", static_cast<std::int64_t>(plan.sent_bytes), "bytes");
  out.sent_bytes =
      net::push_image(registry, wanted, plan, options.mount_from, [&](std::uint64_t bytes) {
        progress->advance(static_cast<std::int64_t>(bytes));
      });
  return out;
}

void add_push(const Pushed& pushed, const formats::OciImage& image, const PushOptions& options,
              Value& document) {
  document["manifest_digest"] = image.manifest.descriptor.digest;
  document["sent_bytes"] = static_cast<std::int64_t>(pushed.sent_bytes);
  Value& missing = document["missing"] = Value::array();
  for (const auto& digest : pushed.missing)
    missing.push(digest);
  document["dry_run"] = options.is_dry_run;
}

void say_push(const Pushed& pushed, const formats::OciImage& image, const PushOptions& options,
              const Context& ctx) {
  const auto count = pushed.missing.size();
  ctx.say(pushed.target + ": " + (options.is_dry_run ? "would send " : "sent ") +
          bytes_for_people(pushed.sent_bytes) + " of " + bytes_for_people(pushed.size_bytes) +
          ", " + std::to_string(count) + (count == 1 ? " blob" : " blobs") +
          " that the registry had not, image " + image.manifest.descriptor.digest);
}

} // namespace mlopsctl::commands
