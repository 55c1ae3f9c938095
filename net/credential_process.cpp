// SPDX-License-Identifier: Apache-2.0
#include "net/credential_process.hpp"

#include "core/error.hpp"
#include "core/process.hpp"
#include "core/text.hpp"

namespace mlopsctl::net {
namespace {

constexpr std::size_t k_output_limit_bytes = 64 * 1024;
constexpr double k_longest_s = 60;
constexpr const char* k_who = "credential_process";
constexpr const char* k_hint =
    "run it by hand: it has to print JSON with AccessKeyId and SecretAccessKey";

} // namespace

std::vector<std::string> split_command(const std::string& command) {
  std::vector<std::string> words;
  bool is_open = false; // a word has begun
  char quote = '\0';
  for (std::size_t i = 0; i < command.size(); ++i) {
    const char c = command[i];
    if (quote == '\0' && (c == ' ' || c == '\t')) {
      is_open = false;
      continue;
    }
    if (!is_open)
      words.emplace_back();
    is_open = true;
    if (c == '\\' && quote != '\'' && i + 1 < command.size())
      words.back() += command[++i];
    else if (quote == '\0' && (c == '"' || c == '\''))
      quote = c;
    else if (quote != '\0' && c == quote)
      quote = '\0';
    else
      words.back() += c;
  }
  if (quote != '\0' || words.empty() || words.front().empty())
    throw Error(Fault::input, quote != '\0' ? "credential_process: has an open quote"
                                            : "credential_process: names no program");
  return words;
}

std::string run_credential_process(const std::string& command) {
  const auto words = split_command(command);
  auto output = run_process(words, k_who, k_hint,
                            {.output_bytes = k_output_limit_bytes, .seconds = k_longest_s});
  if (output.status != 0)
    throw Error(Fault::input, std::string(k_who) + ": '" + printable(words.front()) + "' failed",
                k_hint);
  return std::move(output.text);
}

} // namespace mlopsctl::net
