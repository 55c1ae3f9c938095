// SPDX-License-Identifier: Apache-2.0
#include "package/lambda_bundle.hpp"

#include "core/digest.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "formats/archive/zip_writer.hpp"
#include "package/bundle_zip.hpp"
#include "package/model_package.hpp"
#include "package/package_files.hpp"
#include "package/sbom.hpp"

namespace mlopsctl::package {
namespace {

constexpr const char* k_model_inside = "model"; // the archive as it is

void check_size(std::uint64_t bytes) {
  if (bytes > k_lambda_unpacked_bytes)
    throw Error(
        Fault::input,
        "the function is " + bytes_for_people(bytes) + " unpacked, over Lambda's limit of " +
            std::to_string(k_lambda_unpacked_bytes) + " bytes (" +
            bytes_for_people(k_lambda_unpacked_bytes) + ")",
        "leave the model out (the function then fetches it), or an engine out of the runtime");
}

/// Inside it stays the archive that it was, so that its digest can be checked by whoever knows it.
SbomComponent add_model(formats::ZipWriter& zip, const std::string& path, std::string& digest) {
  refuse_model_folder(path);
  OpenLimits limits;
  limits.keep_weights = false; // checked all the same
  const auto spec = open_model(path, {}, limits).spec;
  const auto text = read_all(*open_source(path), k_lambda_unpacked_bytes);
  digest = sha256(text);
  zip.add(k_model_inside, text);
  check_size(zip.unpacked_bytes());
  return model_component(spec, {{k_model_inside, digest}});
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
  const ZipLimit limit{k_lambda_unpacked_bytes, [&] { check_size(zip.unpacked_bytes()); }};
  auto bill = add_runtime_files(zip, parts.runtime, k_bootstrap, limit);
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
