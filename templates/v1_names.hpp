// SPDX-License-Identifier: Apache-2.0
// The names in a Greengrass v1 group, taken apart: Jsonnet takes a millisecond for each.
#pragma once

#include "templates/table.hpp"

namespace mlopsctl::templates {

/// What templates of v1 groups get as `v1`: `ends` ("Lambda::NAME" -> {kind, name}) of its
/// subscriptions, `components` (function or resource -> its component of v2), `patterns` (topic ->
/// the same for local messages of v2). \throws Error(input) if two become the same component.
Value v1_names(const DeploySpec& spec, const RenderOptions& options);

} // namespace mlopsctl::templates
