// SPDX-License-Identifier: Apache-2.0
// Drafts model.yaml from what a weights file says about itself. Every value that is not in the file
// is marked as a guess with its reason; what cannot even be guessed is left for the user in words.
#pragma once

#include "formats/model/onnx.hpp"
#include "package/model_spec.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mlopsctl::package {

struct DraftOptions {
  std::string weights; ///< file name inside the package
  std::string digest;  ///< of the weights, "sha256:..."
  std::string name;
  std::string licence;             ///< empty: unknown
  std::vector<std::string> labels; ///< empty: from the file's metadata, else placeholders
  std::optional<Task> task;        ///< only families of this task are tried
};

struct Draft {
  std::string yaml;
  std::string family;               ///< "FastestDet"; empty if none was recognised
  std::vector<std::string> guesses; ///< keys whose values should be checked
  std::vector<std::string> unknown; ///< keys that the user must fill in before the file can be used
};

/// \throws Error(input) if the graph has no picture for an input, or labels of another number than
/// the outputs have classes.
Draft draft_model_yaml(const formats::OnnxModel& model, const DraftOptions& options);

/// One label a line, as in coco.names; empty lines at the end are ignored.
/// \throws Error(input) for empty or repeated labels, with the line.
std::vector<std::string> parse_label_lines(std::string_view text, const std::string& name);
/// Those of a file.
std::vector<std::string> read_label_lines(const std::string& path);

} // namespace mlopsctl::package
