// SPDX-License-Identifier: Apache-2.0
// Checks a model package as a whole: is it safe, whole, and does model.yaml fit the weights?
#pragma once

#include "core/error.hpp"
#include "package/inspect.hpp"

#include <optional>
#include <string>

namespace mlopsctl::package {

struct Verification {
  Inspection inspection; ///< empty where the archive could not be read
  std::optional<ModelSpec> spec;
  std::string package_digest; ///< as open_model() gives it; empty if it could not be opened
  /// Rules: archive, model-yaml, weights, graph-input, label-count, external-data,
  /// mar-manifest (errors);
  /// executable-content, no-digest, no-licence, input-type (warnings). Of a runtime bundle: sbom.
  Problems findings;

  bool is_ok() const; ///< no finding is an error
};

/// \throws Error(input) only if \p path does not exist or cannot be read at all.
Verification verify_package(const std::string& path, const InspectLimits& limits = {});

/// "text; hint", or the text alone.
std::string with_hint(const Error& error);

/// \throws Error(input) if one of them is an error: nothing is written of such a package.
void refuse_errors(const std::string& path, const Problems& findings);

/// What model.yaml says against what the graph says.
Problems check_spec_against_graph(const ModelSpec& spec, const formats::OnnxModel& model);

} // namespace mlopsctl::package
