// SPDX-License-Identifier: Apache-2.0
#include "commands/remote_options.hpp"

#include "storage/object_cache.hpp"
#include "storage/remote.hpp"

namespace mlopsctl::commands {

void add_remote_options(Args& args) {
  auto& options = storage::remote_options();
  constexpr const char* k_section = "Remote options";
  args.value("--region", options.region, "AWS region")
      .metavar("R")
      .default_text("AWS_REGION, or the profile's")
      .section(k_section);
  // Guarded: a cloned project could send the user's keys to a machine of its own.
  args.value("--profile", options.profile, "Profile of ~/.aws/config and credentials")
      .metavar("NAME")
      .default_text("AWS_PROFILE, or default")
      .section(k_section)
      .guarded();
  args.value("--endpoint-url", options.endpoint_url, "Speak to this machine instead of AWS")
      .metavar("URL")
      .default_text("AWS_ENDPOINT_URL")
      .section(k_section)
      .guarded();
  args.flag("--plain-http", options.plain_http,
            "Allow http:// to other machines; what is sent can be read on the way")
      .section(k_section)
      .guarded();
}

void add_cache_option(Args& args) {
  args.value("--cache", storage::object_cache(),
             "Keep what is read from s3:// in DIR, and read it there while it is the same")
      .metavar("DIR")
      .default_text("nothing is kept")
      .section("Remote options");
}

} // namespace mlopsctl::commands
