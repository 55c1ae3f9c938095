// SPDX-License-Identifier: Apache-2.0
// What 'template render' and 'template migrate' do with the files that a template gives.
#pragma once

#include "commands/command.hpp"
#include "templates/render.hpp"

#include <string>

namespace mlopsctl::commands {

/// \throws Error(usage) if no folder, or stdout, is given.
void check_output_folder(const std::string& output);

/// Writes the files as a folder, as a whole or not at all.
void write_rendered(const templates::Rendered& rendered, const std::string& output,
                    const Context& ctx);

/// Output, files, warnings and what to do next. \param schema of the document
Value to_document(const std::string& schema, const std::string& output,
                  const templates::Rendered& rendered);

/// The same for a person.
void say(const std::string& output, const templates::Rendered& rendered, const Context& ctx);

} // namespace mlopsctl::commands
