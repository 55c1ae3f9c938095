// SPDX-License-Identifier: Apache-2.0
// Where things are kept that can be made again at any time.
#pragma once

#include <string>

namespace mlopsctl {

/// "<cache>/mlopsctl/<name>", made with mode 0700: <cache> is XDG_CACHE_HOME or ~/.cache, and
/// MLOPSCTL_CACHE (absolute, or "off") stands for "<cache>/mlopsctl". Empty: there is none, it
/// cannot be written, or others may write to it and so would choose what this user runs.
std::string cache_folder(const std::string& name);

/// Likewise for what must not be lost: "<state>/mlopsctl/<name>"; <state> is XDG_STATE_HOME or
/// ~/.local/state.
std::string state_folder(const std::string& name);

/// Whether \p path is a plain file that only this user can have written.
bool is_own_file(const std::string& path);

/// Deletes files of \p folder, the longest unused first, until they hold at most \p limit_bytes.
/// Reading a file does not count as use: touch_file() does. Never throws.
void trim_cache(const std::string& folder, std::uintmax_t limit_bytes);
void touch_file(const std::string& path);

} // namespace mlopsctl
