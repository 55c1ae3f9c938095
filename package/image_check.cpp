// SPDX-License-Identifier: Apache-2.0
#include "package/image_check.hpp"

#include "core/digest.hpp"
#include "core/interrupt.hpp"
#include "core/limits.hpp"
#include "core/text.hpp"
#include "package/image.hpp"
#include "package/inspect.hpp"
#include "package/lambda_bundle.hpp"
#include "package/verify.hpp"

#include <algorithm>
#include <array>

namespace mlopsctl::package {
namespace {

using formats::OciBlob;

/// Digests what passes.
class HashingSource final : public ByteSource {
public:
  explicit HashingSource(ByteSource& source) : source_(source) {}
  std::size_t read(std::span<char> buffer) override {
    check_interrupt();
    const auto count = source_.read(buffer);
    hash_.update({buffer.data(), count});
    size_ += count;
    return count;
  }
  void rewind() override {
    if (size_ == 0)
      return;
    source_.rewind();
    hash_ = Sha256();
    size_ = 0;
  }
  std::optional<std::uint64_t> size_bytes() const override { return std::nullopt; }
  const std::string& name() const override { return source_.name(); }
  std::uint64_t passed_bytes() const { return size_; }
  std::string finish() {
    std::vector<char> rest(std::size_t{1} << 18);
    while (read(rest) > 0) {
    }
    return hash_.finish();
  }

private:
  ByteSource& source_;
  Sha256 hash_;
  std::uint64_t size_ = 0;
};

class Checker {
public:
  Checker(std::string path, const formats::ArchiveLimits& limits, ImageCheck& out)
      : path_(std::move(path)), limits_(limits), out_(out) {}

  void check(const formats::OciImage& image, const formats::StoredImages& stored) {
    CheckedImage checked;
    checked.reference = image.reference;
    checked.manifest_digest = image.manifest.descriptor.digest;
    checked.packed_bytes =
        image.manifest.descriptor.size_bytes + image.config.descriptor.size_bytes;
    const bool has_config = read_config(image, checked);
    for (std::size_t i = 0; i < image.layers.size(); ++i) {
      checked.layers.push_back(look_at_layer(image.layers[i], i));
      checked.packed_bytes += image.layers[i].descriptor.size_bytes;
      checked.unpacked_bytes += checked.layers.back().unpacked_bytes;
    }
    if (has_config)
      compare(checked);
    add_fits(image, stored, checked);
    out_.images.push_back(std::move(checked));
  }

private:
  void add(const std::string& rule, Severity severity, const std::string& where,
           const std::string& text) {
    out_.findings.push_back(
        {rule, severity, path_ + (where.empty() ? "" : ": " + printable(where)), text});
  }

  bool read_config(const formats::OciImage& image, CheckedImage& checked) {
    if (!image.config.open)
      return false; // told by the reader
    try {
      const auto text = read_all(*image.config.open(), limit(Limit::image_json_bytes));
      checked.image_id = sha256(text);
      checked.config = formats::parse_oci_config(text, path_ + ": configuration");
      return true;
    } catch (const Error& error) {
      if (error.fault() != Fault::input)
        throw;
      add("image-config", Severity::error, "", with_hint(error));
      return false;
    }
  }

  ImageLayer look_at_layer(const OciBlob& blob, std::size_t index) {
    ImageLayer layer;
    layer.descriptor = blob.descriptor;
    if (!blob.open)
      return layer;
    const auto place = "layer " + std::to_string(index + 1);
    const auto source = blob.open();
    HashingSource packed(*source);
    try {
      const auto unpacked = formats::open_unpacked(packed);
      HashingSource tar(*unpacked);
      look_at_members(tar, place, layer);
      layer.diff_id = tar.finish();
      layer.unpacked_bytes = tar.passed_bytes();
    } catch (const Error& error) {
      if (error.fault() != Fault::input)
        throw;
      add("image-blob", Severity::error, place, with_hint(error));
      return layer;
    }
    layer.digest = packed.finish();
    if (!blob.descriptor.digest.empty() && layer.digest != blob.descriptor.digest)
      add("image-digest", Severity::error, place,
          "its bytes have " + layer.digest + ", the manifest says " + blob.descriptor.digest);
    return layer;
  }

  void look_at_members(HashingSource& tar, const std::string& place, ImageLayer& layer) {
    LayerNames names(path_ + ": " + place, out_.findings);
    const auto reader = formats::open_tar_listing(tar, limits_);
    std::array<char, 64> head{};
    while (const auto member = reader->next()) {
      ++layer.members;
      names.look(*member);
      if (member->type != formats::MemberType::file)
        continue;
      const auto count = reader->bytes().read(head);
      if (const auto why = why_pickle(member->name, {head.data(), count}); !why.empty())
        add("pickle", Severity::warning, place + ": " + member->name, why);
    }
  }

  void compare(const CheckedImage& checked) {
    const auto& config = checked.config;
    if (config.diff_ids.size() != checked.layers.size())
      add("diff-id", Severity::error, "configuration",
          "names " + std::to_string(config.diff_ids.size()) + " layers, the manifest " +
              std::to_string(checked.layers.size()));
    for (std::size_t i = 0; i < std::min(config.diff_ids.size(), checked.layers.size()); ++i)
      if (!checked.layers[i].diff_id.empty() && checked.layers[i].diff_id != config.diff_ids[i])
        add("diff-id", Severity::error, "layer " + std::to_string(i + 1),
            "unpacks to " + checked.layers[i].diff_id + ", the configuration says " +
                config.diff_ids[i]);
    if (!has_history(checked))
      add("history", Severity::warning, "configuration",
          "has not one entry of history for each layer");
  }

  static bool has_history(const CheckedImage& checked) {
    const auto steps = std::count_if(checked.config.history.begin(), checked.config.history.end(),
                                     [](const auto& step) { return !step.is_empty_layer; });
    return static_cast<std::size_t>(steps) == checked.layers.size();
  }

  /// Lambda: Docker's media types or OCI's, one manifest for one architecture.
  static std::vector<std::string> refused_types(const formats::OciImage& image) {
    std::vector<std::string> types{image.manifest.descriptor.media_type,
                                   image.config.descriptor.media_type};
    for (const auto& layer : image.layers)
      types.push_back(layer.descriptor.media_type);
    const std::array<std::string_view, 7> known{formats::k_oci_manifest,
                                                formats::k_oci_config,
                                                formats::k_oci_layer,
                                                formats::k_docker_manifest,
                                                formats::k_docker_config,
                                                formats::k_docker_layer,
                                                "application/vnd.oci.image.layer.v1.tar"};
    std::vector<std::string> refused;
    for (const auto& type : types)
      if (std::find(known.begin(), known.end(), type) == known.end())
        refused.push_back("media type '" + printable(type) + "' is not taken");
    const bool is_docker = types.front().find("docker") != std::string::npos;
    for (const auto& type : types)
      if (refused.empty() && (type.find("docker") != std::string::npos) != is_docker)
        refused.push_back("media types of Docker and of OCI are mixed");
    return refused;
  }

  static void add_fits(const formats::OciImage& image, const formats::StoredImages& stored,
                       CheckedImage& checked) {
    Fit lambda{"lambda-image", checked.unpacked_bytes, k_lambda_image_bytes, {}};
    auto& reasons = lambda.reasons;
    check_limit(lambda, "unpacks to");
    if (image.manifest.open) // a docker save tar gets its manifest when it is sent
      for (auto& reason : refused_types(image))
        reasons.push_back(std::move(reason));
    if (stored.has_nested_index)
      reasons.push_back("an index of several platforms is not taken; send one image of it");
    const auto& config = checked.config;
    if (config.os != "linux" || (config.architecture != "amd64" && config.architecture != "arm64"))
      reasons.push_back("is for " + printable(config.os + "/" + config.architecture) +
                        ", not linux/amd64 or linux/arm64");
    if (!has_history(checked))
      reasons.emplace_back("history has not one entry for each layer");
    if (config.entrypoint.empty() && config.cmd.empty())
      reasons.emplace_back("says no program to start");
    Fit zip{"lambda-zip", checked.unpacked_bytes, k_lambda_unpacked_bytes, {}};
    check_limit(zip, "unpacks to");
    checked.fits = {std::move(lambda), std::move(zip)};
  }

  std::string path_;
  formats::ArchiveLimits limits_;
  ImageCheck& out_;
};

} // namespace

ImageCheck check_images(const std::string& path, const formats::ArchiveLimits& limits) {
  ImageCheck out;
  formats::StoredImages stored;
  try {
    stored = formats::open_images(path, limits);
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw;
    out.findings.push_back({"image-layout", Severity::error, path, with_hint(error)});
    return out;
  }
  out.kind = stored.kind;
  out.findings = stored.problems;
  if (stored.images.empty() && out.findings.empty())
    out.findings.push_back({"image-layout", Severity::error, path, "there is no image in it"});
  Checker checker(path, limits, out);
  for (const auto& image : stored.images)
    checker.check(image, stored);
  return out;
}

} // namespace mlopsctl::package
