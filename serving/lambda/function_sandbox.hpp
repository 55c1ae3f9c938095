// SPDX-License-Identifier: Apache-2.0
// The file system that a function sees on Lambda, made of this machine's: everything read-only, its
// package in /var/task, and a /tmp of limited size.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mlopsctl::serving {

inline constexpr const char* k_task_root = "/var/task"; ///< where Lambda unpacks a function

/// What is made below an empty root, worked out before the process is: there only system calls are
/// left to do.
struct SandboxPlan {
  enum class Kind { folder, file, symlink, bind, tmp };
  struct Step {
    Kind kind;
    std::string target;      ///< below the root
    std::string source = {}; ///< of a bind; what a link says; options of the tmpfs
  };
  std::string root; ///< an empty folder of this machine
  std::vector<Step> steps;
  std::string user_map, group_map; ///< for /proc/self/uid_map and gid_map
};

/// \param task_folder becomes /var/task. \param visible absolute paths that stay in view where they
/// are although the rest of their surroundings (/tmp, /var) does not.
SandboxPlan plan_sandbox(const std::filesystem::path& root,
                         const std::filesystem::path& task_folder,
                         const std::vector<std::filesystem::path>& visible,
                         std::uint64_t tmp_bytes);

/// Makes it the file system of the calling process, which keeps no privilege. To be called between
/// fork and exec: it does nothing but system calls. \return null, or what failed, with errno.
const char* enter_sandbox(const SandboxPlan& plan);

} // namespace mlopsctl::serving
