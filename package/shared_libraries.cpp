// SPDX-License-Identifier: Apache-2.0
#include "package/shared_libraries.hpp"

#include "core/process.hpp"
#include "core/program.hpp"
#include "core/text.hpp"

namespace mlopsctl::package {
namespace {

constexpr std::string_view k_arrow = " => ";
constexpr std::string_view k_address = " (0x";

} // namespace

SharedLibraries parse_library_list(std::string_view text, const std::string& file) {
  SharedLibraries found;
  for (const auto& line : split(text, '\n')) {
    auto rest = trim(line);
    const auto arrow = rest.find(k_arrow);
    if (arrow == std::string_view::npos)
      continue; // the kernel's own library, or the loader, which has no name
    const std::string name(rest.substr(0, arrow));
    rest.remove_prefix(arrow + k_arrow.size());
    const auto path = rest.substr(0, rest.rfind(k_address));
    if (!path.starts_with('/'))
      throw Error(Fault::input,
                  file + ": needs " + printable(name) + ", which this machine does not have",
                  "install it ('apt-file search " + printable(name) + "' names the package)");
    found.emplace(name, path);
  }
  return found;
}

SharedLibraries shared_libraries(const std::vector<std::string>& files) {
  SharedLibraries all{{k_dynamic_loader, k_system_loader}};
  for (const auto& file : files) {
    const auto output = run_process({k_system_loader, "--list", file}, file, "is it whole?");
    if (output.status != 0)
      throw Error(Fault::input, file + ": is no program or library for " + k_system_loader,
                  "only linux/amd64 can be bundled");
    for (const auto& [name, path] : parse_library_list(output.text, file)) {
      const auto [at, is_new] = all.emplace(name, path);
      if (!is_new && at->second != path && name != k_dynamic_loader)
        throw Error(Fault::input,
                    file + ": loads " + path + ", and another part of the bundle loads " +
                        at->second,
                    "a bundle holds one file for " + name + ": unset LD_LIBRARY_PATH");
    }
  }
  return all;
}

} // namespace mlopsctl::package
