// SPDX-License-Identifier: Apache-2.0
// The door to libjsonnet.
#pragma once

#include <string>

namespace mlopsctl::templates {

struct TemplateSource;

struct Evaluation {
  bool is_ok = false;
  std::string text; ///< JSON, or the library's message
};

/// Evaluates a template in this process: no limits on time or memory, so call it in a child.
/// Imports: 'mlopsctl/...' is ours; others must lie in the template's folder.
Evaluation evaluate(const TemplateSource& source, const std::string& spec_json);

/// "RUNTIME ERROR: no such field\n\tx.jsonnet:3:5-9\t..." -> "x.jsonnet:3:5: no such field". Errors
/// that our own templates raise keep their words only.
std::string message_for_people(const std::string& message, bool is_ours);

} // namespace mlopsctl::templates
