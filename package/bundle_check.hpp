// SPDX-License-Identifier: Apache-2.0
// Checks a runtime bundle, in whatever archive it is, against the bill of materials in it.
#pragma once

#include "core/error.hpp"
#include "package/inspect.hpp"

#include <string>

namespace mlopsctl::package {

/// Of 'package runtime', 'package lambda' or 'package component --runtime'.
bool is_runtime_bundle(const Inspection& inspection);

/// Rule "sbom", all errors: a file of the bill that is missing or has another digest, and a program
/// or script that it does not name. Programs that it names are no findings. \param path for
/// messages.
Problems check_bundle(const std::string& path, const Inspection& inspection);

} // namespace mlopsctl::package
