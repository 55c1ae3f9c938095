// SPDX-License-Identifier: Apache-2.0
#include "package/image.hpp"

#include "core/digest.hpp"
#include "core/interrupt.hpp"
#include "core/spool.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "formats/archive/archive.hpp"
#include "package/image_files.hpp"
#include "package/pack_model.hpp"
#include "package/package_files.hpp"
#include "package/sbom.hpp"
#include "package/verify.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace mlopsctl::package {
namespace {

using formats::PackItem;

constexpr const char* k_runtime_folder = "opt/mlopsctl/";
constexpr const char* k_model_folder = "opt/model/";
constexpr const char* k_launcher = "opt/mlopsctl/bin/launch";
constexpr const char* k_certificates = "opt/mlopsctl/etc/ssl/certs/ca-certificates.crt";
constexpr const char* k_nobody = "65534:65534";
/// What is larger is sent again only when it changes itself.
constexpr std::uint64_t k_large_file_bytes = std::uint64_t{1} << 20;

/// The pieces of an image, before they are layers.
struct Parts {
  std::vector<PackItem> runtime, weights, model;
  std::string architecture = "amd64";
  Value runtime_components = Value::array(); ///< of the bundle's own bill of materials
};

const PackItem* find_item(const std::vector<PackItem>& items, std::string_view name) {
  const auto found = std::find_if(items.begin(), items.end(),
                                  [&](const PackItem& item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

void add_runtime(const ImageOptions& options, Parts& parts, BuiltImage& out) {
  if (options.runtime.empty())
    return;
  out.runtime_digest = digest_of(*open_source(options.runtime));
  parts.runtime = image_items(options.runtime, k_runtime_folder, {});
  parts.runtime.push_back({"tmp", 0, {}, false, true}); // of read-only images: the place to mount
  const auto* launcher = find_item(parts.runtime, k_launcher);
  if (!launcher && !options.entrypoint)
    throw Error(Fault::input, options.runtime + ": there is no bin/launch in it",
                "make it with 'mlopsctl package runtime', or give --entrypoint");
  if (launcher)
    parts.architecture = elf_architecture(*launcher->open());
  if (const auto* bill = find_item(parts.runtime, std::string(k_runtime_folder) + k_sbom)) {
    constexpr std::uint64_t k_most_bytes = std::uint64_t{64} << 20;
    const auto document = parse_json(read_all(*bill->open(), k_most_bytes), k_sbom);
    if (const auto* components = document.find("components"); components && components->is_array())
      parts.runtime_components = *components;
  }
}

/// model.yaml with the digests of the other files, and each file in its layer.
void add_model(const ImageOptions& options, const Verification& verification, Parts& parts,
               BuiltImage& out) {
  out.spec = *verification.spec;
  out.spec.digests.clear();
  // An image has a bill of its own, of this model and the runtime.
  std::set<std::string> left_out{k_model_yaml};
  if (verification.inspection.own_sbom)
    left_out.insert(k_sbom);
  for (const auto& item : verification.inspection.items)
    if (!left_out.contains(item.name))
      out.spec.digests[item.name] = item.digest;
  auto digests = out.spec.digests;
  const auto yaml = with_digests(*verification.inspection.model_yaml, out.spec);
  digests[k_model_yaml] = sha256(yaml);
  out.package_digest = listing_digest(digests);
  for (auto& item : image_items(options.model, k_model_folder, left_out)) {
    const bool is_large =
        item.size_bytes >= k_large_file_bytes || item.name == k_model_folder + out.spec.weights;
    (is_large ? parts.weights : parts.model).push_back(std::move(item));
  }
  parts.model.push_back({std::string(k_model_folder) + k_model_yaml, yaml.size(),
                         [yaml] { return source_from_text(yaml, k_model_yaml); }});
}

void add_bill(Parts& parts, const BuiltImage& out) {
  std::map<std::string, std::string> digests;
  for (const auto& [name, digest] : out.spec.digests)
    digests[k_model_folder + name] = digest;
  std::vector<SbomComponent> components{model_component(out.spec, digests)};
  if (!out.runtime_digest.empty())
    components.push_back({"application",
                          "mlopsctl-runtime",
                          "",
                          "",
                          {},
                          "",
                          {{"runtime.tar.gz", out.runtime_digest}}});
  auto document =
      sbom_document({"container", out.spec.name, out.spec.version, "", {}, "", {}}, components);
  for (const auto& component : parts.runtime_components.items)
    document["components"].push(component);
  const auto text = to_json(document, 2) + "\n";
  parts.model.push_back({k_sbom, text.size(), [text] { return source_from_text(text, k_sbom); }});
}

/// \return what was written of each item.
std::vector<formats::PackedItem> add_layer(const std::string& name, std::vector<PackItem> items,
                                           int jobs, BuiltImage& out) {
  if (items.empty())
    return {};
  const std::shared_ptr<Spool> spool = create_spool();
  const auto sink = sink_to_spool(spool, name);
  auto result = formats::write_layer(*sink, std::move(items), jobs);
  const auto size = result.archive.size_bytes;
  const formats::OciDescriptor descriptor{formats::k_oci_layer, result.archive.digest, size};
  out.image.layers.push_back({descriptor, [spool, size, digest = result.archive.digest] {
                                return source_from_spool(spool, 0, size, digest);
                              }});
  out.layers.push_back({name, result.diff_id, result.unpacked_bytes});
  return std::move(result.archive.items);
}

void check_unchanged(const std::vector<formats::PackedItem>& packed, const BuiltImage& out) {
  for (const auto& item : packed) {
    if (!item.name.starts_with(k_model_folder))
      continue;
    const auto name = item.name.substr(std::string_view(k_model_folder).size());
    const auto stated = out.spec.digests.find(name);
    if (stated != out.spec.digests.end() && stated->second != item.digest)
      throw Error(Fault::input, name + ": changed while the image was made",
                  "make it again when nothing writes to it");
  }
}

void add_layers(Parts& parts, const ImageOptions& options, BuiltImage& out) {
  add_layer("runtime", std::move(parts.runtime), options.jobs, out);
  check_unchanged(add_layer("weights", std::move(parts.weights), options.jobs, out), out);
  check_unchanged(add_layer("model", std::move(parts.model), options.jobs, out), out);
  std::uint64_t total = 0;
  for (const auto& layer : out.layers)
    total += layer.unpacked_bytes;
  if (options.target == ImageTarget::lambda && total > k_lambda_image_bytes)
    throw Error(Fault::input,
                options.model + ": the image unpacks to " + bytes_for_people(total) +
                    ", over Lambda's limit of " + bytes_for_people(k_lambda_image_bytes),
                "use a smaller model, or run it elsewhere");
}

std::vector<std::string> own_entrypoint(const ImageOptions& options) {
  if (options.entrypoint)
    return *options.entrypoint;
  if (options.runtime.empty())
    return {};
  const std::string verb = options.target == ImageTarget::lambda ? "lambda" : "http";
  return {std::string("/") + k_launcher, "serve", verb, "--model", "/opt/model"};
}

/// The later of two values of a key counts.
std::vector<std::pair<std::string, std::string>> pairs_of(const std::vector<std::string>& texts,
                                                          const std::string& flag) {
  std::map<std::string, std::string> sorted;
  for (const auto& text : texts) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string::npos || !is_valid_utf8(text) ||
        text.find('\0') != std::string::npos)
      throw Error(Fault::usage, flag + ": '" + printable(text) + "' is not KEY=VALUE",
                  "such as " + flag + " KEY=VALUE");
    sorted[text.substr(0, equals)] = text.substr(equals + 1);
  }
  return {sorted.begin(), sorted.end()};
}

std::vector<std::string> environment_of(const ImageOptions& options, bool has_certificates) {
  std::vector<std::string> texts{"PATH=/opt/mlopsctl/bin"};
  if (has_certificates) // where the libraries look was decided when they were built
    texts.push_back(std::string("SSL_CERT_FILE=/") + k_certificates);
  texts.insert(texts.end(), options.env.begin(), options.env.end());
  std::vector<std::string> out;
  for (const auto& [key, value] : pairs_of(texts, "--env"))
    out.push_back(key + "=" + value);
  return out;
}

std::vector<std::pair<std::string, std::string>> labels_of(const ImageOptions& options,
                                                           const BuiltImage& out) {
  std::vector<std::string> texts{"org.opencontainers.image.title=" + out.spec.name,
                                 "mlopsctl.model.digest=" + out.package_digest};
  if (!out.spec.version.empty())
    texts.push_back("org.opencontainers.image.version=" + out.spec.version);
  if (!out.spec.licence.empty())
    texts.push_back("org.opencontainers.image.licenses=" + out.spec.licence);
  if (!out.runtime_digest.empty())
    texts.push_back("mlopsctl.runtime.digest=" + out.runtime_digest);
  texts.insert(texts.end(), options.labels.begin(), options.labels.end());
  return pairs_of(texts, "--label");
}

void add_documents(const ImageOptions& options, const std::string& architecture,
                   bool has_certificates, BuiltImage& out) {
  auto& config = out.config;
  config.created = utc_text(options.created_s);
  config.architecture = architecture;
  config.os = "linux";
  config.user = options.user;
  if (config.user.empty() && options.target == ImageTarget::server && !options.runtime.empty())
    config.user = k_nobody;
  config.env = environment_of(options, has_certificates);
  config.entrypoint = own_entrypoint(options);
  config.cmd = options.cmd;
  config.labels = labels_of(options, out);
  formats::OciManifest manifest{formats::k_oci_manifest, {}, {}};
  for (std::size_t i = 0; i < out.layers.size(); ++i) {
    config.diff_ids.push_back(out.layers[i].diff_id);
    config.history.push_back({"mlopsctl package image: " + out.layers[i].name, false});
    manifest.layers.push_back(out.image.layers[i].descriptor);
  }
  out.image.config = formats::blob_of(formats::to_json(config), formats::k_oci_config);
  manifest.config = out.image.config.descriptor;
  out.image.manifest = formats::blob_of(formats::to_json(manifest), manifest.media_type);
  out.image.reference = options.reference.empty() ? image_reference(out.spec) : options.reference;
}

/// Letters, digits and single dots, dashes and underscores between them.
std::string plain_name(std::string_view text, bool may_be_upper, std::string_view fallback) {
  std::string out;
  for (char c : may_be_upper ? std::string(text) : lower(text)) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (may_be_upper && c >= 'A' && c <= 'Z');
    if (!is_plain && c != '.' && c != '_')
      c = '-';
    if (is_plain || (!out.empty() && out.back() != '.' && out.back() != '_' && out.back() != '-'))
      out += c;
  }
  while (!out.empty() && (out.back() == '.' || out.back() == '_' || out.back() == '-'))
    out.pop_back();
  return out.empty() ? std::string(fallback) : out;
}

} // namespace

std::string image_reference(const ModelSpec& spec) {
  constexpr std::size_t k_longest = 128;
  return plain_name(std::string_view(spec.name).substr(0, k_longest), false, "model") + ":" +
         plain_name(std::string_view(spec.version).substr(0, k_longest), true, "latest");
}

BuiltImage build_image(const ImageOptions& options) {
  auto verification = verify_package(options.model);
  refuse_errors(options.model, verification.findings);
  BuiltImage out;
  Parts parts;
  out.warnings = std::move(verification.findings);
  std::erase_if(out.warnings, [](const Problem& problem) { return problem.rule == "no-digest"; });
  add_runtime(options, parts, out);
  add_model(options, verification, parts, out);
  add_bill(parts, out);
  const bool has_certificates = find_item(parts.runtime, k_certificates) != nullptr;
  add_layers(parts, options, out);
  add_documents(options, parts.architecture, has_certificates, out);
  return out;
}

} // namespace mlopsctl::package
