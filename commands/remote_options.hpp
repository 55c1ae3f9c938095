// SPDX-License-Identifier: Apache-2.0
// The flags of every command that speaks to a cloud.
#pragma once

#include "commands/args.hpp"

namespace mlopsctl::commands {

/// --region, --profile, --endpoint-url, --plain-http, into storage::remote_options().
void add_remote_options(Args& args);
/// --cache, into storage::object_cache(). For commands that read pictures.
void add_cache_option(Args& args);

} // namespace mlopsctl::commands
