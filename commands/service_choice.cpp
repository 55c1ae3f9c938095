// SPDX-License-Identifier: Apache-2.0
#include "commands/service_choice.hpp"

#include "core/io.hpp"
#include "core/text.hpp"
#include "storage/remote.hpp"

namespace mlopsctl::commands {

void add_token_option(Args& args, std::string& token_file, const std::string& help) {
  args.value("--token-file", token_file, help).metavar("FILE").guarded();
}

bench::ServiceOptions service_options(const std::string& url, const std::string& token_file) {
  constexpr std::uint64_t k_token_bytes = 4096;
  bench::ServiceOptions options;
  options.url = url;
  net::parse_url(url, "URL");
  if (!token_file.empty())
    options.token = std::string(trim(read_file(token_file, k_token_bytes)));
  options.plain_http = storage::remote_options().plain_http;
  return options;
}

} // namespace mlopsctl::commands
