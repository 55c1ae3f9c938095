// SPDX-License-Identifier: Apache-2.0
#include "package/verify.hpp"

#include "core/text.hpp"
#include "package/bundle_check.hpp"
#include "package/families.hpp"
#include "package/mar.hpp"
#include "package/model_package.hpp"
#include "package/ssd.hpp"

#include <algorithm>
#include <filesystem>

namespace mlopsctl::package {
namespace {

using formats::OnnxModel;
using formats::OnnxTensor;

void add(Problems& problems, const std::string& rule, Severity severity, const std::string& place,
         const std::string& text) {
  problems.push_back({rule, severity, place, text});
}

/// An error of a file of the package as a finding: its "file:line: " is the place.
Problem to_finding(const std::string& rule, const std::string& path, const Error& error) {
  const auto text = with_hint(error);
  const auto end = text.starts_with(path) ? text.find(": ", path.size()) : std::string::npos;
  if (end == std::string::npos)
    return {rule, Severity::error, path, text};
  return {rule, Severity::error, text.substr(0, end), text.substr(end + 2)};
}

void check_axis(const OnnxTensor& tensor, std::size_t axis, std::int64_t wanted,
                const std::string& key, Problems& problems) {
  const auto& size = tensor.shape[axis].size;
  if (size && *size != wanted)
    add(problems, "graph-input", Severity::error, "model.yaml: input." + key,
        "is " + std::to_string(wanted) + ", the graph's input '" + printable(tensor.name) +
            "' is " + formats::shape_text(tensor));
}

void check_input(const InputSpec& input, const OnnxModel& model, Problems& problems) {
  const auto* tensor = model.input(input.name);
  if (!tensor) {
    std::vector<std::string> names;
    for (const auto& candidate : model.inputs)
      names.push_back(printable(candidate.name));
    add(problems, "graph-input", Severity::error, "model.yaml: input.name",
        "the graph has no input '" + printable(input.name) + "'" + did_you_mean(input.name, names) +
            "; it has: " + join(names, ", "));
    return;
  }
  if (tensor->type != "float32")
    add(problems, "input-type", Severity::warning, "model.yaml: input",
        "the graph wants " + tensor->type + ", pictures are given as float32");
  if (tensor->shape.size() != 4) {
    if (tensor->has_shape)
      add(problems, "graph-input", Severity::error, "model.yaml: input.name",
          "input '" + printable(tensor->name) + "' is " + formats::shape_text(*tensor) +
              ", a picture needs four axes (batch, channels, height, width)");
    return;
  }
  check_axis(*tensor, 1, input.color == ColorOrder::grey ? 1 : 3, "color (channels)", problems);
  check_axis(*tensor, 2, input.height, "height", problems);
  check_axis(*tensor, 3, input.width, "width", problems);
}

void check_contents(const Inspection& inspection, const ModelSpec& spec, Problems& findings) {
  const auto model = inspection.models.find(spec.weights);
  if (model != inspection.models.end()) {
    const auto more = check_spec_against_graph(spec, model->second);
    findings.insert(findings.end(), more.begin(), more.end());
  } else if (spec.format == "onnx") {
    std::string text = "is not a model that can be read";
    for (const auto& problem : inspection.problems)
      if (problem.rule == "unreadable-model" && problem.place == spec.weights)
        text = problem.text;
    if (!lower(spec.weights).ends_with(".onnx"))
      text = "format is onnx, but the name does not end in .onnx";
    add(findings, "weights", Severity::error, spec.weights, text);
  }
  if (!spec.digests.contains(spec.weights))
    add(findings, "no-digest", Severity::warning, k_model_yaml,
        "has no digest of '" + spec.weights + "'; 'mlopsctl package model' writes it");
  const bool has_licence =
      std::any_of(inspection.items.begin(), inspection.items.end(), [](const PackageItem& item) {
        const auto name = lower(item.name);
        return name.starts_with("licen") || name.starts_with("copying") ||
               name.starts_with("notice");
      });
  if (spec.licence.empty() && !has_licence)
    add(findings, "no-licence", Severity::warning, k_model_yaml,
        "names no licence, and there is no licence file");
}

/// Graph and weights of an MXNet detector, as they are read to run it.
void check_ssd(const std::string& path, OpenLimits limits, Verification& out) {
  limits.keep_weights = true;
  try {
    const auto package = open_model(path, {}, limits);
    const auto ssd = translate_ssd(package);
    if (ssd.classes != static_cast<std::int64_t>(package.spec.labels.size()))
      add(out.findings, "label-count", Severity::error, "model.yaml: labels",
          "there are " + std::to_string(package.spec.labels.size()) + " labels, the outputs have " +
              std::to_string(ssd.classes) + " classes");
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw;
    out.findings.push_back(to_finding("weights", path, error));
  }
}

} // namespace

std::string with_hint(const Error& error) {
  return error.hint().empty() ? error.what() : std::string(error.what()) + "; " + error.hint();
}

bool Verification::is_ok() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Problem& problem) { return problem.severity == Severity::error; });
}

Problems check_spec_against_graph(const ModelSpec& spec, const OnnxModel& model) {
  Problems problems;
  check_input(spec.input, model, problems);
  for (const auto& file : model.external_files)
    add(problems, "external-data", Severity::error, spec.weights,
        "keeps weights in '" + printable(file) +
            "'; save the model as one file (onnx.save_model(..., save_as_external_data=False))");
  const auto labels = static_cast<std::int64_t>(spec.labels.size());
  const auto expected = expected_labels(model, spec.decoder.kind);
  if (expected && *expected != labels)
    add(problems, "label-count", Severity::error, "model.yaml: labels",
        "there are " + std::to_string(labels) + " labels, the outputs have " +
            std::to_string(*expected) + " classes");
  return problems;
}

void refuse_errors(const std::string& path, const Problems& findings) {
  std::vector<std::string> texts;
  for (const auto& finding : findings)
    if (finding.severity == Severity::error)
      texts.push_back(finding.place + ": " + finding.text);
  if (texts.size() == 1)
    throw Error(Fault::input, texts.front(), "nothing was written");
  if (!texts.empty())
    throw Error(Fault::input,
                texts.front() + " (and " + std::to_string(texts.size() - 1) + " more)",
                "nothing was written; 'mlopsctl package verify " + path + "' lists them all");
}

Verification verify_package(const std::string& path, const InspectLimits& limits) {
  if (std::error_code ignored;
      !std::filesystem::exists(path, ignored) && !is_file(path) && !is_folder(path))
    throw Error(Fault::input, path + ": no such file or folder", "check the name");
  Verification out;
  try {
    out.inspection = inspect_package(path, limits);
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw;
    out.findings.push_back(to_finding("archive", path, error));
    return out;
  }
  if (!out.inspection.model_yaml && is_runtime_bundle(out.inspection)) {
    out.findings = check_bundle(path, out.inspection);
    return out;
  }
  OpenLimits open_limits;
  open_limits.archive = limits.archive;
  open_limits.weights_bytes = limits.model_bytes;
  open_limits.keep_weights = false;
  open_limits.model_yaml_bytes = limits.model_yaml_bytes;
  try {
    auto package = out.inspection.model_yaml ? open_digested(path, *out.inspection.model_yaml,
                                                             out.inspection.items, open_limits)
                                             : open_model(path, {}, open_limits);
    out.package_digest = package.digest;
    out.spec = std::move(package.spec);
  } catch (const Error& error) {
    if (error.fault() != Fault::input)
      throw;
    out.findings.push_back(to_finding("model-yaml", path, error));
    if (out.inspection.mar_manifest && !out.inspection.model_yaml)
      out.findings.back().severity = Severity::warning; // the servers do without
  }
  const auto mar = check_mar(path, out.inspection);
  out.findings.insert(out.findings.end(), mar.begin(), mar.end());
  for (const auto& problem : out.inspection.problems)
    if (problem.rule == "executable-content" || problem.rule == "left-out")
      out.findings.push_back(problem);
  if (out.spec)
    check_contents(out.inspection, *out.spec, out.findings);
  if (out.spec && out.spec->format == k_mxnet_ssd)
    check_ssd(path, open_limits, out);
  return out;
}

} // namespace mlopsctl::package
