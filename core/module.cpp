// SPDX-License-Identifier: Apache-2.0
#include "core/module.hpp"

#include "core/error.hpp"
#include "core/program.hpp"

#include <cstdlib>
#include <dlfcn.h>
#include <filesystem>
#include <map>
#include <mutex>

namespace fs = std::filesystem;

namespace mlopsctl {

std::vector<std::string> module_candidates(const std::string& name) {
  std::vector<std::string> paths;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets the environment
  const char* folder = std::getenv("MLOPSCTL_MODULES");
  // A relative path would load from wherever the user happens to stand.
  if (folder && fs::path(folder).is_absolute())
    paths.push_back((fs::path(folder) / (name + ".so")).string());
  const fs::path program = program_path();
  if (!program.empty()) {
    paths.push_back((program.parent_path() / (name + ".so")).string());
    paths.push_back(
        (program.parent_path().parent_path() / "lib" / "mlopsctl" / (name + ".so")).string());
  }
  return paths;
}

void* load_module_symbol(const std::string& name, const std::string& symbol,
                         const std::string& hint) {
  static std::mutex mutex;
  static std::map<std::string, void*> handles;
  const std::lock_guard lock(mutex);
  void*& handle = handles[name];
  std::string reason = "not found beside the program";
  for (const auto& path : module_candidates(name)) {
    if (handle)
      break;
    if (!fs::exists(path))
      continue;
    handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (!handle)
      reason = ::dlerror(); // NOLINT(concurrency-mt-unsafe): glibc's is per thread
  }
  if (!handle)
    throw Error(Fault::internal, "module " + name + ": " + reason,
                hint + "; 'mlopsctl doctor' shows what is missing");
  void* address = ::dlsym(handle, symbol.c_str());
  if (!address)
    throw Error(Fault::internal, "module " + name + ": has no '" + symbol + "'",
                "it belongs to another version; reinstall");
  return address;
}

} // namespace mlopsctl
