// SPDX-License-Identifier: Apache-2.0
#include "package/lambda_bundle.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/program.hpp"
#include "core/text.hpp"
#include "formats/archive/zip_writer.hpp"
#include "package/inspect.hpp"
#include "package/model_package.hpp"
#include "package/package_files.hpp"
#include "package/runtime_bundle.hpp"
#include "package/sbom.hpp"

#include <functional>

namespace mlopsctl::package {
namespace {

constexpr const char* k_bootstrap = "bootstrap"; // what Lambda starts
constexpr const char* k_model_inside = "model";  // the archive as it is

[[noreturn]] void fail_no_runtime(const std::string& path, const std::string& why) {
  throw Error(Fault::input, path + ": is no runtime bundle (" + why + ")",
              "make one with 'mlopsctl package runtime -o runtime.tar.gz'");
}

void check_size(std::uint64_t bytes) {
  if (bytes > k_lambda_unpacked_bytes)
    throw Error(
        Fault::input,
        "the function is " + bytes_for_people(bytes) + " unpacked, over Lambda's limit of " +
            std::to_string(k_lambda_unpacked_bytes) + " bytes (" +
            bytes_for_people(k_lambda_unpacked_bytes) + ")",
        "leave the model out (the function then fetches it), or an engine out of the runtime");
}

void add_from(formats::ZipWriter& zip, const std::string& name, ByteSource& bytes,
              bool is_executable) {
  zip.add(name, read_all(bytes, k_lambda_unpacked_bytes), is_executable);
  check_size(zip.unpacked_bytes());
}

bool is_program(const std::string& name) {
  return name.starts_with("bin/") || name == std::string("lib/") + k_dynamic_loader;
}

/// \return the runtime's bill of materials.
Value add_runtime(formats::ZipWriter& zip, const std::string& path) {
  std::string bill;
  bool has_program = false;
  bool has_launcher = false;
  visit_package(path, {}, [&](const PackageItem& item, ByteSource& bytes) {
    if (item.name == k_sbom) {
      bill = read_all(bytes, k_lambda_unpacked_bytes);
    } else if (item.name == std::string("bin/") + k_bundle_launcher) {
      has_launcher = true;
      add_from(zip, k_bootstrap, bytes, /*is_executable=*/true);
    } else {
      has_program = has_program || item.name == std::string("bin/") + k_runtime_program;
      add_from(zip, item.name, bytes, is_program(item.name));
    }
  });
  if (bill.empty() || !has_program || !has_launcher)
    fail_no_runtime(path, "it lacks " + std::string(bill.empty()  ? k_sbom
                                                    : has_program ? "bin/launch"
                                                                  : "bin/mlopsctl-runtime"));
  return parse_json(bill, path + "/" + k_sbom);
}

/// Inside it stays the archive that it was, so that its digest can be checked by whoever knows it.
SbomComponent add_model(formats::ZipWriter& zip, const std::string& path, std::string& digest) {
  if (is_folder(path))
    throw Error(Fault::input, path + ": is a folder, and a function holds the archive of a model",
                "pack it first: mlopsctl package model " + path + " -o model.tar.gz");
  OpenLimits limits;
  limits.keep_weights = false; // checked all the same
  const auto spec = open_model(path, {}, limits).spec;
  const auto text = read_all(*open_source(path), k_lambda_unpacked_bytes);
  digest = sha256(text);
  zip.add(k_model_inside, text);
  check_size(zip.unpacked_bytes());
  SbomComponent component{"machine-learning-model",  spec.name, spec.version, "", {}, "",
                          {{k_model_inside, digest}}};
  if (!spec.licence.empty())
    component.licences = {spec.licence};
  return component;
}

std::string bootstrap_arguments(const LambdaParts& parts, const std::string& model_digest) {
  std::vector<std::string> words{"serve", "lambda"};
  if (!model_digest.empty())
    words.insert(words.end(), {"--model", k_model_inside, "--model-digest", model_digest});
  words.insert(words.end(), parts.arguments.begin(), parts.arguments.end());
  for (const auto& word : words)
    if (word.empty() || word.find('\n') != std::string::npos)
      throw Error(Fault::usage, "an argument of the function is empty or has a line break");
  return join(words, "\n") + "\n";
}

/// The runtime's bill about the function: its parts and the model.
void name_function(Value& bill, const std::string& runtime_digest,
                   const std::optional<SbomComponent>& model) {
  Value subject = Value::object();
  subject["type"] = "application";
  subject["name"] = "function";
  Value property = Value::object();
  property["name"] = "mlopsctl:runtime-digest";
  property["value"] = runtime_digest;
  subject["properties"].push(std::move(property));
  bill["metadata"]["component"] = std::move(subject);
  if (model)
    bill["components"].push(to_value(*model));
}

} // namespace

PackedLambda pack_lambda(const LambdaParts& parts, const std::string& output, Existing existing) {
  PackedLambda packed;
  packed.runtime_digest = digest_of(*open_source(parts.runtime));
  formats::ZipWriter zip;
  auto bill = add_runtime(zip, parts.runtime);
  std::optional<SbomComponent> model;
  if (!parts.model.empty())
    model = add_model(zip, parts.model, packed.model_digest);
  name_function(bill, packed.runtime_digest, model);
  zip.add("bootstrap.args", bootstrap_arguments(parts, packed.model_digest));
  zip.add(k_sbom, to_json(bill, 2) + "\n");
  check_size(zip.unpacked_bytes());
  packed.unpacked_bytes = zip.unpacked_bytes();
  const auto sink = create_sink(output, existing);
  packed.archive = zip.finish(*sink);
  sink->finish();
  return packed;
}

} // namespace mlopsctl::package
