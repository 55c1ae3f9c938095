// SPDX-License-Identifier: Apache-2.0
// The checks, one idea a file; each adds what it finds to the report.
#pragma once

#include "templates/validate/finding.hpp"
#include "templates/validate/stack.hpp"
#include "templates/validate/types.hpp"

#include <string>
#include <string_view>

namespace mlopsctl::templates {

/// Sections of the template, keys of its resources, names of functions.
void check_outline(const Stack& stack, Report& report);
/// Ref, Fn::GetAtt, Fn::Sub, DependsOn, conditions and mappings that point nowhere; circles;
/// parameters that nothing uses.
void check_references(const Stack& stack, Report& report);
/// Properties and attributes of every resource whose type is known.
void check_properties(const Stack& stack, ResourceTypes& types, Report& report);
/// \p value as a \p type of \p types; nothing is said if it is not known.
void check_against(const std::string& type, const Value& value, const std::string& path,
                   ResourceTypes& types, Report& report);

/// \param template_path beside which packages are looked for
void check_lambda(const Stack& stack, const std::string& template_path, Report& report);
void check_triggers(const Stack& stack, Report& report);
void check_tables(const Stack& stack, Report& report);
/// Policies, security groups, function URLs.
void check_access(const Stack& stack, Report& report);
/// Every policy document in \p value.
void check_policies(const Value& value, const std::string& path, Report& report);
void check_greengrass(const Stack& stack, ResourceTypes& types, Report& report);
void check_recipe(const Value& recipe, ResourceTypes& types, Report& report);
void check_deployment(const Value& deployment, ResourceTypes& types, Report& report);
void check_greengo(const Value& group, Report& report);

/// Secrets in any document.
void check_secrets(const Document& document, Report& report);
/// What secret \p text holds, by how it begins ("an AWS access key ('AKIA...')"); empty if none.
std::string secret_in(std::string_view text);

} // namespace mlopsctl::templates
