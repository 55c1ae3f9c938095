// SPDX-License-Identifier: Apache-2.0
#include "package/mar.hpp"

#include "core/io.hpp"
#include "core/text.hpp"
#include "core/time.hpp"
#include "core/value.hpp"
#include "formats/archive/zip_writer.hpp"
#include "package/bundle_zip.hpp"
#include "package/image_files.hpp"
#include "package/mar_names.hpp"
#include "package/ssd.hpp"
#include "package/verify.hpp"

#include <algorithm>
#include <filesystem>

namespace mlopsctl::package {
namespace {

using formats::PackItem;
namespace fs = std::filesystem;

constexpr const char* k_signature = "signature.json";
constexpr std::uint64_t k_most_handler_bytes = std::uint64_t{16} << 20;

PackItem text_item(const std::string& name, const std::string& text) {
  return {name, text.size(), [name, text] { return source_from_text(text, name); }};
}

bool has_item(const std::vector<PackItem>& items, std::string_view name) {
  return std::any_of(items.begin(), items.end(),
                     [&](const PackItem& item) { return item.name == name; });
}

/// Adds the handler's file where it is not a part of the model. \return what the manifest says.
std::string add_handler(const MarOptions& options, std::vector<PackItem>& items) {
  const auto parts = split(options.handler, ':');
  const fs::path path(parts[0]);
  const auto file = path.filename().string();
  if (parts.size() > 2 || file.empty())
    throw Error(Fault::usage, "--handler: '" + printable(options.handler) +
                                  "' is not FILE.py or FILE.py:FUNCTION");
  const bool is_mms = options.layout == MarLayout::mms;
  const auto said = parts.size() < 2 ? file
                    : is_mms         ? path.stem().string() + ":" + parts[1]
                                     : file + ":" + parts[1];
  if (is_file(parts[0])) {
    if (has_item(items, file))
      throw Error(Fault::input, "--handler: the model holds a '" + printable(file) + "' already",
                  "name that one without a folder, or rename yours");
    items.push_back(text_item(file, read_file(parts[0], k_most_handler_bytes)));
  } else if (!has_item(items, parts[0]) && (is_mms || !is_torchserve_handler(options.handler))) {
    throw Error(Fault::input,
                "--handler: '" + printable(parts[0]) +
                    "' is no file, and neither is it in the model" +
                    (is_mms ? "" : ", nor a handler that TorchServe brings"),
                "the server runs Python: give the file that loads the model and answers");
  }
  return said;
}

/// What the service of multi-model-server's examples reads: the input's name and shape.
std::string signature_of(const ModelSpec& spec) {
  Value shape = Value::array();
  for (const int size :
       {1, spec.input.color == ColorOrder::grey ? 1 : 3, spec.input.height, spec.input.width})
    shape.push(size);
  Value input = Value::object();
  input["data_name"] = spec.input.name;
  input["data_shape"] = std::move(shape);
  Value signature = Value::object();
  signature["inputs"].push(std::move(input));
  return to_json(signature, 2) + "\n";
}

Value mms_manifest(const ModelSpec& spec, const std::string& name, const std::string& handler) {
  Value manifest = Value::object();
  manifest["runtime"] = "python3";
  manifest["model"]["modelName"] = name;
  manifest["model"]["handler"] = handler;
  manifest["model"]["modelVersion"] = spec.version.empty() ? "1.0" : spec.version;
  if (spec.format == k_mxnet_ssd)
    manifest["engine"]["engineName"] = "MXNet";
  if (!spec.licence.empty())
    manifest["license"] = spec.licence;
  for (const char* key : {"specificationVersion", "implementationVersion", "modelServerVersion"})
    manifest[key] = "1.0";
  return manifest;
}

/// "21/11/2026 09:30:00" of "2026-11-21T09:30:00Z".
std::string torchserve_time(std::int64_t time_s) {
  const auto text = utc_text(time_s);
  return text.substr(8, 2) + "/" + text.substr(5, 2) + "/" + text.substr(0, 4) + " " +
         text.substr(11, 8);
}

Value torchserve_manifest(const ModelSpec& spec, const std::string& name,
                          const std::string& handler, std::int64_t created_s) {
  Value manifest = Value::object();
  manifest["createdOn"] = torchserve_time(created_s);
  manifest["runtime"] = "python";
  manifest["model"]["modelName"] = name;
  manifest["model"]["serializedFile"] = spec.weights;
  manifest["model"]["handler"] = handler;
  manifest["model"]["modelVersion"] = spec.version.empty() ? "1.0" : spec.version;
  manifest["archiverVersion"] = "0.12.0"; // of the layout
  return manifest;
}

void refuse_folders(const std::vector<PackItem>& items) {
  for (const auto& item : items)
    if (item.name.find('/') != std::string::npos)
      throw Error(Fault::input,
                  "'" + printable(item.name) + "' stands in a folder, and TorchServe knows none",
                  "keep the model's files beside each other");
}

formats::PackResult write_zip(ByteSink& sink, const std::vector<PackItem>& items) {
  formats::ZipWriter zip;
  for (const auto& item : items)
    zip.add(item.name, read_all(*item.open(), k_most_zip_bytes));
  return zip.finish(sink);
}

} // namespace

formats::PackResult pack_mar(const MarOptions& options, const std::string& output,
                             Existing existing, int jobs) {
  refuse_model_folder(options.model);
  const auto verification = verify_package(options.model);
  refuse_errors(options.model, verification.findings);
  const auto& spec = *verification.spec;
  const auto name = options.name.empty() ? spec.name : options.name;
  if (!is_mar_name(name))
    throw Error(Fault::input,
                "the name '" + printable(name) +
                    "' is none that the server takes: letters, digits, '_', '-' and '.'",
                "give another with --name");
  auto items = image_items(options.model, "", {k_mar_manifest});
  const bool is_mms = options.layout == MarLayout::mms;
  if (!is_mms)
    refuse_folders(items);
  const auto handler = add_handler(options, items);
  if (is_mms && !has_item(items, k_signature))
    items.push_back(text_item(k_signature, signature_of(spec)));
  const auto manifest = is_mms ? mms_manifest(spec, name, handler)
                               : torchserve_manifest(spec, name, handler, options.created_s);
  items.push_back(text_item(k_mar_manifest, to_json(manifest, 2) + "\n"));
  const auto sink = create_sink(output, existing);
  formats::PackResult result;
  if (output.ends_with(".tar.gz")) {
    for (auto& item : items)
      item.name.insert(0, name + "/");
    result = formats::write_tar_gz(*sink, std::move(items), jobs);
  } else {
    result = write_zip(*sink, items);
  }
  sink->finish();
  return result;
}

} // namespace mlopsctl::package
