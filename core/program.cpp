// SPDX-License-Identifier: Apache-2.0
#include "core/program.hpp"

#include <sys/auxv.h>

namespace fs = std::filesystem;

namespace mlopsctl {
namespace {

/// What the kernel started; empty where there is no /proc.
fs::path started_path() {
  std::error_code ignored;
  return fs::read_symlink("/proc/self/exe", ignored);
}

bool is_loader(const fs::path& path) {
  return path.filename() == k_dynamic_loader;
}

/// The name that the program was started by. glibc's loader, when it is started itself, puts the
/// program that it was told to start there (elf/rtld.c, AT_EXECFN).
fs::path named_path() {
  const auto address = getauxval(AT_EXECFN);
  if (address == 0)
    return {};
  std::error_code error;
  const auto path = fs::canonical(reinterpret_cast<const char*>(address), error);
  return error ? fs::path() : path;
}

} // namespace

fs::path program_path() {
  // Once, early: a relative name means nothing after the working folder has changed.
  static const fs::path path = [] {
    const auto started = started_path();
    return started.empty() || is_loader(started) ? named_path() : started;
  }();
  return path;
}

fs::path restart_path() {
  const auto launcher = program_path().parent_path() / k_bundle_launcher;
  std::error_code ignored;
  if (is_loader(started_path()) && fs::exists(launcher, ignored))
    return launcher;
  return program_path();
}

} // namespace mlopsctl
