// SPDX-License-Identifier: Apache-2.0
// "manifest convert" -> the text of commands/manifest/convert.md, embedded at build time.
#include "commands/command.hpp"

#include <algorithm>

namespace mlopsctl::commands {

std::string_view embedded_page(std::string_view name); // made by cmake/embed_texts.cmake

std::string_view command_page(std::string_view name) {
  std::string file(name);
  std::replace(file.begin(), file.end(), ' ', '/');
  std::replace(file.begin(), file.end(), '-', '_');
  return embedded_page(file + ".md");
}

} // namespace mlopsctl::commands
