// SPDX-License-Identifier: Apache-2.0
// The flags of every command that speaks to a cloud.
#pragma once

#include "commands/args.hpp"
#include "net/endpoint.hpp"

namespace mlopsctl::commands {

/// --region, --profile, --endpoint-url, --plain-http.
void add_remote_options(Args& args, net::RemoteOptions& options);
/// The same, for s3:// names.
void add_remote_options(Args& args);

} // namespace mlopsctl::commands
