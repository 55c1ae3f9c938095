// SPDX-License-Identifier: Apache-2.0
// Where this program stands, also in a bundle, where the dynamic loader is what the system started.
#pragma once

#include <filesystem>

namespace mlopsctl {

inline constexpr const char* k_dynamic_loader = "ld-linux-x86-64.so.2";
inline constexpr const char* k_bundle_launcher = "launch"; ///< beside the program in a bundle

/// Absolute path of this program's file; empty where the system does not tell.
std::filesystem::path program_path();

/// What starts this program once more: its file, or the launcher of the bundle that it stands in.
std::filesystem::path restart_path();

} // namespace mlopsctl
