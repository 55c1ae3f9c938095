// SPDX-License-Identifier: Apache-2.0
#include "serving/lambda/function_sandbox.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace fs = std::filesystem;

namespace mlopsctl::serving {
namespace {

constexpr mode_t k_folder_mode = 0755;
constexpr mode_t k_file_mode = 0644;
constexpr int k_most_capabilities = 64;

/// What Lambda has of its own in these places.
bool is_hidden(const std::string& top) {
  return top == "tmp" || top == "var";
}

void add_folders_above(const fs::path& path, std::vector<SandboxPlan::Step>& steps) {
  fs::path made;
  for (const auto& part : path.relative_path().parent_path()) {
    made /= part;
    steps.push_back({SandboxPlan::Kind::folder, "/" + made.string()});
  }
}

void add_visible(const fs::path& path, std::vector<SandboxPlan::Step>& steps) {
  // Not /tmp itself: that is the function's own.
  if (!path.relative_path().has_parent_path() || !is_hidden(path.relative_path().begin()->string()))
    return;
  add_folders_above(path, steps);
  steps.push_back({fs::is_directory(path) ? SandboxPlan::Kind::folder : SandboxPlan::Kind::file,
                   path.string()});
  steps.push_back({SandboxPlan::Kind::bind, path.string(), path.string()});
}

bool write_text(const char* path, const char* text) {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0)
    return false;
  const bool is_written = ::write(file, text, std::strlen(text)) >= 0;
  ::close(file);
  return is_written;
}

/// Namespaces of its own: with root's rights if there are, else as root of a user namespace.
bool leave_namespaces(const SandboxPlan& plan) {
  if (::geteuid() == 0 && ::unshare(CLONE_NEWNS) == 0)
    return true;
  return ::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 &&
         write_text("/proc/self/setgroups", "deny") &&
         write_text("/proc/self/uid_map", plan.user_map.c_str()) &&
         write_text("/proc/self/gid_map", plan.group_map.c_str());
}

/// The current folder is the new root. \param step its target is taken relative to it.
bool make(const SandboxPlan::Step& step) {
  const char* target = step.target.c_str() + 1;
  const char* source = step.source.c_str();
  switch (step.kind) {
  case SandboxPlan::Kind::folder: return ::mkdir(target, k_folder_mode) == 0 || errno == EEXIST;
  case SandboxPlan::Kind::file: {
    const int file = ::open(target, O_WRONLY | O_CREAT | O_CLOEXEC, k_file_mode);
    return file >= 0 && ::close(file) == 0;
  }
  case SandboxPlan::Kind::symlink: return ::symlink(source, target) == 0;
  case SandboxPlan::Kind::bind:
    return ::mount(source, target, nullptr, MS_BIND | MS_REC, nullptr) == 0;
  case SandboxPlan::Kind::tmp:
    return ::mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, source) == 0;
  }
  return false;
}

/// \param path relative to the current folder.
bool set_read_only(const char* path, bool is_read_only, unsigned flags) {
  mount_attr attributes{};
  (is_read_only ? attributes.attr_set : attributes.attr_clr) = MOUNT_ATTR_RDONLY;
  return ::mount_setattr(AT_FDCWD, path, flags, &attributes, sizeof attributes) == 0;
}

} // namespace

SandboxPlan plan_sandbox(const fs::path& root, const fs::path& task_folder,
                         const std::vector<fs::path>& visible, std::uint64_t tmp_bytes) {
  using Kind = SandboxPlan::Kind;
  SandboxPlan plan;
  plan.root = root.string();
  const auto map = [](unsigned id) {
    return std::to_string(id) + " " + std::to_string(id) + " 1\n";
  };
  plan.user_map = map(::geteuid());
  plan.group_map = map(::getegid());
  for (const auto& entry : fs::directory_iterator("/")) {
    const auto path = entry.path();
    if (entry.is_symlink()) {
      plan.steps.push_back({Kind::symlink, path.string(), fs::read_symlink(path).string()});
    } else if (entry.is_directory() && !is_hidden(path.filename().string())) {
      plan.steps.push_back({Kind::folder, path.string()});
      plan.steps.push_back({Kind::bind, path.string(), path.string()});
    }
  }
  plan.steps.push_back({Kind::folder, "/tmp"});
  plan.steps.push_back({Kind::tmp, "/tmp", "mode=1777,size=" + std::to_string(tmp_bytes)});
  plan.steps.push_back({Kind::folder, "/var"});
  plan.steps.push_back({Kind::folder, k_task_root});
  plan.steps.push_back({Kind::bind, k_task_root, task_folder.string()});
  for (const auto& path : visible)
    add_visible(path, plan.steps);
  return plan;
}

const char* enter_sandbox(const SandboxPlan& plan) {
  if (!leave_namespaces(plan))
    return "unshare";
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return "mount --make-private /";
  if (::mount("tmpfs", plan.root.c_str(), "tmpfs", 0, "mode=0755") != 0 ||
      ::chdir(plan.root.c_str()) != 0)
    return "mount a new root";
  for (const auto& step : plan.steps)
    if (!make(step))
      return step.target.c_str();
  if (!set_read_only(".", true, AT_RECURSIVE) || !set_read_only("tmp", false, 0))
    return "mount_setattr";
  // The old root is put over the new one, and then taken away. (pivot_root(2), "pivot_root(".",
  // ".")")
  if (::syscall(SYS_pivot_root, ".", ".") != 0 || ::umount2(".", MNT_DETACH) != 0)
    return "pivot_root";
  // Root would have the right to undo it.
  for (int capability = 0; capability < k_most_capabilities; ++capability)
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return nullptr;
}

} // namespace mlopsctl::serving
