// SPDX-License-Identifier: Apache-2.0
// Jsonnet, in a child process with limits: a template may come from anybody, may loop forever, and
// may ask for all memory.
#pragma once

#include "core/value.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::templates {

struct RenderedFile {
  std::string name; ///< relative, '/' between parts
  std::string text;
};

struct Rendered {
  std::vector<RenderedFile> files; ///< sorted by name
  std::vector<std::string> warnings;
  std::vector<std::string> next; ///< what the person does with the files
};

struct TemplateSource {
  std::string name;   ///< for messages: a path, or "mlopsctl/<kind>.jsonnet"
  std::string text;   ///< Jsonnet: a function of the spec
  std::string folder; ///< the only one that its imports may read; empty: none
};

struct RenderLimits {
  double seconds = 20; ///< of processor time and of wall-clock time
  std::uint64_t memory_bytes = 1ULL << 30;
  std::uint64_t output_bytes = 64ULL << 20;
};

/// Calls the template with \p spec. It gives {files: {name: content}, warnings: [text], next:
/// [text]}; content that is text is written as it is, other content as YAML where the name ends in
/// .yaml or .yml, else as JSON, keys sorted.
/// \throws Error(input) with file, line and the template's words; or naming the limit.
Rendered render(const TemplateSource& source, const Value& spec, const RenderLimits& limits = {});

/// Reads a template that a user wrote. \throws Error(input).
TemplateSource read_template(const std::string& path);

} // namespace mlopsctl::templates
