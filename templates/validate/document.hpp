// SPDX-License-Identifier: Apache-2.0
// Reads what people deploy from: CloudFormation as YAML or JSON, Greengrass recipes, deployment
// documents, policies, greengo files.
#pragma once

#include "core/value.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mlopsctl::templates {

/// CloudFormation takes 1 MB; comments and white space may double it.
inline constexpr std::uint64_t k_max_document_bytes = std::uint64_t{2} << 20;

enum class DocumentKind { cloudformation, recipe, deployment, policy, greengo, other };

struct Document {
  std::string name; ///< path, for messages
  DocumentKind kind = DocumentKind::other;
  Value root; ///< functions in their long form: `!GetAtt A.Arn` is {"Fn::GetAtt": ["A", "Arn"]}
};

/// \param name decides nothing but the messages: text that starts with '{' or '[' is JSON, or else
/// YAML of one or more documents. \throws Error(input) with the line.
std::vector<Document> parse_documents(std::string_view text, const std::string& name);

std::string_view kind_name(DocumentKind kind);
/// Whether a file of that name may hold one: .json, .yaml, .yml, .template.
bool is_template_name(std::string_view name);

} // namespace mlopsctl::templates
