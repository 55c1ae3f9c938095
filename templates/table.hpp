// SPDX-License-Identifier: Apache-2.0
// The kinds of templates: one line each in table.cpp.
#pragma once

#include "dataset/sagemaker.hpp"
#include "templates/render.hpp"
#include "templates/spec.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::templates {

struct RenderOptions;

struct Kind {
  std::string_view name;
  std::string_view summary;
  std::vector<std::string_view> needs; ///< keys of deploy.yaml without which it is not rendered
  std::string_view file;               ///< in the embedded texts
  std::vector<std::string_view> flags; ///< of 'template render' that it heeds
  /// What its template gets beside the spec, under this key; may be null.
  std::string_view prepared_key = {};
  Value (*prepare)(const DeploySpec& spec, const RenderOptions& options) = nullptr;
};

/// What is said where a template is rendered, and not in deploy.yaml. Templates get it as
/// `options`.
struct RenderOptions {
  std::optional<TemplateSource> own; ///< a user's template instead of ours
  std::string generation = "v2";     ///< edge-group: v2 | v1, which has ended
  bool lambda_components = false;    ///< migration: Lambda functions stay Lambda functions
  bool no_iam = false;               ///< roles are somebody else's: their policies are written
  /// Reads the two data sets of a training job in \p folder: handed in, so that templates know no
  /// formats.
  std::function<dataset::TrainingData(const std::string& folder,
                                      const std::string& label_attribute)>
      read_training_data{};
};

const std::vector<Kind>& all_kinds();

/// A group of Greengrass v1 as components of v2. Not among all_kinds(): 'template migrate' is a
/// command of its own.
const Kind& migration();

/// \throws Error(usage) with "did you mean".
const Kind& find_kind(std::string_view name);

/// Our Jsonnet of the kind.
std::string_view text_of(const Kind& kind);

/// A deploy.yaml with comments that renders every kind.
std::string_view example_spec();

/// \throws Error(input) naming the key to add if the spec lacks one that the kind needs;
/// Error(usage) for an option that our template of the kind does not heed.
Rendered render_kind(const Kind& kind, const DeploySpec& spec, const RenderOptions& options = {});

} // namespace mlopsctl::templates
