// SPDX-License-Identifier: Apache-2.0
#include "commands/package/image_report.hpp"

#include "commands/package/result.hpp"
#include "core/text.hpp"
#include "package/image_check.hpp"

#include <algorithm>

namespace mlopsctl::commands {
namespace {

std::vector<package::PackageItem> layer_items(const package::ImageCheck& check) {
  std::vector<package::PackageItem> items;
  for (const auto& image : check.images)
    for (const auto& layer : image.layers)
      items.push_back({layer.descriptor.media_type, layer.descriptor.size_bytes, layer.digest});
  return items;
}

Value layer_value(const package::ImageLayer& layer) {
  Value value = Value::object();
  value["media_type"] = layer.descriptor.media_type;
  value["digest"] = layer.digest;
  value["diff_id"] = layer.diff_id;
  value["bytes"] = static_cast<std::int64_t>(layer.descriptor.size_bytes);
  value["unpacked_bytes"] = static_cast<std::int64_t>(layer.unpacked_bytes);
  value["members"] = static_cast<std::int64_t>(layer.members);
  return value;
}

Value image_value(const package::CheckedImage& image) {
  Value value = Value::object();
  value["reference"] = image.reference;
  value["manifest_digest"] = image.manifest_digest;
  value["image_id"] = image.image_id;
  value["platform"] = image.config.os + "/" + image.config.architecture;
  value["created"] = image.config.created;
  value["user"] = image.config.user;
  value["entrypoint"] = texts_value(image.config.entrypoint);
  value["cmd"] = texts_value(image.config.cmd);
  value["env"] = texts_value(image.config.env);
  Value& labels = value["labels"] = Value::object();
  for (const auto& [key, text] : image.config.labels)
    labels[key] = text;
  value["bytes"] = static_cast<std::int64_t>(image.packed_bytes);
  value["unpacked_bytes"] = static_cast<std::int64_t>(image.unpacked_bytes);
  Value& layers = value["layers"] = Value::array();
  for (const auto& layer : image.layers)
    layers.push(layer_value(layer));
  value["targets"] = fits_value(image.fits);
  return value;
}

Value document_of(const std::string& verb, const std::string& path,
                  const package::ImageCheck& check) {
  std::uint64_t bytes = 0;
  for (const auto& image : check.images)
    bytes += image.packed_bytes;
  const auto digest = check.images.size() == 1 ? check.images.front().manifest_digest : "";
  auto document = package_document(verb, path, bytes, digest, items_value(layer_items(check)));
  document["kind"] = formats::image_kind_name(check.kind);
  Value& images = document["images"] = Value::array();
  for (const auto& image : check.images)
    images.push(image_value(image));
  return document;
}

void say_image(const package::CheckedImage& image, const Context& ctx) {
  Table table{{"layer", "bytes", "unpacked", "members", "digest"}, {}};
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    const auto& layer = image.layers[i];
    table.rows.push_back({std::to_string(i + 1), std::to_string(layer.descriptor.size_bytes),
                          std::to_string(layer.unpacked_bytes), std::to_string(layer.members),
                          layer.digest});
  }
  ctx.say(
      (image.reference.empty() ? "image without a name" : "image " + printable(image.reference)) +
      ": " + printable(image.config.os + "/" + image.config.architecture) + ", " +
      bytes_for_people(image.packed_bytes) + ", unpacked " +
      bytes_for_people(image.unpacked_bytes) + ", " + image.manifest_digest);
  ctx.print(table);
  const auto words = [](const std::vector<std::string>& list) {
    return list.empty() ? std::string("none") : printable(join(list, " "));
  };
  ctx.say("starts: " + words(image.config.entrypoint) + ", arguments: " + words(image.config.cmd) +
          ", user: " + (image.config.user.empty() ? "root" : printable(image.config.user)));
  say_fits(image.fits, ctx);
}

/// What the target would refuse is an error of who meant the image for it.
void add_target(const std::string& path, const std::string& target, package::ImageCheck& check) {
  for (const auto& image : check.images)
    package::add_refusals(image.fits, target, path, check.findings);
  if (check.images.size() > 1)
    check.findings.push_back(
        {target, Severity::error, path,
         "holds " + std::to_string(check.images.size()) + " images, and one can be started"});
}

} // namespace

int inspect_image(const std::string& path, const formats::ArchiveLimits& limits, Context& ctx) {
  const auto check = package::check_images(path, limits);
  if (check.images.empty())
    throw Error(Fault::input, check.findings.front().place + ": " + check.findings.front().text);
  if (ctx.options.json) {
    auto document = document_of("inspect", path, check);
    document["problems"] = to_value(check.findings);
    ctx.print(document);
    return exit_ok;
  }
  for (const auto& image : check.images)
    say_image(image, ctx);
  for (const auto& finding : check.findings)
    ctx.say((finding.severity == Severity::error ? "ERROR: " : "warning: ") + finding.place + ": " +
            finding.text);
  return exit_ok;
}

int verify_image(const std::string& path, const formats::ArchiveLimits& limits,
                 const std::string& target, const VerifyKeyOptions& signature, Context& ctx) {
  auto check = package::check_images(path, limits);
  package::DigestList ids;
  for (const auto& image : check.images)
    ids[package::signed_name(ids.size())] = image.image_id;
  const auto of_signature = check_signature(signature, path, ids);
  check.findings.insert(check.findings.end(), of_signature.begin(), of_signature.end());
  if (!target.empty())
    add_target(path, target + "-image", check);
  const auto errors =
      std::count_if(check.findings.begin(), check.findings.end(),
                    [](const Problem& finding) { return finding.severity == Severity::error; });
  const int code = errors == 0 ? exit_ok : exit_not_met;
  if (ctx.options.json) {
    auto document = document_of("verify", path, check);
    document["ok"] = errors == 0;
    document["signed"] = signed_value(signature, of_signature);
    document["findings"] = to_value(check.findings);
    ctx.print(document);
    return code;
  }
  print_findings(check.findings, ctx);
  for (const auto& image : check.images)
    if (errors == 0)
      ctx.say(path + ": good, " + std::to_string(image.layers.size()) +
              (image.layers.size() == 1 ? " layer, image " : " layers, image ") +
              (image.manifest_digest.empty() ? image.image_id : image.manifest_digest));
  if (errors > 0)
    ctx.say(path + ": not good, " + std::to_string(errors) + (errors == 1 ? " error" : " errors"));
  return code;
}

} // namespace mlopsctl::commands
