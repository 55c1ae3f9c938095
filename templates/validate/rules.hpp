// SPDX-License-Identifier: Apache-2.0
// The checks, one idea a file; each adds what it finds to the report.
#pragma once

#include "templates/validate/finding.hpp"
#include "templates/validate/stack.hpp"

namespace mlopsctl::templates {

/// Sections of the template, keys of its resources, names of functions.
void check_outline(const Stack& stack, Report& report);
/// Ref, Fn::GetAtt, Fn::Sub, DependsOn, conditions and mappings that point nowhere; circles;
/// parameters that nothing uses.
void check_references(const Stack& stack, Report& report);

} // namespace mlopsctl::templates
