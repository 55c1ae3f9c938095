// SPDX-License-Identifier: Apache-2.0
// What 'package push' and 'package image -o docker://...' share.
#pragma once

#include "commands/command.hpp"
#include "formats/archive/oci.hpp"
#include "package/inspect.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mlopsctl::commands {

struct PushOptions {
  std::string target;     ///< "docker://host/repository:tag"
  std::string mount_from; ///< another repository of that registry; empty: none
  bool is_dry_run = false;
};
/// --mount-from and --dry-run.
void add_push_options(Args& args, PushOptions& options);
/// Whether \p output names a repository.
bool is_registry(const std::string& output);
/// \throws Error(usage) for what is no name of a repository.
void validate(const PushOptions& options);

struct Pushed {
  std::string target; ///< with its tag
  std::uint64_t size_bytes = 0;
  std::uint64_t sent_bytes = 0; ///< or that would be sent
  std::vector<std::string> missing;
};

/// \throws Error as the registry words it.
Pushed push_image(const formats::OciImage& image, const PushOptions& options, const Context& ctx);
/// Adds "sent_bytes", "missing", "dry_run" and "manifest_digest".
void add_push(const Pushed& pushed, const formats::OciImage& image, const PushOptions& options,
              Value& document);
void say_push(const Pushed& pushed, const formats::OciImage& image, const PushOptions& options,
              const Context& ctx);

} // namespace mlopsctl::commands
